/** Whether two updates move along the same directions: principal subspaces of chosen matrices, on demand. */
import { throwIfCancelled } from '../checkpoint/in-flight.ts';
import type { LongWork } from '../study/work.ts';
import { CpuBackend } from './cpu-backend.ts';
import type { DeltaSpec, Rounding } from './deltas/delta-spec.ts';
import type { CheckpointSet, Pairing, TensorFamily } from './deltas/pairing.ts';
import type { Computers } from './diversity.ts';
import { deltaTask, matrixShape } from './diversity.ts';
import type { SubspaceOverlap } from './fast/subspace-overlap.ts';
import { subspaceOverlap } from './fast/subspace-overlap.ts';
import type { TopSingular } from './fast/top-singular.ts';
import { topSingular } from './fast/top-singular.ts';

/** Plain JSON, so that a journal can keep it. */
export interface OverlapRecord {
  /** Directions compared: the k asked for, or the rank of the lesser update. 0 where one is zero, and no overlap then. */
  readonly k: number;
  /** Of output directions (left singular vectors) and input directions (right). */
  readonly left: SubspaceOverlap | null;
  readonly right: SubspaceOverlap | null;
  /** The largest ‖A Aᵀ u − σ² u‖ / σ² among the vectors compared: small where they are settled. */
  readonly residual: number;
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

/**
 * Measures the overlap for every selected matrix, one after another; records come by canonical name.
 *
 * @throws NamedError those of reading and of the backend; `Cancelled`
 */
export async function measureOverlap(
  request: OverlapRequest,
  computers: Computers,
  work: LongWork<OverlapRecord> = {},
): Promise<ReadonlyMap<string, OverlapRecord>> {
  const { signal, finished } = work;
  const { families } = request.pairing;
  const records = new Map<string, OverlapRecord>();
  for (const [index, family] of families.entries()) {
    throwIfCancelled(signal);
    work.onProgress?.({
      phase: 'comparing directions',
      done: index,
      total: families.length,
      unit: 'tensors',
    });
    const known = finished?.get(family.name);
    const record = known ?? (await overlapOf(request, family, computers, signal));
    records.set(family.name, record);
    if (!known) await work.onRecord?.(family.name, record);
  }
  const total = families.length;
  work.onProgress?.({ phase: 'comparing directions', done: total, total, unit: 'tensors' });
  return records;
}

async function overlapOf(
  request: OverlapRequest,
  family: TensorFamily,
  { threads, gpu }: Computers,
  signal: AbortSignal | undefined,
): Promise<OverlapRecord> {
  const backend = gpu ?? new CpuBackend(threads);
  const { rows, columns } = matrixShape(family);
  const tops: TopSingular[] = [];
  for (const delta of request.deltas) {
    const task = deltaTask(request.checkpoints, family, delta, request.rounding);
    const operator = await backend.operator(await threads.deltaMatrix(task, signal), rows, columns);
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
  if (k === 0) return { k, left: null, right: null, residual };
  return { k, ...subspaceOverlap(a, b, k), residual };
}

function rankOf({ values }: TopSingular): number {
  const floor = RANK_FLOOR * (values[0] ?? 0);
  return values.filter((value) => value > floor).length;
}
