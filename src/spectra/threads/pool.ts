/** Spreads the heavy parts of spectra over workers. */
import type { Remote } from 'comlink';
import { transfer, wrap } from 'comlink';
import { installErrorTransfer } from '../../engine/error-transfer.ts';
import { NamedError } from '../../named-error.ts';
import type { OnRead, StoredPiece } from '../deltas/stored-piece.ts';
import { abortable } from './abortable.ts';
import { inlineThreads } from './inline.ts';
import type { SpectraService, WithReads } from './serve.ts';
import type { HeldMatrix, SpectraThreads } from './spectra-threads.ts';

interface Thread {
  readonly worker: Worker;
  readonly remote: Remote<SpectraService>;
  /** How to fail each call it is at, should it end: its answer would never come. */
  readonly calls: Set<(error: NamedError) => void>;
  /** Matrices it holds: they count as work to come. */
  held: number;
}

/**
 * At most `size` workers, each started when a call finds all others busy; `spawn` starts one that calls `serveSpectra`.
 * A call goes to the worker with the fewest. Files and Blobs are read by the workers; a source whose bytes are computed (a
 * merge that nobody wrote) is read by the thread that asks. When a call is cancelled its worker ends, and others that it was
 * at reject as cancelled too: a pool serves one piece of work at a time.
 *
 * Calls also throw NamedError `WorkerFailed` when the worker dies (another takes its place).
 */
export function spectraPool(spawn: () => Worker, size: number): SpectraThreads {
  installErrorTransfer();
  const threads = new Set<Thread>();

  const end = (thread: Thread, error: NamedError): void => {
    threads.delete(thread);
    thread.worker.terminate();
    for (const fail of thread.calls) fail(error);
  };

  const start = (): Thread => {
    const worker = spawn();
    const thread: Thread = { worker, remote: wrap<SpectraService>(worker), calls: new Set(), held: 0 };
    const died = (event: Event): void => {
      event.preventDefault();
      end(thread, workerFailed(event));
    };
    worker.addEventListener('error', died);
    worker.addEventListener('messageerror', died);
    threads.add(thread);
    return thread;
  };

  const load = (thread: Thread): number => thread.calls.size + thread.held;
  const next = (): Thread => {
    const [first, ...others] = threads;
    if (!first) return start();
    const idlest = others.reduce((a, b) => (load(b) < load(a) ? b : a), first);
    return load(idlest) > 0 && threads.size < size ? start() : idlest;
  };

  const callOn = <T>(
    thread: Thread,
    work: (remote: Remote<SpectraService>) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> => {
    const promise = new Promise<T>((resolve, reject) => {
      thread.calls.add(reject);
      work(thread.remote)
        .finally(() => thread.calls.delete(reject))
        .then(resolve, reject);
    });
    return abortable(
      () => promise,
      signal,
      () => end(thread, cancelled()),
    );
  };
  const call = <T>(
    work: (remote: Remote<SpectraService>) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> => callOn(next(), work, signal);

  const here = inlineThreads();
  return {
    size,
    energy: (task, signal, onRead) =>
      canBeSent(task.pieces)
        ? told(onRead, (digested) => call((remote) => remote.energy(task, digested), signal))
        : here.energy(task, signal, onRead),
    deltaMatrix: (task, signal, onRead) =>
      canBeSent([task.to, task.from])
        ? told(onRead, (digested) => call((remote) => remote.deltaMatrix(task, digested), signal))
        : here.deltaMatrix(task, signal, onRead),
    singularValues: (matrix, rows, columns, signal) =>
      call((remote) => remote.singularValues(transfer(matrix, [matrix.buffer]), rows, columns), signal),
    singularValuesOfDelta: (task, columns, signal, onRead) =>
      canBeSent([task.to, task.from])
        ? told(onRead, (digested) =>
            call((remote) => remote.singularValuesOfDelta(task, columns, digested), signal),
          )
        : here.singularValuesOfDelta(task, columns, signal, onRead),
    hold: async (matrix, rows, columns): Promise<HeldMatrix> => {
      const thread = next();
      thread.held += 1;
      const key = await callOn(thread, (remote) =>
        remote.hold(transfer(matrix, [matrix.buffer]), rows, columns),
      );
      return {
        times: (block, count) => callOn(thread, (remote) => remote.times(key, block, count)),
        transposeTimes: (block, count) =>
          callOn(thread, (remote) => remote.transposeTimes(key, block, count)),
        release: () => {
          thread.held -= 1;
          void thread.remote.release(key);
        },
      };
    },
    dispose: () => {
      for (const thread of threads) end(thread, cancelled());
    },
  };
}

/** What a worker answered, once `onRead` was told what it read for it. */
async function told<T>(
  onRead: OnRead | undefined,
  ask: (digested: boolean) => Promise<WithReads<T>>,
): Promise<T> {
  const { value, reads } = await ask(onRead !== undefined);
  for (const read of reads) onRead?.(...read);
  return value;
}

function canBeSent(pieces: readonly StoredPiece[]): boolean {
  return pieces.every(({ source }) => source instanceof Blob);
}

function cancelled(): NamedError {
  return new NamedError('Cancelled', 'cancelled', {}, '');
}

function workerFailed(event: Event): NamedError {
  const reason = event instanceof ErrorEvent && event.message !== '' ? ` (${event.message})` : '';
  return new NamedError(
    'WorkerFailed',
    `a thread that computes spectra stopped${reason}`,
    {},
    'run it again, which goes on where it stopped; if it stops again, close other tabs to free memory',
  );
}
