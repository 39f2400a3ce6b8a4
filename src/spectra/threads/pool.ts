/** Spreads the heavy parts of spectra over workers. */
import { transfer } from 'comlink';
import { workerPool } from '../../work/worker-pool.ts';
import type { DeltaTask } from '../deltas/delta-matrix.ts';
import { sentPieces, type OnRead, type SentPiece } from '../deltas/stored-piece.ts';
import { inlineThreads } from './inline.ts';
import type { SentDelta, SpectraService, WithReads } from './serve.ts';
import type { HeldMatrix, SpectraThreads } from './spectra-threads.ts';

/**
 * At most `size` workers; `spawn` starts one that calls `serveSpectra`. They read files, and decode quantized tensors; a merge
 * that nobody wrote is read by the thread that asks. When a call is cancelled its worker ends, and
 * others that it was at reject as cancelled too: a pool serves one piece of work at a time.
 *
 * Calls also throw NamedError `WorkerFailed` when the worker dies (another takes its place).
 */
export function spectraPool(spawn: () => Worker, size: number): SpectraThreads {
  const pool = workerPool<SpectraService>(spawn, size, {
    doing: 'computes spectra',
    remedy:
      'run it again, which goes on where it stopped; if it stops again, close other tabs to free memory',
  });
  const here = inlineThreads();
  return {
    size,
    energy: (task, signal, onRead) => {
      const pieces = sentPieces(task.pieces);
      return pieces === null
        ? here.energy(task, signal, onRead)
        : withReadReports(onRead, (digested) =>
            pool.call((remote) => remote.energy({ ...task, pieces }, digested), signal),
          );
    },
    deltaMatrix: (task, signal, onRead) => {
      const sent = sentDelta(task);
      return sent === null
        ? here.deltaMatrix(task, signal, onRead)
        : withReadReports(onRead, (digested) =>
            pool.call((remote) => remote.deltaMatrix(sent, digested), signal),
          );
    },
    singularValues: (matrix, rows, columns, signal) =>
      pool.call((remote) => remote.singularValues(transfer(matrix, [matrix.buffer]), rows, columns), signal),
    singularValuesOfDelta: (task, columns, signal, onRead) => {
      const sent = sentDelta(task);
      return sent === null
        ? here.singularValuesOfDelta(task, columns, signal, onRead)
        : withReadReports(onRead, (digested) =>
            pool.call((remote) => remote.singularValuesOfDelta(sent, columns, digested), signal),
          );
    },
    productSingularValues: (factors, signal) =>
      pool.call((remote) => remote.productSingularValues(factors), signal),
    innerProduct: (one, other, signal) => pool.call((remote) => remote.innerProduct(one, other), signal),
    hold: async (matrix, rows, columns): Promise<HeldMatrix> => {
      const thread = pool.hold();
      const key = await thread.call((remote) =>
        remote.hold(transfer(matrix, [matrix.buffer]), rows, columns),
      );
      return {
        times: (block, count) => thread.call((remote) => remote.times(key, block, count)),
        transposeTimes: (block, count) => thread.call((remote) => remote.transposeTimes(key, block, count)),
        release: () => thread.release((remote) => remote.release(key)),
      };
    },
    dispose: () => pool.dispose(),
  };
}

/** What a worker answered, once `onRead` was told what it read for it. */
async function withReadReports<T>(
  onRead: OnRead | undefined,
  ask: (digested: boolean) => Promise<WithReads<T>>,
): Promise<T> {
  const { value, reads } = await ask(onRead !== undefined);
  for (const read of reads) onRead?.(...read);
  return value;
}

function sentDelta(task: DeltaTask): SentDelta | null {
  const [to, from] = (sentPieces([task.to, task.from]) ?? []) as readonly [SentPiece?, SentPiece?];
  return to && from ? { ...task, to, from } : null;
}
