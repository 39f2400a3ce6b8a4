import { CANVAS, type Drawing } from '../drawing/drawing.ts';
import { COLOUR_NAMES } from '../drawing/palette.ts';
import { SHAPES } from '../drawing/shapes.ts';
import { CELL } from './alignment.ts';

const CELLS = CANVAS / CELL;
const CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Bytes of a cell, in this order; 0 is nothing there. Places and sizes of things are in 1/255 of a cell and of the canvas. */
export const SIGHT_FIELDS = [
  'glyph left',
  'glyph centre',
  'glyph right',
  'shape',
  'colour',
  'x',
  'y',
  'width',
  'height',
] as const;

/** Merge cells of a picture. */
export const SIGHT_CELLS = CELLS * CELLS;

/**
 * What stands in each merge cell, row by row: [16, 9] bytes. A glyph or thing belongs to the cell its centre lies in; of
 * several things in a cell the last one drawn is told.
 */
export function sights({ marks }: Drawing): Uint8Array {
  const found = new Uint8Array(SIGHT_CELLS * SIGHT_FIELDS.length);
  for (const { shows } of marks) {
    if (!shows) continue;
    const [x, y] =
      shows.kind === 'glyph'
        ? shows.centre
        : [(shows.box[0] + shows.box[2]) / 2, (shows.box[1] + shows.box[3]) / 2];
    const [column, row] = [Math.floor(x / CELL), Math.floor(y / CELL)];
    if (column < 0 || row < 0 || column >= CELLS || row >= CELLS) continue;
    const cell = (row * CELLS + column) * SIGHT_FIELDS.length;
    const [u, v] = [x / CELL - column, y / CELL - row];
    if (shows.kind === 'glyph') {
      found[cell + (u < 0.375 ? 0 : u < 0.625 ? 1 : 2)] = CHARACTERS.indexOf(shows.character) + 1;
      continue;
    }
    const [x1, y1, x2, y2] = shows.box;
    found.set(
      [
        (SHAPES as readonly string[]).indexOf(shows.shape) + 1,
        (COLOUR_NAMES as readonly string[]).indexOf(shows.colour) + 1,
        ...[u, v, (x2 - x1) / CANVAS, (y2 - y1) / CANVAS].map((share) => Math.round(255 * share)),
      ],
      cell + 3,
    );
  }
  return found;
}
