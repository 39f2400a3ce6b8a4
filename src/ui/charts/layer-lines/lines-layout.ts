import { range } from 'd3';
import type { Panel } from '../axis/panels.ts';
import { layerX } from '../axis/panels.ts';
import { plainNumber, valueScale, type ValueAxis, type ValueScale } from '../axis/value-axis.ts';
import { BOUNDLESS } from '../figure/room.ts';
import {
  columnAxis,
  layerPlot,
  roomBeside,
  type LayerPlot,
  type LayerRoom,
} from '../layer-chart/layer-plot.ts';
import { KEY_ROW, keyRows, keyWidth, PUBLISHED_KEY, type KeyItem, type KeyRows } from '../marks/key-rows.ts';
import { labelsFit, textWidth } from '../marks/text-width.ts';
import { t } from '../texts.ts';
import { peakOf, peakText } from './peaks.ts';
import { hasLayer, inPanel, linesAt, ofPanels, panelNames } from './series.ts';
import type { LayerSeries, Level, Published } from './series.ts';
import { tagRows, type Tag } from './tags.ts';

/** What a chart of lines draws. */
interface LinesData {
  readonly y: ValueAxis;
  readonly series: readonly LayerSeries[];
  readonly levels: readonly Level[];
  readonly published: readonly Published[];
  /** Whether the highest point of each line is named. */
  readonly peaks: boolean;
}

/** What decides where things stand in it. */
interface LinesInput extends LinesData, Pick<LayerRoom, 'frame' | 'size' | 'status'> {
  /** Whether means stand under the plot. */
  readonly means: boolean;
}

interface LinesLayout extends LayerPlot {
  /** Names stand beside the ends of the lines. */
  readonly ends: boolean;
  /** What else has to be named: in rows above the plot, or, where that takes one, beside the title of the axis. */
  readonly keys: KeyRows & { readonly x: number; readonly y: number };
  /** Rows of names and tags above a panel, at least: as many as above those beside it. */
  readonly rows: (panel: string) => number;
}

/** What is written above a panel: a line's highest point, or what a paper printed. */
export type PanelTag = Tag & { readonly text: string } & (
    | { readonly of: LayerSeries; readonly value: number }
    | { readonly of: Exclude<Published, { kind: 'range' }>; readonly from: number; readonly to: number }
  );

/** Heights at scale 1: of a plot alone, of each of two lines of it, of the least of several panels, of a row of tags. */
const HEIGHT = 230;
const STACKED_HEIGHT = 150;
const LEAST_HEIGHT = 60;
/** Heights at scale 1 below which nothing is told apart: of a plot alone, of each of several. */
const LOWEST = 120;
const LOWEST_OF_SEVERAL = 40;
/** The same where they cannot stand in columns. */
const LOWEST_IN_ONE_COLUMN = 32;
/** Pixels at scale 1 that a column of panels takes at least. */
const NARROWEST_COLUMN = 320;
/** Pixels that a picture may be higher than its room by what is lost in adding up. */
const ROUNDING = 0.5;
export const TAG_ROW = 20;
/** Baseline of the title of the axis, at scale 1. */
export const TITLE_LINE = 14;
/** Sizes of names and of what is printed, at scale 1. */
const NAME = 13;
const PRINTED = 12;

/** Pixels that the name of a panel takes, its marker included. */
export function nameWidth(name: string, scale: number): number {
  return name === '' ? 0 : (textWidth(name, NAME) + 30) * scale;
}

/** Pixels from the first of some cells to the end of the last. */
function acrossOf(cells: Panel['cells']): number {
  const [first, last] = [cells[0], cells.at(-1)];
  return first && last ? last.x + last.width - first.x : 0;
}

/** The tags of a panel's line of the axis: what is printed in short where the whole has no room beside the panel's name. */
export function panelTags(
  { y, series, published, peaks }: LinesData,
  name: string,
  cells: Panel['cells'],
  scale: number,
): PanelTag[] {
  const printed = inPanel(published, name).flatMap((of, i): PanelTag[] => {
    if (of.kind === 'range') return [];
    const [first, last] = of.kind === 'peak' ? [of.layer, of.layer] : [of.first, of.last];
    const [from, to] = [layerX(cells, Math.round(first)), layerX(cells, Math.round(last))];
    if (from === null || to === null) return [];
    const said = (label: string) => {
      const value = of.kind === 'peak' ? of.value : undefined;
      const text = value === undefined ? label : t.told(label, (y.format ?? plainNumber)(value));
      return { text, width: (textWidth(text, PRINTED) + 12) * scale };
    };
    const whole = said(of.label);
    const fits = nameWidth(name, scale) + whole.width <= acrossOf(cells);
    return [
      {
        ...{ key: `published ${i}`, at: (from + to) / 2, of, from, to },
        ...(fits ? whole : said(of.short ?? of.label)),
      },
    ];
  });
  const highest = (peaks ? linesAt(inPanel(series, name), cells) : []).flatMap(
    ({ of, points }): PanelTag[] => {
      const peak = peakOf(points);
      const at = peak && layerX(cells, peak.layers[0] ?? 0);
      if (!peak || at === null) return [];
      const text = peakText(peak, y);
      return [{ key: of.key, text, at, width: (textWidth(text, NAME) + 30) * scale, of, value: peak.value }];
    },
  );
  return [...printed, ...highest];
}

