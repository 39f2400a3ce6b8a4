import type { ColumnChoice } from '../../probes/data/columns.ts';
import type { UnknownColumns } from '../../probes/data/unknown-columns.ts';
import type { PathFile } from './folder.ts';

/** Which columns hold what, by the path of the list. */
export type ColumnChoices = ReadonlyMap<string, ColumnChoice>;

/** A list that was given, whose columns have to be told apart before it can be read. */
export interface AskedColumns {
  readonly unknown: UnknownColumns;
  readonly files: readonly PathFile[];
  /** What was chosen of other lists of the same folder. */
  readonly choices: ColumnChoices;
}
