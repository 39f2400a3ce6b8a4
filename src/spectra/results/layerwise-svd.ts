/** `layerwise_svd.json`: update diversity in the reference's form, with what we add under `frankenscope`. */
import type { LayerIndex } from '../../layer-index.ts';
import { projectionOf } from '../../checkpoint/tensor-place.ts';
import type { MeasuredSpectrum, SpectrumRecord } from '../diversity.ts';
import type { DeltaSpec } from '../deltas/delta-spec.ts';
import type { TensorFamily } from '../deltas/pairing.ts';
import { byRegion, regionOf, type Cuts, type Region } from '../../regions.ts';
import { spreadOf, type Spread } from '../../statistics/spread.ts';
import type { OverlapSection } from './subspace-overlap-file.ts';
import type { EntryPlace, ModelNames, ReadFrom, UpdatesOrigin, UpdatesRequest } from './updates-file.ts';
import {
  byDelta,
  byLayer,
  entryPlace,
  formatsOf,
  leftOut,
  measuredFamilies,
  modelNames,
  ofReference,
  readFrom,
} from './updates-file.ts';
import { mean } from '../../statistics/mean.ts';

/** Of one matrix. `condition_number` is null in fast mode, which does not estimate it. */
export interface SvdMetrics {
  readonly spectral_norm: number;
  readonly nuclear_norm: number;
  readonly fro_norm: number;
  readonly stable_rank: number;
  readonly effective_rank: number;
  readonly condition_number: number | null;
  readonly log_volume: number;
  readonly singular_values: readonly number[];
  readonly frankenscope?: {
    readonly mode: MeasuredSpectrum['mode'];
    readonly device: MeasuredSpectrum['device'];
    /** Which GPU it was, where one computed it. */
    readonly adapter?: string;
    /** False where σ_min is beyond the arithmetic's precision: the condition number is then no more than an indication. */
    readonly condition_known: boolean;
    /** What the smallest singular value was computed on, where it was not the spectrum's device. */
    readonly condition_device?: 'cpu';
    /** Fast mode: one standard error. */
    readonly standard_errors?: { readonly nuclear_norm: number; readonly effective_rank: number };
    readonly probes?: number;
    /** Computed of an adapter's factors, of this rank together, and of no dense matrix. */
    readonly factors?: number;
    /** About the largest singular value of rounding alone, and how many lie above it: of those kept in fast mode. */
    readonly rounding_edge?: number;
    readonly above_edge?: number;
  };
}

export interface SvdMeans {
  readonly spectral_norm_mean: number;
  readonly stable_rank_mean: number;
  readonly effective_rank_mean: number;
  readonly log_volume_mean: number;
}

export interface SvdEntry extends EntryPlace {
  readonly region: Region | null;
  readonly sft?: SvdMetrics;
  readonly rl?: SvdMetrics;
  readonly frankenscope?: ReadFrom & {
    readonly projection: string;
    readonly shape: readonly [rows: number, columns: number];
    readonly deltas: Readonly<Record<string, SvdMetrics>>;
  };
}

export interface SvdSummary {
  readonly layer_idx: LayerIndex;
  readonly section: string;
  readonly region: Region | null;
  readonly n_params: number;
  readonly sft?: SvdMeans;
  readonly rl?: SvdMeans;
  readonly frankenscope?: { readonly deltas: Readonly<Record<string, SvdMeans>> };
}

export interface LayerwiseSvdFile {
  readonly metadata: ModelNames & {
    readonly weight_filter: string | null;
    readonly topk: number;
    readonly num_llm_layers: number;
  };
  readonly layers: readonly SvdEntry[];
  readonly summary: readonly SvdSummary[];
  readonly frankenscope?: UpdatesOrigin & {
    readonly deltas: readonly DeltaSpec[];
    /** Natural logarithms throughout. */
    readonly log: 'natural';
    /** Mean and spread over the layers of each region. */
    readonly regions: Readonly<Record<Region, RegionSpreads>>;
    /** How far two of the updates share directions, where that was asked for. */
    readonly overlap?: OverlapSection;
  };
}

/** Null where no update of the region has a rank. */
type RegionSpreads = Readonly<
  Record<string, { readonly effective_rank: Spread | null; readonly stable_rank: Spread | null }>
>;

export type RankMetric = 'effective_rank' | 'stable_rank';

/** The ranks of those updates that have one: of what is exactly zero it would be 0/0 (docs/method.md §6), where the reference says 0. */
export function definedRanks(spectra: readonly SvdMetrics[], metric: RankMetric): readonly number[] {
  return spectra.flatMap(({ [metric]: rank }) => (rank === 0 ? [] : [rank]));
}

export interface LayerwiseSvdRequest extends UpdatesRequest<SpectrumRecord> {
  readonly deltas: readonly DeltaSpec[];
  readonly weights: string | null;
  readonly topK: number;
  readonly overlap?: OverlapSection;
}

