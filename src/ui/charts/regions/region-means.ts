import type { LayerIndex } from '../../../layer-index.ts';
import { LEAST } from '../../../few-items.mjs';
import { evenForm, evenShares, spreadTexts } from '../../../number-text.mjs';
import { spreadOf } from '../../../statistics/spread.ts';
import type { Interval } from '../../../statistics/wilson.ts';
import { percentText, plainNumber, type ValueAxis } from '../axis/value-axis.ts';
import type { LayerSeries } from '../layer-lines/series.ts';
import type { Coverage } from '../../layer-strip/layer-axis.ts';
import { t } from '../texts.ts';
import { regionSpans, type Cuts } from '../../../regions.ts';

/** Neighbouring layers that are averaged. */
export interface AveragedRange {
  readonly name: string;
  /** Inclusive. */
  readonly first: LayerIndex;
  readonly last: LayerIndex;
}

interface RegionMean extends AveragedRange {
  readonly mean: number;
  /** Over items, where they give the numbers; null where these tell nothing of it. */
  readonly interval?: Interval | null;
  /** Items. */
  readonly n?: number;
  /** Sample standard deviation over the layers (n − 1); null for fewer than two. */
  readonly deviation: number | null;
  /** Layers that have a value. */
  readonly layers: number;
}

/** The ranges of a body that an analysis covers. */
export function averagedRanges(
  cuts: Cuts,
  layers: number,
  visionBlocks: number,
  covers: Coverage,
): AveragedRange[] {
  const llm = regionSpans(cuts, layers).map(({ label, first, last }) => ({ name: label, first, last }));
  return covers === 'all' && visionBlocks > 0
    ? [{ name: 'Vision', first: -visionBlocks, last: -1 }, ...llm]
    : llm;
}

/**
 * Means over the layers of each range that has any value: with an interval over items where they give the numbers, else with the spread
 * between layers, which is no error.
 */
export function regionMeans(
  { points, pooled }: Pick<LayerSeries, 'points' | 'pooled'>,
  parts: readonly AveragedRange[],
): RegionMean[] {
  return parts.flatMap((part) => {
    const values = points.flatMap(({ layer, value }) =>
      layer >= part.first && layer <= part.last && value !== null && Number.isFinite(value) ? [value] : [],
    );
    const { n: layers, ...spread } = spreadOf(values);
    if (layers === 0) return [];
    if (!pooled) return [{ ...part, ...spread, layers }];
    const found = pooled(part.first, part.last);
    return found ? [{ ...part, ...found, deviation: null, layers }] : [];
  });
}

/**
 * The means of a row as texts, the fuller form of each first: "0.0440 ± 0.0021", "0.0440"; with an interval "12 % (8 % to 16 %)". Of so few
 * items that nothing is told, a dash.
 */
export function meanTexts(
  row: readonly RegionMean[],
  { format = plainNumber }: ValueAxis,
): readonly (readonly string[])[] {
  const spreads = spreadTexts(row, format === percentText);
  const halves = row.flatMap(({ interval }) => (interval ? [(interval.high - interval.low) / 2] : []));
  const even = evenForm(
    row.map(({ mean }) => mean),
    halves,
  );
  const told = row.flatMap(({ mean, interval }) => [
    mean,
    ...(interval ? [interval.low, interval.high] : []),
  ]);
  const shares = format === percentText ? evenShares(told) : format;
  const form = format === plainNumber ? even : shares;
  return row.map(({ mean: average, interval, n }, at) => {
    if (interval === undefined) return spreads[at] ?? [];
    if ((n ?? 0) < LEAST) return ['–'];
    const text = form(average);
    return interval ? [t.within(text, t.span(interval, form)), text] : [text];
  });
}
