/** Spreads reading and converting over worker threads. */
import { readRange } from '../../checkpoint/byte-source.ts';
import { toSent } from '../../checkpoint/formats/sent-source.ts';
import { workerPool } from '../../work/worker-pool.ts';
import type { ReadAndConverted } from './convert.ts';
import type { ConvertThread, SentPiece } from './convert-thread.ts';
import type { ReadAndConvert } from './load.ts';

export interface ConvertPool {
  readonly convert: ReadAndConvert;
  /** Ends the threads; pieces under way reject with `Cancelled`. A later piece starts new ones. */
  dispose(): void;
}

/** Conversion is bound by the CPU; more threads than these wait for the disk. */
const MOST_THREADS = 4;

/** Threads for a machine of so many cores: one core is left to the rest, which of two only waits for the load. */
export function convertThreads(cores: number): number {
  return Math.max(Math.min(2, cores), Math.min(MOST_THREADS, cores - 1));
}

/**
 * A pool of at most `size` threads; `spawn` starts a worker that calls `serveConvertPool`. A piece goes to the thread with the
 * fewest bytes; its arrays are moved, not copied. Files are read there, and quantized tensors decoded; what is computed otherwise
 * (a merge that nobody wrote) is read in the calling thread, a piece at a time, and handed over. Pieces of a group that are asked for in
 * one turn go to one thread in one message.
 *
 * `convert` throws what `inlineConvert` throws, and those of `workerPool`.
 */
export function createConvertPool(spawn: () => Worker, size: number): ConvertPool {
  const pool = workerPool<ConvertThread>(spawn, size, {
    doing: 'reads and converts weights',
    remedy: 'load again; if it stops again, close other tabs to free memory and reload the page',
  });
  const send = (pieces: readonly SentPiece[], together: boolean): Promise<readonly ReadAndConverted[]> => {
    const bytes = pieces.reduce((sum, { range: { start, end } }) => sum + end - start, 1);
    return pool.call((thread) => thread.convert(pieces, together), undefined, bytes);
  };
  const alone = async (piece: SentPiece): Promise<ReadAndConverted> => {
    const [converted] = await send([piece], false);
    return converted as ReadAndConverted;
  };
  const groups = new Map<object, { pieces: SentPiece[]; converted: Promise<readonly ReadAndConverted[]> }>();
  const inGroup = async (group: object, piece: SentPiece): Promise<ReadAndConverted> => {
    let known = groups.get(group);
    if (!known) {
      const pieces: SentPiece[] = [];
      const converted = Promise.resolve().then(() => {
        groups.delete(group);
        return send(pieces, true);
      });
      known = { pieces, converted };
      groups.set(group, known);
    }
    const index = known.pieces.push(piece) - 1;
    return (await known.converted)[index] as ReadAndConverted;
  };
  return {
    convert: async (source, range, task, group) => {
      const { file, start, end } = range;
      const sent = toSent(source, start);
      if (sent && group) return inGroup(group, { source: sent, range, task });
      if (sent) return alone({ source: sent, range, task });
      const bytes = await readRange(source, start, end, { file, tensor: task.tensor });
      const piece = { kind: 'blob' as const, blob: new File([bytes], file) };
      return alone({ source: piece, range: { file, start: 0, end: end - start }, task });
    },
    dispose: () => pool.dispose(),
  };
}
