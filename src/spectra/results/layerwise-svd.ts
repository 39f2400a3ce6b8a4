/** `layerwise_svd.json`: update diversity in the reference's form, with what we add under `frankenscope`. */
import type { MeasuredSpectrum, SpectrumRecord } from '../diversity.ts';
import type { DeltaSpec, Rounding } from '../deltas/delta-spec.ts';
import type { Pairing, TensorFamily } from '../deltas/pairing.ts';
import type { RegionCuts, RegionName, Spread } from '../regions.ts';
import { regionOf, REGIONS, spreadOf } from '../regions.ts';
import { projectionOf } from './projection.ts';
import type { ReadFrom } from './read-from.ts';
import { readFrom } from './read-from.ts';
import type { OverlapSection } from './subspace-overlap-file.ts';
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
  };
}

export interface SvdMeans {
  readonly spectral_norm_mean: number;
  readonly stable_rank_mean: number;
  readonly effective_rank_mean: number;
  readonly log_volume_mean: number;
}

export interface SvdEntry {
  readonly param_name: string;
  readonly layer_idx: number | null;
  readonly section: string;
  readonly component: string;
  readonly region: RegionName | null;
  readonly sft?: SvdMetrics;
  readonly rl?: SvdMetrics;
  readonly frankenscope?: ReadFrom & {
    readonly projection: string;
    readonly shape: readonly [rows: number, columns: number];
    readonly deltas: Readonly<Record<string, SvdMetrics>>;
  };
}

export interface SvdSummary {
  readonly layer_idx: number;
  readonly section: string;
  readonly region: RegionName | null;
  readonly n_params: number;
  readonly sft?: SvdMeans;
  readonly rl?: SvdMeans;
  readonly frankenscope?: { readonly deltas: Readonly<Record<string, SvdMeans>> };
}

export interface LayerwiseSvdFile {
  readonly metadata: {
    readonly base_model: string;
    readonly sft_model: string;
    readonly rl_model: string;
    readonly weight_filter: string | null;
    readonly topk: number;
    readonly num_llm_layers: number;
  };
  readonly layers: readonly SvdEntry[];
  readonly summary: readonly SvdSummary[];
  readonly frankenscope?: {
    readonly rounding: Rounding;
    readonly deltas: readonly DeltaSpec[];
    readonly cuts: RegionCuts;
    /** Natural logarithms throughout. */
    readonly log: 'natural';
    /** Mean and spread over the layers of each region. */
    readonly regions: Readonly<
      Record<
        RegionName,
        Readonly<Record<string, { readonly effective_rank: Spread; readonly stable_rank: Spread }>>
      >
    >;
    readonly mismatches: Pairing['mismatches'];
    /** All tensors that the checkpoints do not share, selected or not; files of earlier versions lack it. */
    readonly unshared?: Pairing['unshared'];
    readonly omitted: Pairing['omitted'];
    /** How far two of the updates share directions, where that was asked for. */
    readonly overlap?: OverlapSection;
    readonly provenance?: unknown;
  };
}

export interface LayerwiseSvdRequest {
  readonly pairing: Pairing;
  readonly deltas: readonly DeltaSpec[];
  readonly records: ReadonlyMap<string, SpectrumRecord>;
  readonly rounding: Rounding;
  readonly cuts: RegionCuts;
  readonly weights: string | null;
  readonly topK: number;
  /** Checkpoint names by part; those absent are written as "". */
  readonly models: Readonly<Partial<Record<'base' | 'in' | 'rl', string>>>;
  readonly overlap?: OverlapSection;
  readonly provenance?: unknown;
}

