/** Reads rows again, by their places in the file. */
import { readBytes, type Reading } from './file-pieces.ts';
import type { RowIndex } from './row-index.ts';
import { throwIfCancelled } from '../../work/cancel.ts';

/** Rows that lie so close are read together. */
const TOGETHER_BYTES = 2 ** 20;

/** A row's bytes within what was read, and where that stands in the file. */
export interface RowBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of the first byte. */
  readonly offset: number;
  readonly line: number;
}

/** Each of the rows in order, neighbours by one read. @throws NamedError those of `readBytes`; `Cancelled` */
export async function rowsAt<Row>(
  file: Blob,
  path: string,
  index: RowIndex,
  indices: readonly number[],
  row: (found: RowBytes) => Row,
  { signal }: Pick<Reading, 'signal'> = {},
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let from = 0; from < indices.length;) {
    throwIfCancelled(signal);
    const first = index.at(indices[from] as number);
    let [to, end] = [from + 1, first.end];
    for (; to < indices.length; to++) {
      const next = index.at(indices[to] as number);
      if (next.start < end || next.end - first.start > TOGETHER_BYTES) break;
      end = next.end;
    }
    const bytes = await readBytes(file, first.start, end, path);
    for (; from < to; from++) {
      const { start, end: stop, line } = index.at(indices[from] as number);
      const own = bytes.subarray(start - first.start, stop - first.start);
      rows.push(row({ bytes: own, offset: start, line }));
    }
  }
  return rows;
}
