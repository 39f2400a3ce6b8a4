/** `fro_norm.json`: update energy in the reference's form, with what we add under `frankenscope`. */
import type { LayerIndex } from '../../layer-index.ts';
import { projectionOf } from '../../checkpoint/tensor-place.ts';
import type { EnergyRecord } from '../energy.ts';
import { productKey } from '../energy.ts';
import type { DeltaSpec } from '../deltas/delta-spec.ts';
import type { TensorFamily } from '../deltas/pairing.ts';
import { byRegion, regionOf, type Cuts, type Region } from '../../regions.ts';
import { spreadOf, type Spread } from '../../statistics/spread.ts';
import type { EntryPlace, ModelNames, ReadFrom, UpdatesOrigin, UpdatesRequest } from './updates-file.ts';
import {
  byDelta,
  byLayer,
  entryPlace,
  groupBy,
  leftOut,
  measuredFamilies,
  modelNames,
  ofReference,
  readFrom,
} from './updates-file.ts';

/** Keeps a relative norm finite for weights of zero, as the reference does. */
const TINY = 1e-8;

/** Of one matrix. */
export interface FroNorm {
  readonly fro_norm: number;
  /** ‖Δ‖_F / (‖W_IN‖_F + 1e-8). */
  readonly relative_norm: number;
}

/** Of one layer. */
export interface FroNormMean {
  readonly fro_norm_mean: number;
  readonly fro_norm_sum: number;
  readonly relative_norm_mean: number;
}

/** Of any group of elements taken as one vector. */
export interface JointEnergy {
  readonly elements: number;
  /** ‖Δ‖_F of the whole group. */
  readonly fro_norm: Readonly<Record<string, number>>;
  readonly relative_norm: Readonly<Record<string, number>>;
  /** Share of elements that did not change. */
  readonly unchanged: Readonly<Record<string, number>>;
  /** Cosine of two updates, by their keys; null where one is zero. */
  readonly cosine: Readonly<Record<string, number | null>>;
}

export interface FroNormEntry extends EntryPlace {
  readonly sft?: FroNorm;
  readonly rl?: FroNorm;
  readonly frankenscope?: JointEnergy &
    ReadFrom & {
      readonly projection: string;
      readonly deltas: Readonly<Record<string, FroNorm>>;
      /** By delta, the rank of the adapters' factors that it was computed of; only where there are some. */
      readonly factors?: Readonly<Record<string, number>>;
    };
}

export interface FroNormSummary {
  readonly layer_idx: LayerIndex;
  readonly section: string;
  readonly n_params: number;
  readonly sft?: FroNormMean;
  readonly rl?: FroNormMean;
  readonly frankenscope?: JointEnergy & { readonly deltas: Readonly<Record<string, FroNormMean>> };
}

export interface FroNormFile {
  readonly metadata: ModelNames;
  readonly layers: readonly FroNormEntry[];
  readonly summary: readonly FroNormSummary[];
  readonly frankenscope?: UpdatesOrigin & {
    readonly deltas: readonly DeltaSpec[];
    readonly total: JointEnergy;
    readonly components: Readonly<Record<string, JointEnergy>>;
    readonly projections: Readonly<Record<string, JointEnergy>>;
    /** Mean and spread over the layers of each region of their mean relative norms. */
    readonly regions: Readonly<Record<Region, Readonly<Record<string, Spread>>>>;
  };
}

export interface FroNormRequest extends UpdatesRequest<EnergyRecord> {
  readonly deltas: readonly DeltaSpec[];
}

/** Puts the records of a run, whole or still under way, into the file's form. */
export function froNormFile(request: FroNormRequest): FroNormFile {
  const { pairing, deltas, cuts, models } = request;
  const measured = measuredFamilies(request);
  const joint = (group: readonly Measured[]): JointEnergy =>
    jointEnergy(
      group.map(({ record }) => record),
      deltas,
    );
  const grouped = (key: (family: TensorFamily) => string): Record<string, JointEnergy> =>
    Object.fromEntries(
      [...groupBy(measured, ({ family }) => key(family))].map(([name, group]) => [name, joint(group)]),
    );
  const summary = byLayer(measured, ({ family }) => family.place.layer).map(([layer, group]) =>
    summaryOf(layer, group, deltas, joint(group)),
  );
  return {
    metadata: modelNames(models),
    layers: measured.map(({ family, record }) => entryOf(family, record, deltas)),
    summary,
    frankenscope: {
      rounding: request.rounding,
      deltas,
      cuts,
      total: joint(measured),
      components: grouped(({ place }) => place.component),
      projections: grouped(({ name }) => projectionOf(name)),
      regions: regionSpreads(summary, deltas, cuts),
      ...leftOut(pairing),
      provenance: request.provenance,
    },
  };
}

