/** Reading what a load reads, and nothing else: the same slices in the same order, as many in flight, in as many threads, into new memory. */
import { type ByteSource, readRange } from '../checkpoint/byte-source.ts';
import { convertThreads } from '../engine/weights/pool.ts';
import type { ReadAndConvert } from '../engine/weights/load.ts';
import { mapInFlight } from '../work/in-flight.ts';
import { workerPool } from '../work/worker-pool.ts';

/** Of a file. */
export interface Slice {
  readonly source: ByteSource;
  readonly start: number;
  readonly end: number;
}

/** Done before every read that is timed: nothing, or files are put out of the machine's memory. */
export type BeforeRead = () => Promise<void>;

interface Reader {
  read(source: ByteSource, start: number, end: number): Promise<number>;
}

/** In a thread: resolves to the bytes that were read, which go with it. */
export async function readSlice(source: ByteSource, start: number, end: number): Promise<number> {
  return (await readRange(source, start, end, { file: source.name })).byteLength;
}

/** In this thread. */
export async function readInOneThread(slices: readonly Slice[]): Promise<void> {
  await mapInFlight(slices, ({ source, start, end }) => readSlice(source, start, end));
}

export class BareReads {
  readonly #pool = workerPool<Reader>(
    () => new Worker(new URL('../../workers/bare-read.ts', import.meta.url), { type: 'module' }),
    convertThreads(navigator.hardwareConcurrency),
    { doing: 'reads', remedy: 'run the bench again' },
  );

  /** Bytes a second. */
  async perSecond(slices: readonly Slice[]): Promise<number> {
    const started = performance.now();
    const read = await mapInFlight(slices, ({ source, start, end }) =>
      this.#pool.call((thread) => thread.read(source, start, end), undefined, end - start),
    );
    return (1000 * read.reduce((sum, bytes) => sum + bytes, 0)) / (performance.now() - started);
  }

  dispose(): void {
    this.#pool.dispose();
  }
}

/** The slices that a load reads, as it asks for them. @param load runs once, by what it is given */
export async function slicesOf(
  load: (convert: ReadAndConvert) => Promise<unknown>,
  convert: ReadAndConvert,
): Promise<readonly Slice[]> {
  const slices: Slice[] = [];
  await load((source, range, ...more) => {
    slices.push({ source, start: range.start, end: range.end });
    return convert(source, range, ...more);
  });
  return slices;
}
