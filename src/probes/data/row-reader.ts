import type { Reading } from './file-pieces.ts';
import type { JsonLine } from './json-lines.ts';

/** Is handed each row in order; what it keeps of it is its own affair. */
export type RowVisit = (row: JsonLine, index: number) => void | Promise<void>;

/** The rows of a list, which stay in its file. */
export interface RowReader {
  /** Rows known so far: all once `each` has ended. */
  readonly count: number;
  /**
   * Goes through the whole list once, before anything is asked of it.
   *
   * @throws NamedError where the list cannot be read, or `visit` throws; `Cancelled`
   */
  each(visit: RowVisit, reading?: Reading): Promise<void>;
  /** The rows at these places, counted from 0, in their order. */
  at(indices: readonly number[], reading?: Pick<Reading, 'signal'>): Promise<readonly JsonLine[]>;
}
