/** Reads some rows of an encoded tensor: the bytes that its codec asks for, each part that is asked for whole only once. */
import type { ByteSource, CheckpointFiles } from '../byte-source.ts';
import { readRange } from '../byte-source.ts';
import { NamedError } from '../../named-error.ts';
import type { PackedRows, PartBytes, Rows } from './codec.ts';
import { codecOf, type AnyEncoded } from './codecs.ts';
import { matrixOf, type StoredPart } from './encoded.ts';

export class TensorReader {
  readonly tensor: AnyEncoded;
  readonly #files: CheckpointFiles;
  /** Parts whose layout runs the other way: every run of rows wants all of them. */
  readonly #whole = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  constructor(tensor: AnyEncoded, files: CheckpointFiles) {
    this.tensor = tensor;
    this.#files = files;
  }

  /** @returns float32, `[count, columns]` @throws NamedError those of `readRange`, and of the codec */
  async values(rows: Rows): Promise<Float32Array<ArrayBuffer>> {
    return codecOf(this.tensor).decode(await this.#read(rows), rows);
  }

  /** The rows as `MatMulNBits` takes them; for tensors that map onto it. */
  async packed(rows: Rows): Promise<PackedRows> {
    return codecOf(this.tensor).pack(await this.#read(rows), rows);
  }

  /** See `Codec.roundingEnergy`. */
  async roundingEnergy(rows: Rows): Promise<number> {
    return codecOf(this.tensor).roundingEnergy(await this.#read(rows), rows);
  }

  /** Lets go of parts that were kept because every run of rows wants all of them. */
  forget(): void {
    this.#whole.clear();
  }

  /** Bytes `[start, end)` of a part, as they are stored. */
  bytes(key: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#range(this.#part(key), start, end);
  }

  /** Elements `[first, end)`, which may cut rows. */
  async elements(first: number, end: number): Promise<Float32Array<ArrayBuffer>> {
    const { columns } = matrixOf(this.tensor.shape);
    const row = Math.floor(first / columns);
    const values = await this.values({ first: row, count: Math.ceil(end / columns) - row });
    if (values.length === end - first) return values;
    return values.subarray(first - row * columns, end - row * columns);
  }

  async #read(rows: Rows): Promise<PartBytes> {
    const ranges = Object.entries(codecOf(this.tensor).ranges(rows));
    const read = ranges.map(async ([key, { start, end }]) => {
      const part = this.#part(key);
      const whole = start === 0 && end === part.end - part.start;
      return [key, await (whole ? this.#readWhole(key, part) : this.#range(part, start, end))] as const;
    });
    return Object.fromEntries(await Promise.all(read));
  }

  #part(key: string): StoredPart {
    const parts: Readonly<Record<string, StoredPart>> = this.tensor.parts;
    const part = parts[key];
    if (part) return part;
    throw new RangeError(`${this.tensor.storedName} has no ${key}`);
  }

  #readWhole(key: string, part: StoredPart): Promise<Uint8Array<ArrayBuffer>> {
    const reading = this.#whole.get(key) ?? this.#range(part, 0, part.end - part.start);
    this.#whole.set(key, reading);
    reading.catch(() => this.#whole.delete(key));
    return reading;
  }

  #range({ file, name, start }: StoredPart, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    return readRange(sourceOf(this.#files, file), start + from, start + to, { file, tensor: name });
  }
}

function sourceOf(files: CheckpointFiles, file: string): ByteSource {
  const source = files.get(file);
  if (source !== undefined) return source;
  throw new NamedError('MissingFile', 'the file is not in the folder', { file }, 'choose the folder again');
}
