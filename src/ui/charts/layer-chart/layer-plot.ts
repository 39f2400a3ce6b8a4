import { range } from 'd3';
import { chartAxis, type LayerAxis } from '../../layer-strip/layer-axis.ts';
import { layerPanels, type Panel } from '../axis/panels.ts';
import type { Layout } from '../figure/plot-size.svelte.ts';
import { fitted } from '../figure/room.ts';
import type { ChartStatus } from '../figure/status.ts';
import type { ChartFrame } from '../frame.ts';

/** What decides where the layers stand in a chart. Heights are those at scale 1. */
export interface LayerRoom {
  readonly frame: Pick<ChartFrame, 'body' | 'covers'>;
  readonly size: Layout;
  readonly status: ChartStatus;
  /** Whether a number stands at a layer. */
  readonly has: (layer: number) => boolean;
  /** Room above the first panel, and below the ticks of the last one. */
  readonly above: number;
  readonly below: number;
  /** Room above where there is none beside the plot. */
  readonly aboveNarrow?: number;
  /** Height of a panel alone, and of each of two, where there is room; and the least of either. */
  readonly height: number;
  readonly stacked?: number;
  readonly least: number;
  /** Several panels over one axis, by their names, and the room above each of them. */
  readonly panels?: readonly string[];
  readonly names?: number;
  /** Columns that the panels stand in, side by side. */
  readonly columns?: number;
}

/** Panels one under the other, on an axis as wide as those of the other columns. */
export interface LayerColumn {
  /** Pixels from the left of the picture to that of the column. */
  readonly x: number;
  readonly panels: readonly Panel[];
}

/** Where the layers stand in a chart, and the room above each line of them. Pixels, from the left of a column. */
export interface LayerPlot {
  readonly axis: LayerAxis;
  readonly columns: readonly LayerColumn[];
  /** What is not covered is hatched: it is no part of the analysis, or has no number when all is done. */
  readonly covered: (layer: number) => boolean;
  /** There is room for names and numbers beside the plot. */
  readonly wide: boolean;
  /** Top of the names of the regions. */
  readonly foot: number;
  readonly height: number;
}

/** Heights at scale 1 of the ticks under a panel, of the gap in place of them, and of a panel in which nothing is covered. */
const TICKS = 26;
const GAP = 8;
const BARE = 14;

/** Whether names and numbers have room beside the plot. */
export function roomBeside(axis: LayerAxis, scale: number): boolean {
  return axis.width - axis.right > 50 * scale;
}

/** Pixels between columns at scale 1. */
const BETWEEN = 24;

/** The axis of each column, and the pixels from one to the next. */
export function columnAxis(
  { frame, size: { width, scale } }: Pick<LayerRoom, 'frame' | 'size'>,
  columns: number,
): { axis: LayerAxis; pitch: number } {
  const pitch = (width + BETWEEN * scale) / columns;
  return { axis: chartAxis(frame.body, pitch - BETWEEN * scale, scale, frame.covers, width), pitch };
}

/** Lays out a chart over the layers of a body, as high as there is room for. */
export function layerPlot(room: LayerRoom): LayerPlot {
  const { frame, size, status, has, height, stacked = height, least, names = 0, columns = 1 } = room;
  const { scale, stretch } = size;
  const { axis, pitch } = columnAxis(room, columns);
  const covered = (layer: number) =>
    (frame.covers === 'all' || layer > 0) && (status.kind !== 'done' || has(layer));
  const wide = roomBeside(axis, scale);
  const { above, aboveNarrow = above, panels = [''] } = room;
  const rows = Math.ceil(panels.length / columns);
  const parts = range(columns).map((column) => panels.slice(column * rows, (column + 1) * rows));
  const laid = (high: number) =>
    parts.map((part) =>
      layerPanels(
        axis,
        {
          above: (wide ? above : aboveNarrow) * scale,
          ...{ names: names * scale, height: high * scale },
          ...{ ticks: TICKS * scale, gap: GAP * scale, foot: 0, bare: BARE * scale },
        },
        covered,
        part,
      ),
    );
  const footOf = (high: number) => Math.max(...laid(high).map(({ height: foot }) => foot));
  const below = room.below * scale;
  const preferred = (axis.stacked ? stacked : height) * stretch;
  const high = fitted(size.room, { preferred, least }, (one) => footOf(one) + below);
  const foot = footOf(high);
  return {
    ...{ axis, covered, wide, foot, height: foot + below },
    columns: laid(high).map((column, i) => ({ x: i * pitch, panels: column.panels })),
  };
}
