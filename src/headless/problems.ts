import { NamedError } from '../named-error.ts';
import { readProblems } from '../probes/data/problem-file.ts';
import type { Problem } from '../probes/data/problem.ts';
import { sampleIndices } from '../probes/sampling/choice.ts';
import type { GivenInputs } from './file-inputs.ts';

export interface GivenProblems {
  /** The list's file name, without its ending. */
  readonly name: string;
  readonly problems: readonly Problem[];
  /** How many the list holds. */
  readonly of: number;
}

/**
 * The problems of a flag that names a list (or a folder that holds one), `samples` of them as NumPy draws them with `seed`.
 *
 * @throws NamedError `NoProblems`, `SeveralLists`, and those of reading.
 */
export async function givenProblems(
  inputs: GivenInputs,
  flag: string,
  samples: number | undefined,
  seed: number,
): Promise<GivenProblems> {
  const files = inputs.one(flag)?.files ?? new Map<string, File>();
  const lists = [...files.keys()].filter((path) => /\.(jsonl|parquet)$/.test(path));
  const [path, ...others] = lists;
  if (path === undefined) {
    throw new NamedError(
      'NoProblems',
      'no .jsonl or .parquet among the files',
      { field: `--${flag}` },
      'name the list',
    );
  }
  if (others.length > 0) {
    throw new NamedError('SeveralLists', lists.join(', '), { field: `--${flag}` }, 'name the list itself');
  }
  const all = await readProblems(path, files);
  const chosen = sampleIndices(all.length, samples ?? all.length, seed);
  return {
    name: (path.split('/').at(-1) as string).replace(/\.\w+$/, ''),
    problems: chosen.map((index) => all[index] as Problem),
    of: all.length,
  };
}
