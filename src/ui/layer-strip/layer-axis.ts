import { indexOfRow, sectionOf, type LayerIndex, type LayerRow, type Section } from '../../layer-index.ts';
import { scaleBand } from 'd3';
import { t } from './texts.ts';

/** How deep a model is: `visionBlocks` blocks before the projector, `layers` LLM layers after it. */
export interface Body {
  readonly visionBlocks: number;
  readonly layers: number;
  /** LLM layers, from 0, after which image features are injected (DeepStack, docs/method.md §2.1). */
  readonly injectedAfter?: readonly LayerRow[];
}

/** Of a checkpoint, or anything that has one. */
export function bodyOf({ visionBlocks, layers, injectedAfter }: Body): Body {
  return { visionBlocks, layers, ...(injectedAfter ? { injectedAfter } : {}) };
}

/** Whether image features enter between a layer and the next. */
export function injectsAfter({ injectedAfter = [] }: Body, index: LayerIndex): boolean {
  return injectedAfter.some((row) => indexOfRow(row) === index);
}

/** Said of such a layer. */
export function injectsText(): string {
  return t.injects;
}

/** What the mark of injections means; empty where there are none. */
export function injectionLegend({ injectedAfter = [] }: Body): string {
  if (injectedAfter.length === 0) return '';
  return t.injectionLegend(injectedAfter.map(indexOfRow).join(', '));
}

/** The mark where features enter, its tip downwards: an SVG path from its upper edge. Pixels at scale 1, times `scale`. */
export function injectionMark(x: number, top: number, scale: number): string {
  const half = 4.5 * scale;
  return `M${x - half},${top}h${2 * half}l${-half},${7 * scale}Z`;
}

/** What an analysis speaks of: the whole body, or the LLM layers alone. The rest is drawn narrow and hatched. */
export type Coverage = 'all' | 'llm';

/** One layer's place on the axis, pixels. */
export interface AxisCell {
  readonly index: LayerIndex;
  readonly section: Section;
  readonly x: number;
  readonly width: number;
  /** Distance between the left edges of neighbours: the cell and the gap after it. */
  readonly step: number;
}

/** The axis as lines of cells: one, or two (vision and projector, then the LLM) where one would be too fine. */
export interface LayerAxis {
  readonly lines: readonly (readonly AxisCell[])[];
  /** The whole width, gutters included. */
  readonly width: number;
  /** Left edge of the first cell, right edge of the last. */
  readonly left: number;
  readonly right: number;
  readonly stacked: boolean;
}

interface AxisSize {
  readonly width: number;
  /** Room left and right of the cells, for the y axes and labels of charts. */
  readonly left?: number;
  readonly right?: number;
  /** Steps narrower than this put the LLM layers on a line of their own. 0 never stacks. */
  readonly stackBelow: number;
  readonly covers?: Coverage;
  /** Of talk mode, or of a slide: letters are so many times as large, and layers may be as much wider. */
  readonly scale?: number;
}

/** Gap around the projector, in steps, and the pixels it never exceeds. */
const SECTION_GAP = 0.9;
const WIDEST_GAP = 26;
/** Few layers in a wide strip stay layers rather than panels; pixels, times the scale. */
const WIDEST_STEP = 72;
/** Width of a vision block, in LLM layers, where the analysis does not cover it. */
const FOLDED = 0.3;

/** Unified indices of a body, in drawing order. */
export function layerIndices(body: Body): LayerIndex[] {
  return Array.from({ length: body.visionBlocks + 1 + body.layers }, (_, i) => i - body.visionBlocks);
}

/** Places `indices` on one line from `x0`, with gaps where the section changes. */
function line(indices: readonly LayerIndex[], x0: number, step: number): AxisCell[] {
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
      width: band.bandwidth(),
      step: band.step(),
    };
  });
}

/** One line whose vision blocks and projector are narrower than its LLM layers. */
function foldedLine(front: readonly number[], back: readonly number[], x0: number, step: number): AxisCell[] {
  const narrow = line(front, x0, step * FOLDED);
  const last = narrow.at(-1);
  const start = last ? last.x + last.width + Math.min(SECTION_GAP * step, WIDEST_GAP) : x0;
  return [...narrow, ...line(back, start, step)];
}

/**
 * Where every layer of a body lies across a given width. The strip and every per-layer chart take their x from
 * here, so that a layer stands in the same column in all of them.
 */
export function layerAxis(body: Body, size: AxisSize): LayerAxis {
  const { left = 0, right = 0, covers = 'all', scale = 1 } = size;
  const widest = WIDEST_STEP * scale;
  const room = Math.max(1, size.width - left - right);
  const indices = layerIndices(body);
  const front = indices.filter((index) => index <= 0);
  const back = indices.filter((index) => index > 0);
  const axis = (lines: readonly (readonly AxisCell[])[], stacked: boolean): LayerAxis => {
    const ends = lines.flat().map((cell) => cell.x + cell.width);
    return { lines, width: size.width, left, right: Math.max(left, ...ends), stacked };
  };
  const folded = covers === 'llm';
  const steps = folded
    ? back.length + FOLDED * (front.length + SECTION_GAP) + SECTION_GAP
    : indices.length + 2 * SECTION_GAP;
  const oneLine = room / steps;
  if (oneLine >= size.stackBelow) {
    const step = Math.min(oneLine, widest);
    const cells = folded ? foldedLine(front, back, left, step) : line(indices, left, step);
    return axis([cells], false);
  }
  const frontStep = Math.min(room / (front.length + SECTION_GAP), widest);
  const backStep = Math.min(room / back.length, widest);
  return axis([line(front, left, frontStep), line(back, left, backStep)], true);
}

/** Steps finer than this (pixels, times the scale of talk mode) are no longer told apart in a chart. */
const FINEST_CHART_STEP = 6.5;
/** Widths from which a chart has room for labels to the right of its plot. */
const WIDE = 640;

/** Room beside the plot, the same for every chart and strip of one width. */
export function gutters(width: number, scale: number): { left: number; right: number } {
  return width >= WIDE * scale
    ? { left: 56 * scale, right: 104 * scale }
    : { left: 44 * scale, right: 12 * scale };
}

/** The axis of a page's strip and charts: one function, so that they cannot differ. */
export function chartAxis(body: Body, width: number, scale: number, covers: Coverage): LayerAxis {
  return layerAxis(body, {
    width,
    ...gutters(width, scale),
    stackBelow: FINEST_CHART_STEP * scale,
    covers,
    scale,
  });
}

/** Middle of a cell. */
export function middle(cell: AxisCell): number {
  return cell.x + cell.width / 2;
}

/** The cell nearest to `x` on one line. */
export function nearestCell(line: readonly AxisCell[], x: number): AxisCell | null {
  let best: AxisCell | null = null;
  for (const cell of line) {
    if (!best || Math.abs(middle(cell) - x) < Math.abs(middle(best) - x)) best = cell;
  }
  return best;
}
