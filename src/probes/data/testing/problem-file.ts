import type { ColumnChoice } from '../columns.ts';
import { openProblems } from '../problem-list.ts';
import type { Problem } from '../problem.ts';

/**
 * All problems of a list that is small.
 *
 * @throws NamedError those of `openProblems`
 */
export async function readProblems(
  path: string,
  files: ReadonlyMap<string, Blob>,
  choice: ColumnChoice = {},
): Promise<readonly Problem[]> {
  const list = await openProblems(path, files, choice);
  const all = await list.at(Array.from({ length: list.count }, (_, index) => index));
  return all.map(({ problem }) => problem);
}
