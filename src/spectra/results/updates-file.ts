/** What the result files of updates have in common. */
import type { LayerIndex } from '../../layer-index.ts';
import type { Role } from '../../roles.mjs';
import type { DeltaSpec, Rounding } from '../deltas/delta-spec.ts';
import type { Pairing, TensorFamily } from '../deltas/pairing.ts';
import type { Cuts } from '../../regions.ts';

/** What a file is made of, with the records of a run, whole or still under way, by canonical name. */
export interface UpdatesRequest<R> {
  readonly pairing: Pairing;
  readonly records: ReadonlyMap<string, R>;
  readonly rounding: Rounding;
  readonly cuts: Cuts;
  /** Checkpoint names by part; those absent are written as "". */
  readonly models: Readonly<Partial<Record<Role, string>>>;
  /** By checkpoint, what it is stored in, where that is no plain safetensors. */
  readonly formats?: Readonly<Record<string, string>>;
  readonly provenance?: unknown;
}

export interface ModelNames {
  readonly base_model: string;
  readonly sft_model: string;
  readonly rl_model: string;
}

export function modelNames(models: UpdatesRequest<unknown>['models']): ModelNames {
  return { base_model: models.base ?? '', sft_model: models.in ?? '', rl_model: models.rl ?? '' };
}

/** How the numbers were made, and what they leave out. */
export interface UpdatesOrigin {
  readonly rounding: Rounding;
  readonly cuts: Cuts;
  /** By checkpoint, what it is stored in; only where one of them is no plain safetensors. */
  readonly formats?: Readonly<Record<string, string>>;
  readonly mismatches: Pairing['mismatches'];
  /** All tensors that the checkpoints do not share, selected or not; files of earlier versions lack it. */
  readonly unshared?: Pairing['unshared'];
  readonly omitted: Pairing['omitted'];
  /** Tensors whose names no rule places; only where there are any. */
  readonly unplaced?: Pairing['unplaced'];
  readonly provenance?: unknown;
}

type LeftOut = Pick<UpdatesOrigin, 'mismatches' | 'unshared' | 'omitted' | 'unplaced'>;

export function leftOut({ mismatches, unshared, omitted, unplaced }: Pairing): LeftOut {
  return { mismatches, unshared, omitted, ...(unplaced.length > 0 ? { unplaced } : {}) };
}

/** Of `UpdatesOrigin`. */
export function formatsOf({
  formats = {},
}: Pick<UpdatesRequest<unknown>, 'formats'>): Pick<UpdatesOrigin, 'formats'> {
  return Object.keys(formats).length > 0 ? { formats } : {};
}

/** The families that have a record, in their order. */
export function measuredFamilies<R>({ pairing, records }: Pick<UpdatesRequest<R>, 'pairing' | 'records'>) {
  return pairing.families.flatMap((family: TensorFamily) => {
    const record = records.get(family.name);
    return record === undefined ? [] : [{ family, record }];
  });
}

/** Where an entry of a file stands. */
export interface EntryPlace {
  readonly param_name: string;
  readonly layer_idx: LayerIndex | null;
  readonly section: string;
  readonly component: string;
}

export function entryPlace({ name, place: { layer, section, component } }: TensorFamily): EntryPlace {
  return { param_name: name, layer_idx: layer, section, component };
}

/** What lies in a layer, layer by layer, ascending. */
export function byLayer<T>(
  items: readonly T[],
  layerOf: (item: T) => LayerIndex | null,
): (readonly [layer: LayerIndex, group: readonly T[]])[] {
  return [...groupBy(items, layerOf)]
    .flatMap(([layer, group]) => (layer === null ? [] : [[layer, group] as const]))
    .sort(([a], [b]) => a - b);
}

/** Items by key, both in the order in which they come. */
export function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

export function byDelta<T>(deltas: readonly DeltaSpec[], value: (spec: DeltaSpec) => T): Record<string, T> {
  return Object.fromEntries(deltas.map((spec) => [spec.key, value(spec)]));
}

/** What the reference has keys for. */
export function ofReference<T>({ sft, rl }: Readonly<Record<string, T>>): {
  readonly sft?: T;
  readonly rl?: T;
} {
  return { ...(sft === undefined ? {} : { sft }), ...(rl === undefined ? {} : { rl }) };
}

/** By checkpoint, the tensor that was read where it has none of the family's name: embeddings for a tied head, all experts for one. */
export interface ReadFrom {
  readonly read_from?: Readonly<Record<string, string>>;
}

export function readFrom({ name, entries }: TensorFamily): ReadFrom {
  const others = [...entries].filter(([, entry]) => entry.name !== name);
  if (others.length === 0) return {};
  return { read_from: Object.fromEntries(others.map(([role, entry]) => [role, entry.name])) };
}
