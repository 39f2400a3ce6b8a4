/** Whether two updates move along the same directions: principal subspaces of chosen matrices, on demand. */
import type { WithVerifier } from '../checkpoint/whole-hash/weight-verifier.ts';
import type { LongWork } from '../work/long-work.ts';
import type { SpectrumBackend } from './backend.ts';
import { CpuBackend } from './cpu-backend.ts';
import type { DeltaSpec, Rounding } from './deltas/delta-spec.ts';
import type { CheckpointSet, Pairing, TensorFamily } from './deltas/pairing.ts';
import { verifiedRead } from './deltas/verified-read.ts';
import type { Computers } from './diversity.ts';
import { computedOn, deltaTask, HELD_BYTES, matrixShape } from './diversity.ts';
import type { SubspaceOverlap } from './fast/subspace-overlap.ts';
import { subspaceOverlap } from './fast/subspace-overlap.ts';
import type { TopSingular } from './fast/top-singular.ts';
import { OVERSAMPLING, topSingular } from './fast/top-singular.ts';
import { MemoryBudget } from './memory-budget.ts';
import { mapInFlight } from '../work/in-flight.ts';
import { resume } from '../work/resume.ts';

/** Plain JSON, so that a journal can keep it. */
export interface OverlapRecord {
  readonly rows: number;
  readonly columns: number;
  /** Directions compared: the k asked for, or the rank of the lesser update. 0 where one is zero, and no overlap then. */
  readonly k: number;
  /** Of output directions (left singular vectors) and input directions (right). */
  readonly left: SubspaceOverlap | null;
  readonly right: SubspaceOverlap | null;
  /** The largest ‖A Aᵀ u − σ² u‖ / σ² among the vectors compared: small where they are settled. */
  readonly residual: number;
  /** What multiplied both updates. */
  readonly device: SpectrumBackend['device'];
  /** Which GPU it was, where one did. */
  readonly adapter?: string;
}

export interface OverlapRequest {
  readonly checkpoints: CheckpointSet;
  /** The two updates: IN − Base and RL − IN, or those of two recipes in one set of checkpoints. */
  readonly deltas: readonly [DeltaSpec, DeltaSpec];
  readonly pairing: Pairing;
  readonly rounding: Rounding;
  readonly k: number;
  readonly seed: number;
}

/** Vectors count as settled below this residual; a flat spectrum may not get there within the depth. */
const TOLERANCE = 1e-3;
const DEPTH = 6;
/** Below this share of σ₁ a direction is float32 rounding of the products, and no part of the update. */
const RANK_FLOOR = 1e-5;

/** Vectors that each update is multiplied with, from either side, at most. */
export const vectorsOf = (k: number): number => 2 * (k + OVERSAMPLING) * (DEPTH + 2);

/**
 * Measures the overlap for every selected matrix; records come by canonical name, in the order in which matrices end.
 *
 * @throws NamedError those of reading and of the backend; `Cancelled`
 */
export async function measureOverlap(
  request: OverlapRequest,
  computers: Computers,
  work: LongWork<OverlapRecord> & WithVerifier = {},
): Promise<ReadonlyMap<string, OverlapRecord>> {
  const { families } = request.pairing;
  const progress = { phase: 'comparing directions', unit: 'tensors' } as const;
  const { records, left, add } = resume(families, ({ name }) => name, work, progress);
  const memory = new MemoryBudget(HELD_BYTES);
  const compare = async (family: TensorFamily): Promise<void> => {
    const bytes = family.elements * 4;
    await add(family.name, await memory.hold(bytes, () => overlapOf(request, family, computers, work)));
  };
  // A GPU multiplies one matrix after another; threads take a matrix each.
  await mapInFlight(left, compare, work.signal, computers.gpu ? 1 : computers.threads.size);
  return records;
}

type Reading = Pick<LongWork<OverlapRecord>, 'signal'> & WithVerifier;

async function overlapOf(
  request: OverlapRequest,
  family: TensorFamily,
  { threads, gpu }: Computers,
  reading: Reading,
): Promise<OverlapRecord> {
  const computeOn = (backend: SpectrumBackend): Promise<OverlapRecord> =>
    overlapOn(backend, request, family, threads, reading);
  // Both updates on one device: a lost one repeats both.
  return (await gpu?.run(family.name, computeOn, reading.signal)) ?? computeOn(new CpuBackend(threads));
}

async function overlapOn(
  backend: SpectrumBackend,
  request: OverlapRequest,
  family: TensorFamily,
  threads: Computers['threads'],
  { signal, verifier }: Reading,
): Promise<OverlapRecord> {
  const { rows, columns } = matrixShape(family);
  const tops: TopSingular[] = [];
  for (const delta of request.deltas) {
    const task = deltaTask(request.checkpoints, family, delta, request.rounding);
    const roles = [delta.to, delta.from];
    const matrix = await verifiedRead(verifier, request.checkpoints, family, roles, (onRead) =>
      threads.deltaMatrix(task, signal, onRead),
    );
    const operator = await backend.operator(matrix, rows, columns);
    try {
      const { k, seed } = request;
      const options = { k, seed, depth: DEPTH, tolerance: TOLERANCE, ...(signal ? { signal } : {}) };
      tops.push(await topSingular(operator, options));
    } finally {
      operator.dispose();
    }
  }
  const [a, b] = tops as [TopSingular, TopSingular];
  const k = Math.min(request.k, rankOf(a), rankOf(b));
  const residual = Math.max(0, ...a.residuals.subarray(0, k), ...b.residuals.subarray(0, k));
  const shape = { rows, columns, k, residual, ...computedOn(backend) };
  return k === 0 ? { ...shape, left: null, right: null } : { ...shape, ...subspaceOverlap(a, b, k) };
}

function rankOf({ values }: TopSingular): number {
  const floor = RANK_FLOOR * (values[0] ?? 0);
  return values.filter((value) => value > floor).length;
}
