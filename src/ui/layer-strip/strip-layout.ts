import type { AxisCell, LayerAxis } from './layer-axis.ts';

/** One layer on screen, pixels. */
export interface Cell extends AxisCell {
  readonly y: number;
  readonly height: number;
}

export interface StripLayout {
  readonly cells: readonly Cell[];
  readonly width: number;
  readonly height: number;
  readonly stacked: boolean;
}

interface StripSize {
  readonly cell: number;
  /** Room above each line of cells (labels) and below it (indices). */
  readonly above: number;
  readonly below: number;
  /** Room below the first line when stacked; it carries no regions. */
  readonly belowFront: number;
}

/** Where every layer lies in a strip on the given axis: the axis says x, the size y. */
export function stripLayout(axis: LayerAxis, size: StripSize): StripLayout {
  const { width, stacked } = axis;
  const row = size.above + size.cell + size.below;
  const second = size.above + size.cell + size.belowFront;
  const cells = axis.lines.flatMap((line, i) =>
    line.map((cell): Cell => ({ ...cell, y: i * second + size.above, height: size.cell })),
  );
  return { cells, width, height: stacked ? second + row : row, stacked };
}

/** The layer under a point, or the nearest of that line; null outside the lines of cells. */
export function cellAt(layout: StripLayout, x: number, y: number, reach = 6): Cell | null {
  const near = layout.cells.filter((cell) => y >= cell.y - reach && y <= cell.y + cell.height + reach);
  let best: Cell | null = null;
  let distance = Number.POSITIVE_INFINITY;
  for (const cell of near) {
    const off = Math.max(cell.x - x, x - (cell.x + cell.width), 0);
    if (off < distance) [best, distance] = [cell, off];
  }
  return distance <= reach * 2 ? best : null;
}

/** x of the border after LLM layer `layer`, halfway to the next. */
export function borderAfter(layout: StripLayout, layer: number): { x: number; y: number } | null {
  const left = layout.cells.find((cell) => cell.index === layer);
  const right = layout.cells.find((cell) => cell.index === layer + 1);
  if (!left) return null;
  return { x: right ? (left.x + left.width + right.x) / 2 : left.x + left.width, y: left.y };
}
