import type { LayerIndex } from '../../../layer-index.ts';
import { deviation, mean } from 'd3';
import { LEAST } from '../../../few-items.mjs';
import { spanText, spreadTexts } from '../../../number-text.mjs';
import type { Interval } from '../../../statistics/wilson.ts';
import { plainNumber, type ValueAxis } from '../axis/value-axis.ts';
import type { LayerSeries } from '../layer-lines/series.ts';
import type { Coverage } from '../../layer-strip/layer-axis.ts';
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
    const average = mean(values);
    if (average === undefined) return [];
    const layers = values.length;
    if (!pooled) return [{ ...part, mean: average, deviation: deviation(values) ?? null, layers }];
    const found = pooled(part.first, part.last);
    return found ? [{ ...part, ...found, deviation: null, layers }] : [];
  });
}

/**
 * A region's mean as text, the fuller form first: "0.0440 ± 0.0021", "0.0440"; with an interval "12 % (8 % to 16 %)". Of so few items that
 * nothing is told, a dash.
 */
export function meanTexts(region: RegionMean, { format, tabled }: ValueAxis): readonly string[] {
  const { mean: average, deviation: spread, interval, n } = region;
  // Four digits of a spread would say more than it knows.
  const form = format === plainNumber ? undefined : format;
  if (interval === undefined)
    return spreadTexts(average, spread, form && { format: form, ...(tabled ? { tabled } : {}) });
  if ((n ?? 0) < LEAST) return ['–'];
  const text = (form ?? plainNumber)(average);
  return interval ? [`${text} (${spanText(interval, form ?? plainNumber)})`, text] : [text];
}
