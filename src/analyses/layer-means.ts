import { rowOfIndex, type LayerIndex } from '../layer-index.ts';
import { spreadOf, type Spread } from '../statistics/spread.ts';
import type { Reader } from './probe.ts';

/** One layer's number. */
export interface LayerValue {
  readonly layer: LayerIndex;
  /** Null where there is none. */
  readonly value: number | null;
}

/** What is said of numbers by layer: each region's mean with the spread between its layers, and where they are largest. */
export interface LayerMeans {
  readonly label: string;
  readonly regions: readonly (Spread & { readonly name: string })[];
  /** Null where the language model has none. */
  readonly largest: { readonly layer: LayerIndex; readonly value: number } | null;
}

/** @param regions counted from 0; those without a number are left out */
export function layerMeans(
  label: string,
  points: readonly LayerValue[],
  regions: Reader['regions'],
): LayerMeans {
  const found = points.flatMap(({ layer, value }) =>
    layer > 0 && value !== null && Number.isFinite(value) ? [{ layer, value }] : [],
  );
  const spreads = regions.flatMap(({ name, first, last }) => {
    const here = found.filter(({ layer }) => rowOfIndex(layer) >= first && rowOfIndex(layer) <= last);
    return here.length === 0 ? [] : [{ name, ...spreadOf(here.map(({ value }) => value)) }];
  });
  const largest = found.reduce<LayerMeans['largest']>(
    (best, point) => (best === null || point.value > best.value ? point : best),
    null,
  );
  return { label, regions: spreads, largest };
}
