/** Update energy (docs/method.md §5): every weight of every checkpoint read once, all statistics in that pass. */
import type { WithVerifier } from '../checkpoint/whole-hash/weight-verifier.ts';
import { mapInFlight } from '../work/in-flight.ts';
import type { Checkpoint, TensorEntry } from '../checkpoint/checkpoint.ts';
import { DTYPE_BYTES } from '../checkpoint/dtype.ts';
import { NamedError } from '../named-error.ts';
import type { LongWork } from '../work/long-work.ts';
import type { DeltaSpec, Rounding } from './deltas/delta-spec.ts';
import { factorTerms, rankOf, readTerms, untouched, type FactorTerms } from './deltas/factored.ts';
import type { EnergySums, EnergyTask } from './deltas/energy-sums.ts';
import { totalOf } from './deltas/energy-sums.ts';
import type { CheckpointSet, Pairing, TensorFamily } from './deltas/pairing.ts';
import { PIECE_ELEMENTS, storedPiece } from './deltas/stored-piece.ts';
import { verifiedRead } from './deltas/verified-read.ts';
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
  /** By delta, the rank of the adapters' factors that it was computed of, and of no dense matrix; only where there are some. */
  readonly factors?: Readonly<Record<string, number>>;
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
  const pairs = pairsOf(deltas.length);
  const layouts = new Map(
    pairing.families.map((family) => [
      family,
      layoutOf(
        deltas,
        pairs,
        deltas.map((delta) => factorTerms(checkpoints, family, delta, rounding)),
      ),
    ]),
  );
  const bytes = (family: TensorFamily): number => bytesOf(family, (layouts.get(family) as Layout).roles);
  const records = new Map<string, EnergyRecord>();
  const runs: Run[] = [];
  let done = 0;
  for (const family of pairing.families) {
    const known = finished?.get(family.name);
    if (known) {
      records.set(family.name, known);
      done += bytes(family);
    } else runs.push(...runsOf(family, layouts.get(family) as Layout));
  }
  const total = pairing.families.reduce((sum, family) => sum + bytes(family), 0);
  const tell = (): void => work.onProgress?.({ phase: 'reading updates', done, total, unit: 'bytes' });
  tell();

  const sum = async ({ family, layout, first, count, parts, index }: Run): Promise<void> => {
    const { roles } = layout;
    const pieces = roles.map((role) => {
      const entry = family.entries.get(role) as TensorEntry;
      return storedPiece(checkpoints.get(role) as Checkpoint, entry, family.first + first, count);
    });
    const task: EnergyTask = { pieces, ...layout.template, rounding };
    parts[index] = await verifiedRead(work.verifier, checkpoints, family, roles, (onRead) =>
      threads.energy(task, signal, onRead),
    );
    throwIfCancelled(signal);
    done += pieces.reduce((bytes, { start, end }) => bytes + end - start, 0);
    tell();
    if (parts.some((part) => part === null)) return;
    const factored = await factorSums(layout, deltas, pairs, threads, signal);
    const record = recordOf(totalOf(parts as EnergySums[]), layout, deltas, pairs, factored);
    checkFinite(family.name, record, rounding);
    records.set(family.name, record);
    await work.onRecord?.(family.name, record);
  };
  await mapInFlight(runs, sum, signal);
  return records;
}

/** A run of one tensor's elements, and where its sums go. */
interface Run {
  readonly family: TensorFamily;
  readonly layout: Layout;
  readonly first: number;
  readonly count: number;
  readonly index: number;
  readonly parts: (EnergySums | null)[];
}

