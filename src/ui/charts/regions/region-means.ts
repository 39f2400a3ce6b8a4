import type { LayerIndex } from '../../../layer-index.ts';
import { deviation, mean } from 'd3';
import { plainNumber, type ValueAxis } from '../axis/value-axis.ts';
import type { Coverage } from '../../layer-strip/layer-axis.ts';
import { regionSpans, type Cuts } from '../../../regions.ts';

/** Neighbouring layers that are averaged. */
interface AveragedRange {
  readonly name: string;
  /** Inclusive. */
  readonly first: LayerIndex;
  readonly last: LayerIndex;
}

interface RegionMean extends AveragedRange {
  readonly mean: number;
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

/** Mean and spread over the layers of each range that has any value. The spread is between layers, not an error. */
export function regionMeans(
  points: readonly { readonly layer: LayerIndex; readonly value: number | null }[],
  parts: readonly AveragedRange[],
): RegionMean[] {
  return parts.flatMap((part) => {
    const values = points.flatMap(({ layer, value }) =>
      layer >= part.first && layer <= part.last && value !== null && Number.isFinite(value) ? [value] : [],
    );
    const average = mean(values);
    if (average === undefined) return [];
    return [{ ...part, mean: average, deviation: deviation(values) ?? null, layers: values.length }];
  });
}

/**
 * A mean with its spread as text, the fuller form first: "0.0440 ± 0.0021", "0.0440". Without a format of the
 * axis the spread has two digits and the mean as many decimals.
 */
export function meanTexts(mean: number, spread: number | null, axis: ValueAxis): string[] {
  if (axis.format) {
    const text = axis.format(mean);
    return spread === null ? [text] : [`${text} ± ${axis.format(spread)}`, text];
  }
  if (spread === null || spread === 0) return [plainNumber(mean)];
  const decimals = 1 - Math.floor(Math.log10(spread));
  if (decimals < 0 || decimals > 7)
    return [`${plainNumber(mean)} ± ${plainNumber(spread)}`, plainNumber(mean)];
  const fixed = (value: number) => value.toFixed(decimals).replace('-', '\u2212');
  return [`${fixed(mean)} ± ${fixed(spread)}`, fixed(mean)];
}
