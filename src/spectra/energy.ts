/** Update energy (docs/method.md §5): every weight of every checkpoint read once, all statistics in that pass. */
import type { WithVerifier } from '../checkpoint/whole-hash/weight-verifier.ts';
import { mapInFlight } from '../work/in-flight.ts';
import type { Checkpoint, TensorEntry } from '../checkpoint/checkpoint.ts';
import { DTYPE_BYTES } from '../checkpoint/dtype.ts';
import { NamedError } from '../named-error.ts';
import type { LongWork } from '../work/long-work.ts';
import type { DeltaSpec, Rounding } from './deltas/delta-spec.ts';
import type { EnergySums, EnergyTask } from './deltas/energy-sums.ts';
import { totalOf } from './deltas/energy-sums.ts';
import type { CheckpointSet, Pairing, TensorFamily } from './deltas/pairing.ts';
import { PIECE_ELEMENTS, storedPiece } from './deltas/stored-piece.ts';
import { verifiedRead } from './deltas/verified-read.ts';
import { roundingEnergies } from './rounding-energies.ts';
import type { RoundingEnergies } from './rounding-floor.ts';
import type { SpectraThreads } from './threads/spectra-threads.ts';
import { throwIfCancelled } from '../work/cancel.ts';

/** What is summed over one tensor. Plain JSON, so that a journal can keep it. */
export interface EnergyRecord {
  readonly elements: number;
  /** Σ w², by checkpoint: of those that relative norms divide by. */
  readonly weights: Readonly<Record<string, number>>;
  /** Σ δ², by delta. */
  readonly squares: Readonly<Record<string, number>>;
  /** Elements the update left as they were, by delta. */
  readonly unchanged: Readonly<Record<string, number>>;
  /** Σ δ δ′, by the two deltas' keys with a space between. */
  readonly products: Readonly<Record<string, number>>;
  /** Where a checkpoint stores the tensor rounded. */
  readonly rounding?: RoundingEnergies;
}

export interface EnergyRequest {
  readonly checkpoints: CheckpointSet;
  readonly deltas: readonly DeltaSpec[];
  readonly pairing: Pairing;
  readonly rounding: Rounding;
}

/**
 * Sums every selected tensor; records come by canonical name, in the order in which tensors end.
 *
 * @throws NamedError those of reading; `NonFiniteWeights`; `WeightsChanged` of the verifier; `Cancelled`
 */
export async function measureEnergy(
  { checkpoints, deltas, pairing, rounding }: EnergyRequest,
  threads: SpectraThreads,
  work: LongWork<EnergyRecord> & WithVerifier = {},
): Promise<ReadonlyMap<string, EnergyRecord>> {
  const { signal, finished } = work;
  const roles = [...new Set(deltas.flatMap(({ to, from, relativeTo }) => [to, from, relativeTo]))];
  const weighed = [...new Set(deltas.map(({ relativeTo }) => relativeTo))];
  const pairs = pairsOf(deltas.length);
  const template = {
    weighed: weighed.map((role) => roles.indexOf(role)),
    deltas: deltas.map(({ to, from }) => ({ to: roles.indexOf(to), from: roles.indexOf(from) })),
    pairs,
    rounding,
  };
  const records = new Map<string, EnergyRecord>();
  const runs: Run[] = [];
  let done = 0;
  for (const family of pairing.families) {
    const known = finished?.get(family.name);
    if (known) {
      records.set(family.name, known);
      done += bytesOf(family, roles);
    } else runs.push(...runsOf(family));
  }
  const total = pairing.families.reduce((sum, family) => sum + bytesOf(family, roles), 0);
  const tell = (): void => work.onProgress?.({ phase: 'reading updates', done, total, unit: 'bytes' });
  tell();

  const sum = async ({ family, first, count, parts, index }: Run): Promise<void> => {
    const pieces = roles.map((role) => {
      const entry = family.entries.get(role) as TensorEntry;
      return storedPiece(checkpoints.get(role) as Checkpoint, entry, family.first + first, count);
    });
    const task: EnergyTask = { pieces, ...template };
    parts[index] = await verifiedRead(work.verifier, checkpoints, family, roles, (onRead) =>
      threads.energy(task, signal, onRead),
    );
    throwIfCancelled(signal);
    done += pieces.reduce((bytes, { start, end }) => bytes + end - start, 0);
    tell();
    if (parts.some((part) => part === null)) return;
    const summed = recordOf(totalOf(parts as EnergySums[]), weighed, deltas, pairs);
    checkFinite(family.name, summed, rounding);
    const cost = await roundingEnergies(checkpoints, family, { roles, of: 'all' }, threads, signal);
    const total = [...cost].map(
      ([role, parts]) => [role, parts.reduce((sum, part) => sum + part, 0)] as const,
    );
    const record = cost.size > 0 ? { ...summed, rounding: Object.fromEntries(total) } : summed;
    records.set(family.name, record);
    await work.onRecord?.(family.name, record);
  };
  await mapInFlight(runs, sum, signal);
  return records;
}

