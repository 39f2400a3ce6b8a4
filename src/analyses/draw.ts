import type { Problem } from '../probes/data/problem.ts';
import { sampleIndices, type SampleChoice } from '../probes/sampling/choice.ts';
import type { QuestionList } from './probe.ts';
import type { Shard } from './shard.ts';
import { shardOf } from './shard.ts';

/**
 * The chosen questions, in the list's order. Only these are read.
 *
 * @throws NamedError those of reading
 */
export async function drawn(
  { source }: QuestionList,
  choice: SampleChoice,
  shard?: Shard,
): Promise<readonly Problem[]> {
  const indices = sampleIndices(source.count, choice);
  return source.at(shardOf(indices, shard));
}

/** By what records are filed under. */
export function byId(problems: readonly Problem[]): ReadonlyMap<string, Problem> {
  return new Map(problems.map((problem) => [problem.id, problem]));
}
