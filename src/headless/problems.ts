import { NamedError } from '../named-error.ts';
import { readProblems } from '../probes/data/problem-file.ts';
import { type ColumnChoice, parseColumns } from '../probes/data/columns.ts';
import type { Problem } from '../probes/data/problem.ts';
import { LIST_FORMATS, listsAmong } from '../probes/data/row-file.ts';
import { sampleIndices } from '../probes/sampling/choice.ts';
import type { CommandContext } from './context.ts';
import type { FlagReader } from './flag-reader.ts';

export interface GivenProblems {
  /** The list's file name, without its ending. */
  readonly name: string;
  readonly problems: readonly Problem[];
  /** How many the list holds. */
  readonly of: number;
}

/**
 * The problems of a flag that names a list (or a folder that holds one), `--samples` of them as NumPy draws them with `--seed`.
 *
 * @throws NamedError `NoProblems`, `SeveralLists`, and those of reading.
 */
export async function givenProblems(
  { inputs, flags }: Pick<CommandContext, 'inputs' | 'flags'>,
  flag: string,
): Promise<GivenProblems> {
  const files = inputs.one(flag)?.files ?? new Map<string, File>();
  const lists = listsAmong(files.keys());
  const [path, ...others] = lists;
  if (path === undefined) {
    throw new NamedError(
      'NoProblems',
      `no ${LIST_FORMATS} among the files`,
      { field: `--${flag}` },
      'name the list',
    );
  }
  if (others.length > 0) {
    throw new NamedError('SeveralLists', lists.join(', '), { field: `--${flag}` }, 'name the list itself');
  }
  const all = await readProblems(path, files, givenColumns(flags));
  const samples = flags.number('samples') ?? all.length;
  const chosen = sampleIndices(all.length, samples, flags.requiredNumber('seed'));
  return {
    name: (path.split('/').at(-1) as string).replace(/\.\w+$/, ''),
    problems: chosen.map((index) => all[index] as Problem),
    of: all.length,
  };
}

/** `--columns`; empty where it was not given. @throws NamedError `BadValue` */
export function givenColumns(flags: FlagReader): ColumnChoice {
  const text = flags.text('columns');
  return text === undefined ? {} : parseColumns(text);
}
