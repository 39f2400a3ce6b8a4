/** Reads what lies side by side in a file together: each read of a file costs a browser milliseconds, whatever its length. */
import { readRange, type ByteSource } from './byte-source.ts';

/** Bytes `[start, end)` of a file. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

interface Run {
  readonly start: number;
  end: number;
  reading?: Promise<Uint8Array<ArrayBuffer>>;
}

/** A file of which some ranges will be asked for. */
export class JoinedReads implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #source: ByteSource;
  /** By start, the wanted ranges that were not asked for yet. */
  readonly #wanted = new Map<number, ByteRange & { readonly run: Run }>();

  /** @param wanted ranges without bytes in common; of those that have some only the first counts, and the others are read by themselves */
  constructor(source: ByteSource, wanted: readonly ByteRange[]) {
    this.name = source.name;
    this.size = source.size;
    this.#source = source;
    let run: Run | undefined;
    for (const { start, end } of wanted.toSorted((one, other) => one.start - other.start)) {
      if (run && start < run.end) continue;
      if (run?.end === start) run.end = end;
      else run = { start, end };
      this.#wanted.set(start, { start, end, run });
    }
  }

  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> } {
    return this.#source.slice(start, end);
  }

  /** A wanted range, the first time; whoever asks may write over it. */
  async once(start: number, end: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const range = this.#wanted.get(start);
    if (range?.end !== end) return null;
    this.#wanted.delete(start);
    const { run } = range;
    run.reading ??= readRange(this.#source, run.start, run.end, { file: this.name });
    // What cannot be read is read again by itself, so that the error names whose it is.
    const bytes = await run.reading.catch(() => null);
    return bytes && bytes.subarray(start - run.start, end - run.start);
  }
}
