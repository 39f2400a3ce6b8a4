/** Spreads reading and converting over worker threads. */
import { workerPool } from '../../work/worker-pool.ts';
import type { ConvertThread } from './convert-thread.ts';
import type { ReadAndConvert } from './load.ts';

export interface ConvertPool {
  readonly convert: ReadAndConvert;
  /** Ends the threads; pieces under way reject with `Cancelled`. A later piece starts new ones. */
  dispose(): void;
}

/**
 * A pool of at most `size` threads; `spawn` starts a worker that calls `serveConvertPool`. A piece goes to the thread with the
 * fewest pieces; its arrays are moved, not copied.
 *
 * `convert` takes Files and Blobs. It throws what `inlineConvert` throws, and those of `workerPool`.
 */
export function createConvertPool(spawn: () => Worker, size: number): ConvertPool {
  const pool = workerPool<ConvertThread>(spawn, size, {
    doing: 'reads and converts weights',
    remedy: 'load again; if it stops again, close other tabs to free memory and reload the page',
  });
  return {
    convert: async (source, range, task) => {
      if (!(source instanceof Blob)) throw new TypeError('only a File or Blob can be handed to a worker');
      return pool.call((thread) => thread.convert(source, range, task));
    },
    dispose: () => pool.dispose(),
  };
}
