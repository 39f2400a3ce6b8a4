/**
 * Rows that are answered together unless told otherwise: enough that fixed costs of a step are shared by several samples, few
 * enough that little is lost when a run is cut off. Memory may allow fewer; the engine sees to that.
 */
export const ROWS_AT_ONCE = 104;

/** Samples of `rows` rows each that go into one batch. */
export function samplesPerBatch(rows: number, rowsPerBatch = ROWS_AT_ONCE): number {
  return Math.max(1, Math.floor(rowsPerBatch / rows));
}
