/** How much of a prompt rows read that differ from a layer on, by its parts: what is told of a run beforehand. */
import { firstComputed } from './past.ts';
import type { RowSpec } from './protocol/intervention.ts';
import { planRows } from './rows.ts';
import { cellsOf } from './work-account.ts';

/** How often all layers read a position of each part; parts of a model count as such. */
export interface ConeReads {
  /** Of the text before the image, which is kept from prompt to prompt. */
  readonly before: number;
  readonly image: number;
  readonly after: number;
}

/**
 * Of one prompt with an image, swapped or not.
 *
 * @throws NamedError `UnknownLayer` for a layer outside the model
 */
export function coneOf(rows: readonly RowSpec[], layers: number): ConeReads {
  // A position of each part.
  const [before, image, length] = [0, 1, 3];
  const rowsRead = cellsOf(planRows(rows, layers), layers, 1) / layers;
  const first = firstComputed(rows, { length, imagePositions: [image] }, layers, image);
  return {
    before: first > before ? 0 : rowsRead,
    image: first > image ? 1 : rowsRead,
    after: rowsRead,
  };
}
