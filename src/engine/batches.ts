/** Which prompts' rows are answered in one batch. */

/** A prompt as far as packing is concerned. */
export interface Packable {
  /** Tokens of the prompt. */
  readonly length: number;
  readonly rows: number;
  /** Most rows of a batch that this prompt is in. */
  readonly rowsPerBatch: number;
}

/** Rows `first` … `first + count − 1` of prompt `prompt`. */
export interface BatchPart {
  readonly prompt: number;
  readonly first: number;
  readonly count: number;
}

/**
 * Fills batches with whole prompts, in order, as far as the rows that each allows go; a prompt with more rows than that is
 * answered in pieces of its own. Without `ragged`, a batch holds prompts of one length only.
 */
export function packBatches(
  prompts: readonly Packable[],
  ragged: boolean,
): readonly (readonly BatchPart[])[] {
  const batches: BatchPart[][] = [];
  const open = new Map<number, { readonly parts: BatchPart[]; rows: number; limit: number }>();
  for (const [prompt, { length, rows, rowsPerBatch }] of prompts.entries()) {
    const key = ragged ? 0 : length;
    for (let first = 0; first < rows; first += rowsPerBatch) {
      const part = { prompt, first, count: Math.min(rowsPerBatch, rows - first) };
      const batch = open.get(key);
      const limit = Math.min(batch?.limit ?? Infinity, rowsPerBatch);
      if (batch && batch.rows + part.count <= limit) {
        batch.parts.push(part);
        batch.rows += part.count;
        batch.limit = limit;
      } else {
        const parts = [part];
        batches.push(parts);
        open.set(key, { parts, rows: part.count, limit: rowsPerBatch });
      }
    }
  }
  return batches;
}
