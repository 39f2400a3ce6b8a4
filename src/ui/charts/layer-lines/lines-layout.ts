import { chartAxis } from '../../layer-strip/layer-axis.ts';
import type { Panel } from '../axis/panels.ts';
import { valueScale, type ValueAxis, type ValueScale } from '../axis/value-axis.ts';
import { layerPlot, roomBeside, type LayerPlot, type LayerRoom } from '../layer-chart/layer-plot.ts';
import { keyRows, type KeyRows } from '../marks/key-rows.ts';
import { labelsFit, textWidth } from '../marks/text-width.ts';
import { floorKeys, hasLayer, type LayerSeries, type Published } from './series.ts';

/** What decides where things stand in a chart of lines. */
interface LinesInput extends Pick<LayerRoom, 'frame' | 'size' | 'status'> {
  readonly y: ValueAxis;
  readonly right: ValueAxis | null;
  readonly series: readonly LayerSeries[];
  readonly published: readonly Published[];
  readonly labels: 'ends' | 'peaks';
  /** Whether means stand under the plot. */
  readonly means: boolean;
}

interface LinesLayout extends LayerPlot {
  /** Where the series are named: beside their ends, over their peaks, or in a row above the plot. */
  readonly names: 'ends' | 'peaks' | 'row' | 'titles';
  readonly keys: KeyRows;
  /** Labels of published marks that have no room beside them, in rows above; keyed by their position. */
  readonly publishedKeys: KeyRows;
  /** Names of the floors, in rows under those. */
  readonly floorKeys: KeyRows;
  /** Published marks have names over the plot. */
  readonly publishedAbove: boolean;
  /** Pixels by which the right title and all below it are moved down. */
  readonly second: number;
}

/** Heights at scale 1: of a plot alone, of each of two, of a row of names. */
const HEIGHT = 230;
const STACKED_HEIGHT = 150;
const LANE = 18;

/** Where everything of a chart of lines stands, in pixels. */
export function linesLayout(input: LinesInput): LinesLayout {
  const { frame, size, y, right, series, published, means } = input;
  const { scale } = size;
  const axis = chartAxis(frame.body, size.width, scale, frame.covers);
  const room = axis.right - axis.left;
  const beside = roomBeside(axis, scale);
  const names = placeOfNames(input, beside, axis.width - axis.right);
  const keys = keyRows(names === 'row' ? series : [], room, scale);
  const marks = published.map(({ label }, i) => ({ key: String(i), label }));
  const publishedKeys = keyRows(beside ? [] : marks, room, scale);
  const floors = keyRows(floorKeys(series), room, scale);
  const publishedAbove = beside && published.some(({ kind }) => kind !== 'range');
  const titles = right ? textWidth(`${y.title}${right.title}`, 13 * scale) + 56 * scale : 0;
  const second = titles > room ? LANE : 0;
  const lanes =
    (names === 'peaks' ? LANE : 0) + (publishedAbove ? LANE : 0) + publishedKeys.height + floors.height;
  const plot = layerPlot({
    ...input,
    has: hasLayer(series),
    above: 28 + second + keys.height + lanes,
    ...{ height: HEIGHT, stacked: STACKED_HEIGHT },
    below: 22 + (means ? 20 * series.length : 0),
  });
  return { ...plot, names, keys, publishedKeys, floorKeys: floors, publishedAbove, second };
}

/** Beside a narrow plot there is no room, nor for long names; and the titles of two axes name their two series already. */
function placeOfNames(
  { labels, right, series, size }: LinesInput,
  beside: boolean,
  room: number,
): LinesLayout['names'] {
  if (right && series.length === 2) return 'titles';
  if (!beside) return 'row';
  if (labels === 'peaks') return 'peaks';
  const texts = series.map(({ label }) => label);
  return right || !labelsFit(texts, room, size.scale) ? 'row' : 'ends';
}

/** The scales of both axes in one panel, from all values and intervals of their series. */
export function scalesOf(
  { y, right, series }: Pick<LinesInput, 'y' | 'right' | 'series'>,
  { top, bottom }: Pick<Panel, 'top' | 'bottom'>,
): { left: ValueScale; right: ValueScale } {
  const values = (side: 'left' | 'right') =>
    series
      .filter((one) => (one.axis ?? 'left') === side)
      .flatMap(({ points }) => points)
      .flatMap(({ value, low, high, floor }) =>
        value === null ? [] : [value, low ?? value, high ?? value, floor ?? value],
      );
  return {
    left: valueScale(y, values('left'), bottom, top),
    right: valueScale(right ?? y, values('right'), bottom, top),
  };
}