function runsOf(family: TensorFamily, layout: Layout): Run[] {
  const length = Math.max(1, Math.ceil(family.elements / PIECE_ELEMENTS));
  const parts = Array.from({ length }, () => null);
  return parts.map((_, index) => {
    const first = index * PIECE_ELEMENTS;
    return { family, layout, first, count: Math.min(PIECE_ELEMENTS, family.elements - first), index, parts };
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

/** How one tensor is summed: which of it densely, and which of factors. */
interface Layout {
  /** Checkpoints that are read. */
  readonly roles: readonly string[];
  readonly weighed: readonly string[];
  readonly template: Omit<EnergyTask, 'pieces' | 'rounding'>;
  /** By delta, in their order. */
  readonly terms: readonly (FactorTerms | null)[];
  /** Places, among all deltas and all pairs, of those that the template sums. */
  readonly dense: readonly number[];
  readonly densePairs: readonly number[];
}

function layoutOf(
  deltas: readonly DeltaSpec[],
  pairs: readonly (readonly [number, number])[],
  terms: readonly (FactorTerms | null)[],
): Layout {
  const isDense = (index: number): boolean => terms[index] === null;
  // The inner product with a dense update takes the whole of the other, too.
  const densePairs = [...pairs.keys()].filter((at) => pairs[at]?.some(isDense));
  const inPairs = new Set(densePairs.flatMap((at) => pairs[at] ?? []));
  const dense = [...deltas.keys()].filter((index) => isDense(index) || inPairs.has(index));
  const weighed = [...new Set(deltas.map(({ relativeTo }) => relativeTo))];
  const summed = dense.map((index) => deltas[index] as DeltaSpec);
  const roles = [
    ...new Set([...summed.flatMap(({ to, from, relativeTo }) => [to, from, relativeTo]), ...weighed]),
  ];
  return {
    ...{ roles, weighed, terms, dense, densePairs },
    template: {
      weighed: weighed.map((role) => roles.indexOf(role)),
      deltas: summed.map(({ to, from }) => ({ to: roles.indexOf(to), from: roles.indexOf(from) })),
      pairs: densePairs.map((at) => {
        const [a, b] = pairs[at] as readonly [number, number];
        return [dense.indexOf(a), dense.indexOf(b)] as const;
      }),
    },
  };
}

/** What factors say: by delta, Σ δ² and how many elements they leave; by pair of two, Σ δ δ′. Undefined for all others. */
interface FactorSums {
  readonly squares: readonly (number | undefined)[];
  readonly untouched: readonly (number | undefined)[];
  readonly products: readonly (number | undefined)[];
}

async function factorSums(
  { terms }: Layout,
  deltas: readonly DeltaSpec[],
  pairs: readonly (readonly [number, number])[],
  threads: SpectraThreads,
  signal: AbortSignal | undefined,
): Promise<FactorSums> {
  const factors = await Promise.all(deltas.map((_, index) => terms[index] && readTerms(terms[index])));
  const product = (a: number, b: number): Promise<number> | undefined => {
    const [one, other] = [factors[a], factors[b]];
    return one && other ? threads.innerProduct(one, other, signal) : undefined;
  };
  return {
    squares: await Promise.all(deltas.map((_, index) => product(index, index))),
    untouched: factors.map((known) => known && untouched(known)) as (number | undefined)[],
    products: await Promise.all(pairs.map(([a, b]) => product(a, b))),
  };
}

function recordOf(
  sums: EnergySums,
  { weighed, terms, dense, densePairs }: Layout,
  deltas: readonly DeltaSpec[],
  pairs: readonly (readonly [number, number])[],
  factored: FactorSums,
): EnergyRecord {
  const named = (
    names: readonly string[],
    value: (index: number) => number | undefined,
  ): Record<string, number> => Object.fromEntries(names.map((name, index) => [name, value(index) as number]));
  const keys = deltas.map(({ key }) => key);
  const ranks = keys.flatMap((key, index) => (terms[index] ? [[key, rankOf(terms[index])] as const] : []));
  return {
    elements: sums.elements,
    weights: named(weighed, (index) => sums.weights[index]),
    squares: named(keys, (index) => factored.squares[index] ?? sums.deltas[dense.indexOf(index)]),
    unchanged: named(keys, (index) =>
      terms[index]?.length === 0
        ? sums.elements
        : (factored.untouched[index] ?? sums.unchanged[dense.indexOf(index)]),
    ),
    products: named(
      pairs.map(([a, b]) => productKey(keys[a] as string, keys[b] as string)),
      (index) => factored.products[index] ?? sums.pairs[densePairs.indexOf(index)],
    ),
    ...(ranks.length > 0 ? { factors: Object.fromEntries(ranks) } : {}),
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
