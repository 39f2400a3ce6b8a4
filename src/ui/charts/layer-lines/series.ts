import type { LayerIndex } from '../../../layer-index.ts';
import { minIndex } from 'd3';
import type { Mean } from '../../../statistics/mean-interval.ts';
import { layerIndices, middle, type AxisCell, type Body } from '../../layer-strip/layer-axis.ts';
import type { CursorGrid } from '../figure/chart-cursor.svelte.ts';
import type { MarkerShape } from '../marks/markers.ts';

/** One layer's number. */
export interface LayerPoint {
  readonly layer: LayerIndex;
  /** Null where it could not be computed: the line is broken there. */
  readonly value: number | null;
  /** Interval, in the units of the value. */
  readonly low?: number;
  readonly high?: number;
  /** How many samples it rests on. */
  readonly n?: number;
  /** What rounding to a stored format alone would give, and whether the value is no more than that. */
  readonly floor?: number;
  readonly atFloor?: boolean;
  /** What sentences say of it besides, by the name of its column: "went to the source's answer". */
  readonly also?: Also;
}

/** Numbers that are exported beside what is drawn. */
export type Also = Readonly<Record<string, number>>;

/** A line: a checkpoint by its colour, a task by its marker. */
export interface LayerSeries {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  readonly marker?: MarkerShape;
  /** Name of the panel it is drawn in, where lines of one colour have panels of their own: "counting". */
  readonly panel?: string;
  readonly points: readonly LayerPoint[];
  /**
   * Mean over layers, both included, of numbers that items give, with its interval over these; the points' own mean with the spread
   * between layers where it is left out.
   */
  readonly pooled?: (first: LayerIndex, last: LayerIndex) => Mean | null;
  /** What sentences say of all its layers together. */
  readonly also?: Also;
}

/** A value that holds for all layers, drawn as a line across: "without ablation". */
export interface Level {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  readonly value: number;
  /** Interval, in the units of the value; drawn as a band. */
  readonly low?: number;
  readonly high?: number;
  readonly n?: number;
  readonly also?: Also;
}

interface Printed {
  /** With its source: "VFL: layer 12 of 28". */
  readonly label: string;
  /** Said above a plot that has no room for that beside its name. */
  readonly short?: string;
  /** The panel it belongs to; all, where it says none. */
  readonly panel?: string;
}

/** What a paper printed, drawn faintly beside what was measured here. */
export type Published =
  /** A peak at a layer; with a value where one was printed. */
  | (Printed & { readonly kind: 'peak'; readonly layer: LayerIndex; readonly value?: number })
  /** Neighbouring layers. */
  | (Printed & { readonly kind: 'span'; readonly first: number; readonly last: number })
  /** A range of values. `short` names it beside the plot always, its colour says whose it is. */
  | (Printed & {
      readonly kind: 'range';
      readonly short: string;
      readonly colour: string;
      readonly low: number;
      readonly high: number;
    });

/** Names of the panels, in order; one without a name where lines share one. */
export function panelNames(series: readonly LayerSeries[]): string[] {
  const names = [...new Set(series.map(({ panel = '' }) => panel))];
  return names.length === 0 ? [''] : names;
}

/** The lines of some panels, those that lie in every panel among them. */
export function ofPanels(series: readonly LayerSeries[], names: readonly string[]): readonly LayerSeries[] {
  return series.filter(({ panel }) => panel === undefined || names.includes(panel));
}

/** What lies in the panel of a name: what says so, and what says of none that it does. */
export function inPanel<Item extends { readonly panel?: string }>(
  items: readonly Item[],
  name: string,
): Item[] {
  return items.filter(({ panel = name }) => panel === name);
}

/** A chosen point: whose samples are shown. */
export interface LayerPick {
  readonly series: string;
  readonly layer: LayerIndex;
}

/** The rectangle under a layer's floor, pixels. */
interface FloorStep {
  readonly x1: number;
  readonly x2: number;
  readonly y: number;
}

/** The floors of a line of the axis, each as wide as its layer; in runs of neighbours. */
export function floorSteps(
  points: readonly LayerPoint[],
  cells: readonly AxisCell[],
  y: (value: number) => number,
): FloorStep[][] {
  const floors = new Map(points.map(({ layer, floor }) => [layer, floor]));
  const runs: FloorStep[][] = [];
  let before: AxisCell | null = null;
  for (const cell of cells) {
    const floor = floors.get(cell.index);
    const joined: boolean = before !== null && before.section === cell.section;
    before = floor === undefined ? null : cell;
    if (floor === undefined) continue;
    const [x, half] = [middle(cell), cell.step / 2];
    const step = { x1: x - half, x2: x + half, y: y(floor) };
    if (joined) runs.at(-1)?.push(step);
    else runs.push([step]);
  }
  return runs;
}

/** Whether any of these series has a point at a layer, be it one that could not be computed. */
export function hasLayer(series: readonly LayerSeries[]): (layer: LayerIndex) => boolean {
  return (layer) => series.some(({ points }) => points.some((point) => point.layer === layer));
}

/** Key of the series whose value at a layer is nearest, as `distance` says; null where none has any. */
export function nearestSeries(
  series: readonly LayerSeries[],
  layer: LayerIndex,
  distance: (one: LayerSeries, value: number) => number,
): string | null {
  const here = series.flatMap((one) => {
    const value = one.points.find((point) => point.layer === layer)?.value ?? null;
    return value === null ? [] : [{ key: one.key, off: distance(one, value) }];
  });
  return here[minIndex(here, ({ off }) => off)]?.key ?? null;
}

/** Where a chart of series over layers can be read. The keyboard begins at the first layer that has a number. */
export function seriesGrid(series: readonly LayerSeries[], body: Body): CursorGrid<string, LayerIndex> {
  const columns = layerIndices(body);
  const start = columns.find(hasLayer(series));
  return { rows: series.map(({ key }) => key), columns, start, around: true };
}

/** The point under a cursor, where it can be chosen: where the series has a value. */
export function layerPick(
  series: readonly LayerSeries[],
  at: { readonly row: string; readonly column: LayerIndex } | null,
): LayerPick | null {
  const one = series.find(({ key }) => key === at?.row);
  const has = one?.points.some(({ layer, value }) => layer === at?.column && value !== null);
  return at && has ? { series: at.row, layer: at.column } : null;
}

/**
 * The runs of points through which a line is drawn: vision, projector and LLM are not joined, nor, on a logarithmic axis, a zero
 * and what is above it.
 */
export function unbroken(points: readonly LayerPoint[], log = false): LayerPoint[][] {
  const parts: LayerPoint[][] = [];
  let before: string | null = null;
  for (const point of [...points].sort((a, b) => a.layer - b.layer)) {
    const run: string | null =
      point.value === null ? null : `${Math.sign(point.layer)} ${log && point.value === 0}`;
    if (run !== null && run === before) parts.at(-1)?.push(point);
    else if (run !== null) parts.push([point]);
    before = run;
  }
  return parts;
}

/** Each series' points that lie on one line of the axis, in order. */
export function linesAt(
  series: readonly LayerSeries[],
  cells: readonly { readonly index: number }[],
): { of: LayerSeries; points: LayerPoint[] }[] {
  const here = new Set(cells.map(({ index }) => index));
  return series.map((of) => ({
    of,
    points: of.points.filter(({ layer }) => here.has(layer)).sort((a, b) => a.layer - b.layer),
  }));
}
