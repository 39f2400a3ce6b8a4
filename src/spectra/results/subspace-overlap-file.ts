/** `subspace_overlap.json`: how far the principal subspaces of two updates are the same, matrix by matrix. */
import type { LayerIndex } from '../../layer-index.ts';
import { projectionOf } from '../../checkpoint/tensor-place.ts';
import type { DeltaSpec } from '../deltas/delta-spec.ts';
import type { TensorFamily } from '../deltas/pairing.ts';
import type { SubspaceOverlap } from '../fast/subspace-overlap.ts';
import type { OverlapRecord } from '../overlap.ts';
import { byRegion, regionOf, type Cuts, type Region } from '../../regions.ts';
import { spreadOf, type Spread } from '../../statistics/spread.ts';
import type { EntryPlace, ModelNames, ReadFrom, UpdatesOrigin, UpdatesRequest } from './updates-file.ts';
import { byLayer, entryPlace, leftOut, measuredFamilies, modelNames, readFrom } from './updates-file.ts';
import { mean } from '../../statistics/mean.ts';

/** Of output directions (left singular vectors), or input directions (right). */
export interface SideOverlap {
  /** ‖U₁ᵀU₂‖²_F / k. */
  readonly overlap: number;
  /** k / n: the mean of random subspaces. */
  readonly expected: number;
  /** The same of the first 1, 2, …, k directions. */
  readonly overlaps: readonly number[];
  /** Radians, ascending. */
  readonly principal_angles: readonly number[];
}

export interface OverlapEntry extends EntryPlace, ReadFrom {
  readonly region: Region | null;
  readonly projection: string;
  readonly shape: readonly [rows: number, columns: number];
  /** Directions compared: the k asked for, or the lesser update's rank; 0 where one is zero, and no sides then. */
  readonly k: number;
  readonly output: SideOverlap | null;
  readonly input: SideOverlap | null;
  /** The largest residual among the vectors compared. */
  readonly residual: number;
  /** What multiplied the two updates; files of earlier versions lack it. */
  readonly device?: OverlapRecord['device'];
  /** Which GPU it was, where one did. */
  readonly adapter?: string;
}

/** Mean over the matrices of a layer that have an overlap. */
export interface OverlapSummary {
  readonly layer_idx: LayerIndex;
  readonly section: string;
  readonly region: Region | null;
  readonly n_params: number;
  readonly output_mean: number | null;
  readonly input_mean: number | null;
}

/** What `layerwise_svd.json` takes over under `frankenscope.overlap`. */
export interface OverlapSection {
  /** Keys of the two updates. */
  readonly deltas: readonly [DeltaSpec, DeltaSpec];
  readonly k: number;
  readonly layers: readonly OverlapEntry[];
  readonly summary: readonly OverlapSummary[];
  /** Mean and spread over the layers of each region; null where no layer has an overlap. */
  readonly regions: Readonly<
    Record<Region, { readonly output: Spread | null; readonly input: Spread | null }>
  >;
}

export interface SubspaceOverlapFile extends OverlapSection {
  readonly metadata: ModelNames & {
    readonly weight_filter: string | null;
    readonly num_llm_layers: number;
  };
  readonly frankenscope: UpdatesOrigin;
}

export interface OverlapFileRequest extends UpdatesRequest<OverlapRecord> {
  readonly deltas: readonly [DeltaSpec, DeltaSpec];
  readonly weights: string | null;
  readonly k: number;
}

/** Puts the records of a run, whole or still under way, into the file's form. */
export function subspaceOverlapFile(request: OverlapFileRequest): SubspaceOverlapFile {
  const { pairing, models, cuts, rounding, provenance } = request;
  return {
    metadata: {
      ...modelNames(models),
      weight_filter: request.weights,
      num_llm_layers: pairing.layers,
    },
    ...overlapSection(request),
    frankenscope: { rounding, cuts, ...leftOut(pairing), provenance },
  };
}

/** The part that says of each matrix, layer and region how far the updates share directions. */
export function overlapSection(
  request: Pick<OverlapFileRequest, 'pairing' | 'deltas' | 'records' | 'cuts' | 'k'>,
): OverlapSection {
  const { deltas, cuts, k } = request;
  const layers = measuredFamilies(request).map(({ family, record }) => entryOf(family, record, cuts));
  const summary = byLayer(layers, ({ layer_idx }) => layer_idx).map(([layer, group]) =>
    summaryOf(layer, group),
  );
  const regions = byRegion((name) => {
    const own = summary.filter(({ region }) => region === name);
    const spread = (side: 'output_mean' | 'input_mean'): Spread | null => {
      const values = own.map((layer) => layer[side]).filter((value) => value !== null);
      return values.length === 0 ? null : spreadOf(values);
    };
    return { output: spread('output_mean'), input: spread('input_mean') };
  });
  return { deltas, k, layers, summary, regions };
}

function entryOf(family: TensorFamily, record: OverlapRecord, cuts: Cuts): OverlapEntry {
  const { layer } = family.place;
  const { rows, columns, k, left, right, residual, device, adapter } = record;
  return {
    ...entryPlace(family),
    region: layer === null ? null : regionOf(layer, cuts),
    projection: projectionOf(family.name),
    shape: [rows, columns],
    ...readFrom(family),
    k,
    output: sideOf(left),
    input: sideOf(right),
    residual,
    device,
    ...(adapter === undefined ? {} : { adapter }),
  };
}

function sideOf(side: SubspaceOverlap | null): SideOverlap | null {
  if (!side) return null;
  const { overlap, expected, overlaps, angles } = side;
  return { overlap, expected, overlaps, principal_angles: angles };
}

function summaryOf(layer: LayerIndex, entries: readonly OverlapEntry[]): OverlapSummary {
  const [first] = entries as [OverlapEntry];
  const meanOf = (side: 'output' | 'input'): number | null => {
    const values = entries.flatMap((entry) => entry[side]?.overlap ?? []);
    return values.length === 0 ? null : mean(values);
  };
  return {
    layer_idx: layer,
    section: first.section,
    region: first.region,
    n_params: entries.length,
    output_mean: meanOf('output'),
    input_mean: meanOf('input'),
  };
}
