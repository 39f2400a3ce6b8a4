import { energyByLayer, floorCounts, unchangedOfAll } from '../../../analyses/energy/by-layer.ts';
import { factorCounts } from '../../../analyses/factor-counts.ts';
import { inPercent } from '../../charts/layer-lines/full-table.ts';
import type { Also, LayerSeries } from '../../charts/layer-lines/series.ts';
import { factorsAlso } from '../factors-also.ts';
import type { FroNormFile, JointEnergy } from '../../../spectra/results/fro-norm.ts';
import { markerAt } from '../../charts/marks/markers.ts';
import type { ShownDelta } from '../../characterize/comparison.svelte.ts';
import { t } from './texts.ts';

/** Mean over a layer's matrices, per update. */
export function energySeries(
  file: FroNormFile,
  deltas: readonly ShownDelta[],
  scale: 'relative' | 'absolute',
): LayerSeries[] {
  return deltas.map(({ key, formula, colour, marker }) => ({
    ...{ key, label: formula, colour, marker },
    points: energyByLayer(file, key, scale),
    also: { ...floorAlso(file, key), ...factorsOf(file, key) },
  }));
}

/** Of the matrices that are stored rounded, how many are told from that. */
function floorAlso(file: FroNormFile, key: string): Also {
  const { matrices, atFloor } = floorCounts(file, key);
  return matrices === 0 ? {} : { 'matrices stored rounded': matrices, 'not told from rounding': atFloor };
}

function factorsOf({ layers }: FroNormFile, key: string): Also {
  return factorsAlso(factorCounts(layers.map(({ frankenscope }) => frankenscope?.factors?.[key])));
}

/** Share of a layer's elements that an update left as they were. */
export function unchangedSeries(file: FroNormFile, deltas: readonly ShownDelta[]): LayerSeries[] {
  return deltas.map(({ key, formula, colour, marker }) => ({
    ...{ key, label: formula, colour, marker },
    also: unchangedAlso(unchangedOfAll(file, key)),
    points: file.summary.flatMap(({ layer_idx, n_params: n, frankenscope }) => {
      const value = frankenscope?.unchanged[key];
      return value === undefined ? [] : [{ layer: layer_idx, value, n }];
    }),
  }));
}

function unchangedAlso(share: number | null): Also {
  return share === null ? {} : { 'unchanged of all weights (%)': inPercent(share) };
}

/** Pairs of more updates than these are too many lines for one chart: it shows those of one update. */
const MOST_PAIRED = 4;

/** Whether a chart has room for the cosines of all pairs. */
export function allPairsFit(deltas: readonly ShownDelta[]): boolean {
  return deltas.length <= MOST_PAIRED;
}

/**
 * Cosine of two updates per layer, every matrix of the layer taken as one vector; null where one is zero.
 *
 * @param against key of an update: its pairs alone, each in the look of the other update; null for all pairs
 */
export function cosineSeries(
  { summary, frankenscope }: FroNormFile,
  deltas: readonly ShownDelta[],
  against: string | null,
): LayerSeries[] {
  const pairs = Object.keys(frankenscope?.total.cosine ?? {});
  const shown = new Map(deltas.map((delta) => [delta.key, delta]));
  return pairs.flatMap((pair, index): LayerSeries[] => {
    const [a, b] = pair.split(' ').map((key) => shown.get(key));
    if (!a || !b) return [];
    const other = a.key === against ? b : a;
    if (against !== null && ![a.key, b.key].includes(against)) return [];
    const look =
      against === null
        ? { label: t.directions.pair(a.formula, b.formula), colour: b.colour, marker: markerAt(index) }
        : { label: other.formula, colour: other.colour, marker: other.marker };
    return [
      {
        ...{ key: pair, ...look },
        points: summary.flatMap((layer) => {
          const value = layer.frankenscope?.cosine[pair];
          return value === undefined ? [] : [{ layer: layer.layer_idx, value, n: layer.n_params }];
        }),
      },
    ];
  });
}

/** One component's energy in a bar chart: attention and MLP, and each projection below its own. */
interface EnergyComponent {
  readonly key: string;
  readonly label: string;
  readonly inner?: boolean;
  readonly joint: JointEnergy;
  /** Matrices. */
  readonly n: number;
}

/** One update's norm of a component, with that of rounding alone where it has a part in it. */
export function componentValue(
  joint: JointEnergy,
  key: string,
  scale: 'relative' | 'absolute',
): { readonly value: number; readonly floor?: number } {
  const norm = scale === 'relative' ? 'relative_norm' : 'fro_norm';
  const floor = joint.rounding_floor?.[norm][key];
  return { value: joint[norm][key] ?? 0, ...(floor === undefined ? {} : { floor }) };
}

/** Attention and MLP of the whole model, each followed by the projections that belong to it. */
export function energyComponents({ layers, frankenscope }: FroNormFile): EnergyComponent[] {
  const { components = {}, projections = {} } = frankenscope ?? {};
  const owner = new Map(
    layers.map(({ component, frankenscope: more }) => [more?.projection ?? '', component]),
  );
  const count = (is: (entry: (typeof layers)[number]) => boolean): number => layers.filter(is).length;
  return Object.entries(components).flatMap(([name, joint]) => [
    { key: name, label: name, joint, n: count(({ component }) => component === name) },
    ...Object.entries(projections)
      .filter(([projection]) => owner.get(projection) === name)
      .map(([projection, inner]) => ({
        ...{ key: projection, label: projection, inner: true, joint: inner },
        n: count(({ frankenscope: more }) => more?.projection === projection),
      })),
  ]);
}
