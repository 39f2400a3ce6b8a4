import type { Problem } from '../probes/data/problem.ts';
import { sampleIndices } from '../probes/sampling/choice.ts';
import type { QuestionList } from './probe.ts';
import type { Shard } from './shard.ts';
import { shardOf } from './shard.ts';

/**
 * Draws `samples` questions as NumPy draws them with `seed`, in the list's order; all where that is null. Only these are read.
 *
 * @throws NamedError those of reading
 */
export async function drawn(
  { source }: QuestionList,
  { samples, seed }: { readonly samples: number | null; readonly seed: number },
  shard?: Shard,
): Promise<readonly Problem[]> {
  const indices = sampleIndices(source.count, samples ?? source.count, seed);
  return source.at(shardOf(indices, shard));
}

/** By what records are filed under. */
export function byId(problems: readonly Problem[]): ReadonlyMap<string, Problem> {
  return new Map(problems.map((problem) => [problem.id, problem]));
}
