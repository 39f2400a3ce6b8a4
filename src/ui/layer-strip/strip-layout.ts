import { scaleBand } from 'd3';

/** How deep a model is: `visionBlocks` blocks before the projector, `layers` LLM layers after it. */
export interface Body {
  readonly visionBlocks: number;
  readonly layers: number;
}

export type Section = 'vision' | 'projector' | 'llm';

/** One layer on screen, pixels. `index` is the unified layer index: −n…−1, 0, 1…L. */
export interface Cell {
  readonly index: number;
  readonly section: Section;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Distance between the left edges of neighbours: the cell and the gap after it. */
  readonly step: number;
}

export interface StripLayout {
  readonly cells: readonly Cell[];
  readonly width: number;
  readonly height: number;
  readonly stacked: boolean;
}

export interface StripSize {
  /** Pixels the strip may take. */
  readonly width: number;
  readonly cell: number;
  /** Room above each line of cells (labels) and below it (indices). */
  readonly above: number;
  readonly below: number;
  /** Room below the first line when stacked; it carries no regions. */
  readonly belowFront: number;
  /** Steps narrower than this put the LLM layers on a line of their own. 0 never stacks. */
  readonly stackBelow: number;
}

/** Gap around the projector, in steps, and the pixels it never exceeds. */
const SECTION_GAP = 0.9;
const WIDEST_GAP = 26;
/** Few layers in a wide strip stay layers rather than panels. */
const WIDEST_STEP = 72;

/** The section a unified layer index lies in. */
export function sectionOf(index: number): Section {
  return index < 0 ? 'vision' : index === 0 ? 'projector' : 'llm';
}

/** Unified indices of a body, in drawing order. */
export function layerIndices(body: Body): number[] {
  return Array.from({ length: body.visionBlocks + 1 + body.layers }, (_, i) => i - body.visionBlocks);
}

/** Places `indices` on one line from `x0`, with gaps where the section changes. */
function line(indices: readonly number[], x0: number, y: number, step: number, size: StripSize): Cell[] {
  const gapsBefore = (index: number) =>
    indices[0] === index ? 0 : index === 0 || index === 1 ? SECTION_GAP : 0;
  let shift = 0;
  const band = scaleBand<number>()
    .domain(indices)
    .range([x0, x0 + step * indices.length])
    .paddingInner(Math.min(0.22, 2.5 / step))
    .paddingOuter(0);
  return indices.map((index) => {
    shift += Math.min(gapsBefore(index) * step, WIDEST_GAP);
    return {
      index,
      section: sectionOf(index),
      x: (band(index) ?? x0) + shift,
      y,
      width: band.bandwidth(),
      height: size.cell,
      step: band.step(),
    };
  });
}

/** Where every layer of a body lies in a strip of the given width; one line, or two where one would be too fine. */
export function stripLayout(body: Body, size: StripSize): StripLayout {
  const indices = layerIndices(body);
  const oneLine = size.width / (indices.length + 2 * SECTION_GAP);
  const row = size.above + size.cell + size.below;
  if (oneLine >= size.stackBelow) {
    const step = Math.min(oneLine, WIDEST_STEP);
    const cells = line(indices, 0, size.above, step, size);
    return { cells, width: size.width, height: row, stacked: false };
  }
  const front = indices.filter((index) => index <= 0);
  const back = indices.filter((index) => index > 0);
  const frontStep = Math.min(size.width / (front.length + SECTION_GAP), WIDEST_STEP);
  const backStep = Math.min(size.width / back.length, WIDEST_STEP);
  const second = size.above + size.cell + size.belowFront;
  const cells = [
    ...line(front, 0, size.above, frontStep, size),
    ...line(back, 0, second + size.above, backStep, size),
  ];
  return { cells, width: size.width, height: second + row, stacked: true };
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