/**
 * Where everything of a chart of lines stands, in pixels: its panels one under the other, or in as few columns as it takes to be seen
 * whole in the first screen, or else on a screen of its own.
 */
export function linesLayout(input: LinesInput): LinesLayout {
  const { width, scale, room = BOUNDLESS } = input.size;
  const most = Math.min(panelNames(input.series).length, Math.floor(width / (NARROWEST_COLUMN * scale)));
  const counts = range(1, Math.max(1, most) + 1);
  const within = (pixels: number) =>
    counts.find((columns) => inColumns(input, columns).height <= pixels + ROUNDING);
  return inColumns(input, within(room.first) ?? within(room.most) ?? 1);
}

function inColumns(input: LinesInput, columns: number): LinesLayout {
  const { frame, size, series, means } = input;
  const { scale } = size;
  const names = panelNames(series);
  const down = Math.ceil(names.length / columns);
  const hasColumns = size.width >= 2 * NARROWEST_COLUMN * scale;
  const titled = series.every(({ label, panel }) => label === panel);
  const { axis, pitch } = columnAxis(input, columns);
  const across = axis.right - axis.left;
  const fit = labelsFit(
    series.map(({ label }) => label),
    axis.width - axis.right,
    scale,
  );
  const ends = !titled && roomBeside(axis, scale) && fit;
  const keys = keysOf(input, keyItems(input, !titled && !ends), (columns - 1) * pitch + across);
  const rows = names.map((name) => {
    const lines = axis.lines.map((cells) =>
      tagRows(panelTags(input, name, cells, scale), nameWidth(name, scale), across),
    );
    return Math.max(name === '' ? 0 : 1, ...lines.flat().map((row) => row + 1));
  });
  const most = Math.max(...rows);
  const shown = range(columns).map((i) => ofPanels(series, names.slice(i * down, (i + 1) * down)).length);
  const each = (height: number) => Math.max(LEAST_HEIGHT, height / down);
  const plot = layerPlot({
    ...{ frame, size, status: input.status, has: hasLayer(series), columns },
    ...{ panels: names, names: most * TAG_ROW + (most > 0 ? 4 : 0) },
    above: 28 + (keys.y > TITLE_LINE ? keys.height : 0),
    ...{ height: each(HEIGHT), stacked: each(STACKED_HEIGHT) },
    least: names.length === 1 ? LOWEST : hasColumns ? LOWEST_OF_SEVERAL : LOWEST_IN_ONE_COLUMN,
    below: 22 + (means ? 20 * Math.max(...shown) : 0),
  });
  const beside = (panel: string) =>
    rows.filter((_, i) => columns > 1 && i % down === names.indexOf(panel) % down);
  return { ...plot, ends, keys, rows: (panel) => Math.max(0, ...beside(panel)) };
}

/** Keys with their place at scale 1, from the left of the plot: the baseline of the first row. */
function keysOf(
  { y, size: { scale } }: LinesInput,
  items: readonly KeyItem[],
  room: number,
): LinesLayout['keys'] {
  const beside = textWidth(y.title, NAME) + 20;
  const row = keyRows(items, Math.max(1, room - beside * scale), scale);
  return row.height <= KEY_ROW &&
    row.items.every((one, i) => one.x + keyWidth(items[i]?.label ?? '') <= room / scale - beside)
    ? { ...row, x: beside, y: TITLE_LINE }
    : { ...keyRows(items, room, scale), x: 0, y: TITLE_LINE + KEY_ROW };
}

/** What is named in rows above the plot: lines that are not named beside it, and what else is drawn in it. */
function keyItems({ y, series, levels, published }: LinesData, named: boolean): KeyItem[] {
  const floors = series.filter(({ points }) => points.some(({ floor }) => floor !== undefined));
  const format = y.format ?? String;
  return [
    ...(named ? series : []),
    ...floors.map((one): KeyItem => ({
      ...one,
      key: `floor ${one.key}`,
      label: t.floorOf(one.label),
      sign: 'hatch',
    })),
    ...levels.map((one): KeyItem => ({ ...one, label: t.of(one.label, format(one.value)), sign: 'level' })),
    ...published.flatMap((mark, i): KeyItem[] =>
      mark.kind === 'range'
        ? [{ key: `range ${i}`, label: mark.label, colour: mark.colour, sign: 'range' }]
        : [],
    ),
    ...(published.some((mark) => mark.kind === 'peak' && mark.value !== undefined) ? [PUBLISHED_KEY] : []),
  ];
}

/** The scale of a panel: all of a chart have the same domain, from all values and intervals in it. */
export function scaleOf(
  { y, series, levels }: Pick<LinesData, 'y' | 'series' | 'levels'>,
  { top, bottom }: Pick<Panel, 'top' | 'bottom'>,
): ValueScale {
  const points = [...series.flatMap(({ points: own }) => own), ...levels];
  const values = points.flatMap(({ value, low, high, ...more }) => {
    const floor = 'floor' in more ? more.floor : undefined;
    return value === null ? [] : [value, low ?? value, high ?? value, floor ?? value];
  });
  return valueScale(y, values, bottom, top);
}