/** Puts the records of a run, whole or still under way, into the file's form. */
export function layerwiseSvdFile(request: LayerwiseSvdRequest): LayerwiseSvdFile {
  const { pairing, deltas, cuts } = request;
  const layers = measuredFamilies(request).map(({ family, record }) => entryOf(family, record, cuts));
  const summary = byLayer(layers, ({ layer_idx }) => layer_idx).map(([layer, group]) =>
    summaryOf(layer, group),
  );
  return {
    metadata: {
      ...modelNames(request.models),
      weight_filter: request.weights,
      topk: request.topK,
      num_llm_layers: pairing.layers,
    },
    layers,
    summary,
    frankenscope: {
      rounding: request.rounding,
      deltas,
      cuts,
      ...formatsOf(request),
      log: 'natural',
      regions: regionSpreads(layers, deltas),
      ...leftOut(pairing),
      ...(request.overlap ? { overlap: request.overlap } : {}),
      provenance: request.provenance,
    },
  };
}

function entryOf(family: TensorFamily, { rows, columns, spectra }: SpectrumRecord, cuts: Cuts): SvdEntry {
  const { layer } = family.place;
  const all = Object.fromEntries(Object.entries(spectra).map(([key, value]) => [key, metricsOf(value)]));
  return {
    ...entryPlace(family),
    region: layer === null ? null : regionOf(layer, cuts),
    ...ofReference(all),
    frankenscope: {
      projection: projectionOf(family.name),
      shape: [rows, columns],
      ...readFrom(family),
      deltas: all,
    },
  };
}

function metricsOf(spectrum: MeasuredSpectrum): SvdMetrics {
  const { standardErrors: errors, probes, factors, rounding } = spectrum;
  return {
    spectral_norm: spectrum.spectralNorm,
    nuclear_norm: spectrum.nuclearNorm,
    fro_norm: spectrum.frobeniusNorm,
    stable_rank: spectrum.stableRank,
    effective_rank: spectrum.effectiveRank,
    condition_number: spectrum.conditionNumber,
    log_volume: spectrum.logVolume,
    singular_values: spectrum.singularValues,
    frankenscope: {
      mode: spectrum.mode,
      device: spectrum.device,
      ...(spectrum.adapter === undefined ? {} : { adapter: spectrum.adapter }),
      condition_known: spectrum.conditionKnown,
      ...(spectrum.conditionDevice ? { condition_device: spectrum.conditionDevice } : {}),
      ...(errors
        ? { standard_errors: { nuclear_norm: errors.nuclearNorm, effective_rank: errors.effectiveRank } }
        : {}),
      ...(probes === undefined ? {} : { probes }),
      ...(factors === undefined ? {} : { factors }),
      ...(rounding ? { rounding_edge: rounding.edge, above_edge: rounding.above } : {}),
    },
  };
}

function summaryOf(layer: LayerIndex, entries: readonly SvdEntry[]): SvdSummary {
  const [first] = entries as [SvdEntry];
  const means = Object.fromEntries(
    Object.keys(first.frankenscope?.deltas ?? {}).map((key): [string, SvdMeans] => {
      const meanOf = (metric: 'spectral_norm' | 'stable_rank' | 'effective_rank' | 'log_volume'): number =>
        mean(entries.map(({ frankenscope }) => (frankenscope?.deltas[key] as SvdMetrics)[metric]));
      return [
        key,
        {
          spectral_norm_mean: meanOf('spectral_norm'),
          stable_rank_mean: meanOf('stable_rank'),
          effective_rank_mean: meanOf('effective_rank'),
          log_volume_mean: meanOf('log_volume'),
        },
      ];
    }),
  );
  return {
    layer_idx: layer,
    section: first.section,
    region: first.region,
    n_params: entries.length,
    ...ofReference(means),
    frankenscope: { deltas: means },
  };
}

function regionSpreads(
  entries: readonly SvdEntry[],
  deltas: readonly DeltaSpec[],
): Record<Region, RegionSpreads> {
  return byRegion((name) => {
    const layers = byLayer(
      entries.filter(({ region }) => region === name),
      ({ layer_idx }) => layer_idx,
    );
    if (layers.length === 0) return {};
    const spread = (key: string, metric: RankMetric): Spread | null => {
      const means = layers.flatMap(([, own]) => {
        const ranks = definedRanks(
          own.flatMap(({ frankenscope }) => frankenscope?.deltas[key] ?? []),
          metric,
        );
        return ranks.length === 0 ? [] : [mean(ranks)];
      });
      return means.length === 0 ? null : spreadOf(means);
    };
    return byDelta(deltas, ({ key }) => ({
      effective_rank: spread(key, 'effective_rank'),
      stable_rank: spread(key, 'stable_rank'),
    }));
  });
}
