import type { Point } from '../drawing/drawing.ts';
import type { Random } from '../random/random.ts';

/**
 * How well pictures sit on the model's grid. At 112×112 an image token sees 28×28 pixels: 96 canvas units, a cell. 1:
 * everything sits at centres of cells (or of half cells, where it is smaller); 0: anywhere; between: as far from there
 * as this share leaves.
 */
export type Alignment = number;

/** Canvas units of a merge cell at 112×112. */
export const CELL = 96;

/** A free coordinate drawn towards the centre of the cell (of width `cell`) it lies in. */
export function towardsCell(free: number, alignment: Alignment, cell: number = CELL): number {
  const centre = (Math.floor(free / cell) + 0.5) * cell;
  return Math.round(centre * alignment + free * (1 - alignment));
}

/** Canvas units by which a picture that fills the canvas may be moved when nothing holds it to the grid. */
const SLACK = 12;

/** A small shift of a whole picture; none at alignment 1. */
export function looseShift(random: Random, alignment: Alignment): Point {
  const reach = Math.round(SLACK * (1 - alignment));
  return [random.whole(-reach, reach), random.whole(-reach, reach)];
}
