import { NamedError } from '../../../named-error.ts';
import type { ByteSource } from '../../byte-source.ts';
import { readRange } from '../../byte-source.ts';

/** Metadata and tensor list of a 7B model take 6 MB, of the largest published vocabulary 20. */
export const MAX_HEADER_BYTES = 32 * 2 ** 20;
/** The first read, which tells most files that are none; doubled with each further one. */
const FIRST_READ = 64 * 1024;
const LARGEST_READ = 2 ** 20;

/**
 * The front of a file, read in windows that grow, of which one is in memory: little-endian numbers and texts, one after the other.
 * Whoever reads asks first whether the bytes are there (`holds`), and waits for them (`need`) where they are not.
 */
export class ByteWindow {
  readonly file: string;
  readonly #source: ByteSource;
  readonly #text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  /** Of the window's first byte in the file. */
  #start = 0;
  #at = 0;
  #nextRead = FIRST_READ;

  constructor(source: ByteSource, file: string) {
    this.#source = source;
    this.file = file;
  }

  /** Of the next byte in the file. */
  get position(): number {
    return this.#start + this.#at;
  }

  /** Bytes of the file from here on. */
  get left(): number {
    return this.#source.size - this.position;
  }

  holds(count: number): boolean {
    return this.#at + count <= this.#bytes.length;
  }

  /** @throws NamedError `TruncatedFile`, `HeaderTooLarge`, those of `readRange` */
  async need(count: number): Promise<void> {
    if (this.holds(count)) return;
    const { position, left, file } = this;
    if (count > left) {
      throw new NamedError(
        'TruncatedFile',
        `its header goes on for ${count} bytes or more at ${position}, the file ends at ${this.#source.size}`,
        { file },
        'the file is cut off: download it again',
      );
    }
    if (position + count > MAX_HEADER_BYTES) {
      throw new NamedError(
        'HeaderTooLarge',
        `a header of more than ${MAX_HEADER_BYTES} bytes`,
        { file },
        'the file is damaged, or was made by a program that went wrong: download it again',
      );
    }
    const length = Math.min(left, Math.max(count, this.#nextRead));
    this.#nextRead = Math.min(2 * this.#nextRead, LARGEST_READ);
    this.#bytes = await readRange(this.#source, position, position + length, { file });
    this.#view = new DataView(this.#bytes.buffer);
    this.#start = position;
    this.#at = 0;
  }

  /** The place of the next `count` bytes in the window. */
  #take(count: number): number {
    const at = this.#at;
    this.#at += count;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }
  i8(): number {
    return this.#view.getInt8(this.#take(1));
  }
  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }
  i16(): number {
    return this.#view.getInt16(this.#take(2), true);
  }
  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }
  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }
  f32(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }
  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }
  /** Rounded beyond 2^53, where no count or offset of a file can lie: such a number is over every limit. */
  u64(): number {
    const at = this.#take(8);
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32;
  }
  /** Likewise rounded beyond ±2^53. */
  i64(): number {
    return Number(this.#view.getBigInt64(this.#take(8), true));
  }

  /** UTF-8. @throws NamedError `NotUtf8` */
  text(length: number): string {
    const at = this.#take(length);
    try {
      return this.#text.decode(this.#bytes.subarray(at, at + length));
    } catch (cause) {
      throw new NamedError(
        'NotUtf8',
        `the text of ${length} bytes at ${this.#start + at} is not UTF-8`,
        { file: this.file },
        'the file is damaged: download it again',
        { cause },
      );
    }
  }
}
