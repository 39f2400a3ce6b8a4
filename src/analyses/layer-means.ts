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
  /** Regions whose layers were measured and have no number: it is not defined there. */
  readonly undefinedIn: readonly { readonly name: string; readonly n: number }[];
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
  const within = (region: Reader['regions'][number], layer: LayerIndex): boolean =>
    rowOfIndex(layer) >= region.first && rowOfIndex(layer) <= region.last;
  const undefinedIn = regions.flatMap((region) => {
    const here = points.filter(({ layer }) => layer > 0 && within(region, layer));
    const none = here.length > 0 && here.every(({ value }) => value === null);
    return none ? [{ name: region.name, n: here.length }] : [];
  });
  const spreads = regions.flatMap((region) => {
    const here = found.filter(({ layer }) => within(region, layer));
    return here.length === 0 ? [] : [{ name: region.name, ...spreadOf(here.map(({ value }) => value)) }];
  });
  const largest = found.reduce<LayerMeans['largest']>(
    (best, point) => (best === null || point.value > best.value ? point : best),
    null,
  );
  return { label, regions: spreads, undefinedIn, largest };
}