/** Puts the records of a run, whole or still under way, into the file's form. */
export function layerwiseSvdFile(request: LayerwiseSvdRequest): LayerwiseSvdFile {
  const { pairing, deltas, records, cuts, models } = request;
  const layers = pairing.families.flatMap((family) => {
    const record = records.get(family.name);
    return record ? [entryOf(family, record, cuts)] : [];
  });
  const indices = [...new Set(layers.flatMap(({ layer_idx }) => (layer_idx === null ? [] : [layer_idx])))];
  const summary = indices
    .sort((a, b) => a - b)
    .map((layer) => summaryOf(layers.filter(({ layer_idx }) => layer_idx === layer)));
  return {
    metadata: {
      ...{ base_model: models.base ?? '', sft_model: models.in ?? '', rl_model: models.rl ?? '' },
      ...{ weight_filter: request.weights, topk: request.topK, num_llm_layers: pairing.layers },
    },
    layers,
    summary,
    frankenscope: {
      rounding: request.rounding,
      deltas,
      cuts,
      log: 'natural',
      regions: regionSpreads(summary, deltas),
      mismatches: pairing.mismatches,
      unshared: pairing.unshared,
      omitted: pairing.omitted,
      ...(request.overlap ? { overlap: request.overlap } : {}),
      ...(request.provenance === undefined ? {} : { provenance: request.provenance }),
    },
  };
}

function entryOf(
  family: TensorFamily,
  { rows, columns, spectra }: SpectrumRecord,
  cuts: RegionCuts,
): SvdEntry {
  const { layer, section, component } = family.place;
  const all = Object.fromEntries(Object.entries(spectra).map(([key, value]) => [key, metricsOf(value)]));
  return {
    param_name: family.name,
    layer_idx: layer,
    section,
    component,
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

/** What the reference has keys for. */
function ofReference<T>({ sft, rl }: Readonly<Record<string, T>>): { readonly sft?: T; readonly rl?: T } {
  return { ...(sft === undefined ? {} : { sft }), ...(rl === undefined ? {} : { rl }) };
}

function metricsOf(spectrum: MeasuredSpectrum): SvdMetrics {
  const { standardErrors: errors, probes } = spectrum;
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
    },
  };
}

function summaryOf(entries: readonly SvdEntry[]): SvdSummary {
  const [first] = entries as [SvdEntry];
  const keys = Object.keys(first.frankenscope?.deltas ?? {});
  const means = Object.fromEntries(
    keys.map((key): [string, SvdMeans] => {
      const meanOf = (pick: (metrics: SvdMetrics) => number): number =>
        mean(entries.map(({ frankenscope }) => pick(frankenscope?.deltas[key] as SvdMetrics)));
      return [
        key,
        {
          spectral_norm_mean: meanOf((metrics) => metrics.spectral_norm),
          stable_rank_mean: meanOf((metrics) => metrics.stable_rank),
          effective_rank_mean: meanOf((metrics) => metrics.effective_rank),
          log_volume_mean: meanOf((metrics) => metrics.log_volume),
        },
      ];
    }),
  );
  return {
    layer_idx: first.layer_idx ?? 0,
    section: first.section,
    region: first.region,
    n_params: entries.length,
    ...ofReference(means),
    frankenscope: { deltas: means },
  };
}

type RegionSpreads = Record<string, { readonly effective_rank: Spread; readonly stable_rank: Spread }>;

function regionSpreads(
  summary: readonly SvdSummary[],
  deltas: readonly DeltaSpec[],
): Record<RegionName, RegionSpreads> {
  const of = (name: RegionName): RegionSpreads => {
    const layers = summary.filter(({ region }) => region === name);
    if (layers.length === 0) return {};
    const spread = (key: string, metric: 'effective_rank_mean' | 'stable_rank_mean'): Spread =>
      spreadOf(layers.map(({ frankenscope }) => frankenscope?.deltas[key]?.[metric] ?? 0));
    return Object.fromEntries(
      deltas.map(({ key }) => [
        key,
        { effective_rank: spread(key, 'effective_rank_mean'), stable_rank: spread(key, 'stable_rank_mean') },
      ]),
    );
  };
  const [early, middle, late] = REGIONS.map(of) as [RegionSpreads, RegionSpreads, RegionSpreads];
  return { early, middle, late };
}
