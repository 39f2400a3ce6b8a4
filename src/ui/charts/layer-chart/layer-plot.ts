import { chartAxis, type LayerAxis } from '../../layer-strip/layer-axis.ts';
import { layerPanels, type Panel } from '../axis/panels.ts';
import type { Layout } from '../figure/plot-size.svelte.ts';
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
  /** Height of a panel alone, and of each of two. */
  readonly height: number;
  readonly stacked?: number;
  /** Several panels over one axis, by their names, and the room above each of them. */
  readonly panels?: readonly string[];
  readonly names?: number;
}

/** Where the layers stand in a chart, and the room above each line of them. Pixels. */
export interface LayerPlot {
  readonly axis: LayerAxis;
  readonly panels: readonly Panel[];
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

/** Lays out a chart over the layers of a body. */
export function layerPlot(room: LayerRoom): LayerPlot {
  const { frame, size, status, has, height, stacked = height, names = 0 } = room;
  const { width, scale, stretch } = size;
  const axis = chartAxis(frame.body, width, scale, frame.covers);
  const covered = (layer: number) =>
    (frame.covers === 'all' || layer > 0) && (status.kind !== 'done' || has(layer));
  const wide = roomBeside(axis, scale);
  const { above, aboveNarrow = above } = room;
  const { panels, height: foot } = layerPanels(
    axis,
    {
      above: (wide ? above : aboveNarrow) * scale,
      ...{ names: names * scale, height: (axis.stacked ? stacked : height) * stretch * scale },
      ...{ ticks: TICKS * scale, gap: GAP * scale, foot: 0, bare: BARE * scale },
    },
    covered,
    room.panels,
  );
  return { axis, panels, covered, wide, foot, height: foot + room.below * scale };
}
