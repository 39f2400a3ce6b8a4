import { NamedError } from '../named-error.ts';
import { type ColumnChoice, parseColumns } from '../probes/data/columns.ts';
import type { Problem } from '../probes/data/problem.ts';
import { LIST_FORMATS, listName, listsAmong } from '../probes/data/row-file.ts';
import { sampleIndices } from '../probes/sampling/choice.ts';
import { openProblemList } from '../reading/client.ts';
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
  { inputs, flags, signal, onProgress }: Pick<CommandContext, 'inputs' | 'flags' | 'signal' | 'onProgress'>,
  flag: string,
): Promise<GivenProblems> {
  const files = inputs.one(flag)?.files ?? new Map<string, File>();
  const lists = listsAmong(files.keys());
  const [path, ...others] = lists;
  if (path === undefined) {
    throw new NamedError(
      'NoProblems',
      `there is no ${LIST_FORMATS} among the files`,
      { field: `--${flag}` },
      'name the list',
    );
  }
  if (others.length > 0) {
    throw new NamedError(
      'SeveralLists',
      `there are ${lists.length} lists: ${lists.join(', ')}`,
      { field: `--${flag}` },
      'name the list itself',
    );
  }
  const list = await openProblemList(path, files, givenColumns(flags), { signal, onProgress });
  const samples = flags.number('samples') ?? list.count;
  const problems = await list.at(sampleIndices(list.count, samples, flags.requiredNumber('seed')));
  list.close();
  return {
    name: listName(path),
    problems,
    of: list.count,
  };
}

/** `--columns`; empty where it was not given. @throws NamedError `BadValue` */
export function givenColumns(flags: FlagReader): ColumnChoice {
  const text = flags.text('columns');
  return text === undefined ? {} : parseColumns(text);
}
