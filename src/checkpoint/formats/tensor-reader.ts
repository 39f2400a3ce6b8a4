/** Reads some rows of an encoded tensor: the bytes that its codec asks for, each part that is asked for whole only once. */
import type { ByteSource, CheckpointFiles } from '../byte-source.ts';
import { readRange } from '../byte-source.ts';
import { NamedError } from '../../named-error.ts';
import type { BlockColumns, PackedRows, PartBytes, Rows } from './codec.ts';
import { codecOf, type AnyEncoded } from './codecs.ts';
import { matrixOf, type StoredPart } from './encoded.ts';
import { prepareKernels } from './integers/kernels.ts';

export class TensorReader {
  readonly tensor: AnyEncoded;
  readonly #files: CheckpointFiles;
  /** Parts of which one row wants all: those that every run of rows wants whole, as where the layout runs the other way. */
  readonly #shared: ReadonlySet<string>;
  readonly #whole = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  constructor(tensor: AnyEncoded, files: CheckpointFiles) {
    this.tensor = tensor;
    this.#files = files;
    const { rows } = matrixOf(tensor.shape);
    const ofOne = rows > 1 ? Object.entries(codecOf(tensor).ranges({ first: 0, count: 1 })) : [];
    this.#shared = new Set(
      ofOne.flatMap(([key, { start, end }]) => {
        const part = this.#part(key);
        return end - start === part.end - part.start ? [key] : [];
      }),
    );
  }

  /** @returns float32, `[count, columns]` @throws NamedError those of `readRange`, and of the codec */
  async values(rows: Rows): Promise<Float32Array<ArrayBuffer>> {
    return codecOf(this.tensor).decode(await this.#read(rows), rows);
  }

  /** The rows as `MatMulNBits` takes them; for tensors that map onto it. */
  async packed(rows: Rows, block: BlockColumns = 32): Promise<PackedRows> {
    await prepareKernels();
    // Of all rows, bytes are for this once: they need not be kept, and may be written over.
    const all = rows.count === matrixOf(this.tensor.shape).rows;
    return codecOf(this.tensor).pack(await this.#read(rows, !all), rows, block);
  }

  /** See `Codec.roundingEnergy`. */
  async roundingEnergy(rows: Rows): Promise<number> {
    return codecOf(this.tensor).roundingEnergy(await this.#read(rows), rows);
  }

  /** The same of each row by itself. */
  async rowRoundingEnergies(rows: Rows): Promise<Float64Array<ArrayBuffer>> {
    const codec = codecOf(this.tensor);
    const [read, ranges] = [await this.#read(rows), codec.ranges(rows)];
    return Float64Array.from({ length: rows.count }, (_, at) => {
      const row = { first: rows.first + at, count: 1 };
      const own = Object.entries(codec.ranges(row)).map(([key, { start, end }]) => {
        const [bytes, before] = [read[key] as Uint8Array<ArrayBuffer>, ranges[key]?.start ?? 0];
        return [key, end - start === bytes.length ? bytes : bytes.slice(start - before, end - before)];
      });
      return codec.roundingEnergy(Object.fromEntries(own) as PartBytes, row);
    });
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

  async #read(rows: Rows, keep = true): Promise<PartBytes> {
    const ranges = Object.entries(codecOf(this.tensor).ranges(rows));
    const read = ranges.map(async ([key, { start, end }]) => {
      const part = this.#part(key);
      return [
        key,
        await (keep && this.#shared.has(key) ? this.#readWhole(key, part) : this.#range(part, start, end)),
      ] as const;
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
