/** Spreads reading and converting over worker threads. */
import type { Remote } from 'comlink';
import { wrap } from 'comlink';
import { NamedError } from '../../named-error.ts';
import { installErrorTransfer } from '../error-transfer.ts';
import type { ConvertThread } from './convert-thread.ts';
import type { ReadAndConvert } from './load.ts';

export interface ConvertPool {
  readonly convert: ReadAndConvert;
  /** Ends the threads; pieces under way reject with `Cancelled`. A later piece starts new ones. */
  dispose(): void;
}

interface Thread {
  readonly worker: Worker;
  readonly remote: Remote<ConvertThread>;
  /** How to fail each piece it is at, should it die: its answer would never come. */
  readonly pieces: Set<(error: NamedError) => void>;
}

/**
 * A pool of at most `size` threads, each started when a piece finds all others busy. `spawn` starts a worker that
 * calls `serveConvertPool`. A piece goes to the thread with the fewest pieces; its arrays are moved, not copied.
 *
 * `convert` takes Files and Blobs. It throws what `inlineConvert` throws, and NamedError `WorkerFailed` when the
 * thread dies (another takes its place).
 */
export function createConvertPool(spawn: () => Worker, size: number): ConvertPool {
  installErrorTransfer();
  const threads = new Set<Thread>();

  const end = (thread: Thread, error: NamedError): void => {
    threads.delete(thread);
    thread.worker.terminate();
    for (const fail of thread.pieces) fail(error);
  };

  const start = (): Thread => {
    const worker = spawn();
    const thread: Thread = { worker, remote: wrap<ConvertThread>(worker), pieces: new Set() };
    const died = (event: Event): void => {
      // Handled here: left alone it would count as an error of the thread that owns the pool.
      event.preventDefault();
      end(thread, workerFailed(event));
    };
    worker.addEventListener('error', died);
    worker.addEventListener('messageerror', died);
    threads.add(thread);
    return thread;
  };

  const next = (): Thread => {
    const [first, ...others] = threads;
    if (!first) return start();
    const idlest = others.reduce((a, b) => (b.pieces.size < a.pieces.size ? b : a), first);
    return idlest.pieces.size > 0 && threads.size < size ? start() : idlest;
  };

  return {
    convert: (source, range, task) =>
      new Promise((resolve, reject) => {
        if (!(source instanceof Blob)) throw new TypeError('only a File or Blob can be handed to a worker');
        const { pieces, remote } = next();
        // Not a race against the thread's death: a promise that long-lived would hold on to every result.
        pieces.add(reject);
        remote
          .convert(source, range, task)
          .finally(() => pieces.delete(reject))
          .then(resolve, reject);
      }),
    dispose: () => {
      for (const thread of threads) end(thread, new NamedError('Cancelled', 'cancelled', {}, ''));
    },
  };
}

function workerFailed(event: Event): NamedError {
  const reason = event instanceof ErrorEvent && event.message !== '' ? ` (${event.message})` : '';
  return new NamedError(
    'WorkerFailed',
    `a thread that reads and converts weights stopped${reason}`,
    {},
    'load again; if it stops again, close other tabs to free memory and reload the page',
  );
}