interface Measured {
  readonly family: TensorFamily;
  readonly record: EnergyRecord;
}

function normsOf(record: EnergyRecord, deltas: readonly DeltaSpec[]): Record<string, FroNorm> {
  return byDelta(deltas, ({ key, relativeTo }) => {
    const norm = Math.sqrt(record.squares[key] as number);
    return {
      fro_norm: norm,
      relative_norm: norm / (Math.sqrt(record.weights[relativeTo] as number) + TINY),
    };
  });
}

function entryOf(family: TensorFamily, record: EnergyRecord, deltas: readonly DeltaSpec[]): FroNormEntry {
  const norms = normsOf(record, deltas);
  return {
    ...entryPlace(family),
    ...ofReference(norms),
    frankenscope: {
      projection: projectionOf(family.name),
      deltas: norms,
      ...(record.factors ? { factors: record.factors } : {}),
      ...readFrom(family),
      ...jointEnergy([record], deltas),
    },
  };
}

function summaryOf(
  layer: LayerIndex,
  group: readonly Measured[],
  deltas: readonly DeltaSpec[],
  joint: JointEnergy,
): FroNormSummary {
  const norms = group.map(({ record }) => normsOf(record, deltas));
  const means = byDelta(deltas, ({ key }): FroNormMean => {
    const sum = norms.reduce((total, norm) => total + (norm[key] as FroNorm).fro_norm, 0);
    const relative = norms.reduce((total, norm) => total + (norm[key] as FroNorm).relative_norm, 0);
    return {
      fro_norm_mean: sum / norms.length,
      fro_norm_sum: sum,
      relative_norm_mean: relative / norms.length,
    };
  });
  const section = group[0]?.family.place.section ?? '';
  return {
    layer_idx: layer,
    section,
    n_params: group.length,
    ...ofReference(means),
    frankenscope: { deltas: means, ...joint },
  };
}

function jointEnergy(records: readonly EnergyRecord[], deltas: readonly DeltaSpec[]): JointEnergy {
  const total = (pick: (record: EnergyRecord) => number | undefined): number =>
    records.reduce((sum, record) => sum + (pick(record) ?? 0), 0);
  const elements = total((record) => record.elements);
  const norm = (key: string): number => Math.sqrt(total(({ squares }) => squares[key]));
  const cosine: Record<string, number | null> = {};
  deltas.forEach(({ key: b }, index) => {
    for (const { key: a } of deltas.slice(0, index)) {
      const size = norm(a) * norm(b);
      const product = total(({ products }) => products[productKey(a, b)]);
      cosine[productKey(a, b)] = size === 0 ? null : product / size;
    }
  });
  return {
    elements,
    fro_norm: byDelta(deltas, ({ key }) => norm(key)),
    relative_norm: byDelta(
      deltas,
      ({ key, relativeTo }) => norm(key) / (Math.sqrt(total(({ weights }) => weights[relativeTo])) + TINY),
    ),
    unchanged: byDelta(deltas, ({ key }) =>
      elements === 0 ? 0 : total(({ unchanged }) => unchanged[key]) / elements,
    ),
    cosine,
  };
}

function regionSpreads(
  summary: readonly FroNormSummary[],
  deltas: readonly DeltaSpec[],
  cuts: Cuts,
): Record<Region, Record<string, Spread>> {
  return byRegion((region) => {
    const layers = summary.filter(({ layer_idx }) => regionOf(layer_idx, cuts) === region);
    if (layers.length === 0) return {};
    return byDelta(deltas, ({ key }) =>
      spreadOf(layers.map(({ frankenscope }) => frankenscope?.deltas[key]?.relative_norm_mean ?? 0)),
    );
  });
}
