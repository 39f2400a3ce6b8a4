import type { MarkerShape } from '../marks/markers.ts';

/** One layer's number. */
export interface LayerPoint {
  /** Unified layer index. */
  readonly layer: number;
  /** Null where it could not be computed: the line is broken there. */
  readonly value: number | null;
  /** Interval, in the units of the value. */
  readonly low?: number;
  readonly high?: number;
  /** How many samples it rests on. */
  readonly n?: number;
}

/** A line: a checkpoint by its colour, a task by its marker. */
export interface LayerSeries {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  readonly marker?: MarkerShape;
  readonly axis?: 'left' | 'right';
  readonly points: readonly LayerPoint[];
}

/** What a paper printed, drawn faintly beside what was measured here. */
export type Published =
  /** A peak at a layer; with a value where one was printed. */
  | { readonly kind: 'peak'; readonly label: string; readonly layer: number; readonly value?: number }
  /** A stretch of layers. */
  | { readonly kind: 'span'; readonly label: string; readonly first: number; readonly last: number }
  /** A range of values on one axis. */
  | {
      readonly kind: 'range';
      readonly label: string;
      readonly axis: 'left' | 'right';
      readonly low: number;
      readonly high: number;
    };

/** A chosen point: whose samples are shown. */
export interface LayerPick {
  readonly series: string;
  readonly layer: number;
}

/** The unified indices between which a line is drawn through: vision, projector and LLM are not joined. */
export function unbroken(points: readonly LayerPoint[]): LayerPoint[][] {
  const parts: LayerPoint[][] = [];
  let before: LayerPoint | null = null;
  for (const point of [...points].sort((a, b) => a.layer - b.layer)) {
    if (point.value === null) {
      before = null;
      continue;
    }
    const joined = before !== null && Math.sign(before.layer) === Math.sign(point.layer);
    if (joined) parts.at(-1)?.push(point);
    else parts.push([point]);
    before = point;
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