/** A run of one tensor's elements, and where its sums go. */
interface Run {
  readonly family: TensorFamily;
  readonly first: number;
  readonly count: number;
  readonly index: number;
  readonly parts: (EnergySums | null)[];
}

function runsOf(family: TensorFamily): Run[] {
  const length = Math.max(1, Math.ceil(family.elements / PIECE_ELEMENTS));
  const parts = Array.from({ length }, () => null);
  return parts.map((_, index) => {
    const first = index * PIECE_ELEMENTS;
    return { family, first, count: Math.min(PIECE_ELEMENTS, family.elements - first), index, parts };
  });
}

/** What is read of a tensor or expert, in those checkpoints. */
export function bytesOf({ entries, elements }: TensorFamily, roles: readonly string[]): number {
  return roles.reduce((sum, role) => sum + elements * elementBytes(entries.get(role)), 0);
}

const elementBytes = (entry: TensorEntry | undefined): number => (entry ? DTYPE_BYTES[entry.dtype] : 0);

function pairsOf(count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, b) =>
    Array.from({ length: b }, (__, a) => [a, b] as const),
  ).flat();
}

/** The key of two deltas' inner product in a record. */
export const productKey = (a: string, b: string): string => `${a} ${b}`;

function recordOf(
  sums: EnergySums,
  weighed: readonly string[],
  deltas: readonly DeltaSpec[],
  pairs: readonly (readonly [number, number])[],
): EnergyRecord {
  const named = (names: readonly string[], values: readonly number[]): Record<string, number> =>
    Object.fromEntries(names.map((name, index) => [name, values[index] as number]));
  const keys = deltas.map(({ key }) => key);
  return {
    elements: sums.elements,
    weights: named(weighed, sums.weights),
    squares: named(keys, sums.deltas),
    unchanged: named(keys, sums.unchanged),
    products: named(
      pairs.map(([a, b]) => productKey(keys[a] as string, keys[b] as string)),
      sums.pairs,
    ),
  };
}

function checkFinite(tensor: string, { weights, squares }: EnergyRecord, rounding: Rounding): void {
  const sums = [
    ...Object.entries(weights).map(([role, value]) => ({ of: `the weights of ${role}`, value })),
    ...Object.entries(squares).map(([key, value]) => ({ of: `the update ${key}`, value })),
  ];
  const bad = sums.find(({ value }) => !Number.isFinite(value));
  if (!bad) return;
  throw new NamedError(
    'NonFiniteWeights',
    `the sum of squares of ${bad.of} is ${bad.value}`,
    { tensor },
    rounding === 'reference'
      ? 'a weight lies beyond the range of float16: subtract the stored values instead'
      : 'the checkpoint holds infinities or NaNs: it is damaged, or training diverged',
  );
}
