/** One tensor of a `DecodedFile`: its bytes at their place in the file, made as they are read. */
import type { ByteSource, CheckpointFiles } from '../byte-source.ts';
import type { Dtype } from '../dtype.ts';
import { DTYPE_BYTES } from '../dtype.ts';
import type { BlockColumns, PackedRows, Rows } from './codec.ts';
import type { ByteRange } from '../joined-reads.ts';
import { codecOf, type AnyEncoded } from './codecs.ts';
import { matrixOf, type StoredPart } from './encoded.ts';
import { TensorReader } from './tensor-reader.ts';

/** What a tensor's values are read as: plain ones as they are stored. */
export function decodedDtype(tensor: AnyEncoded): Dtype {
  return tensor.codec === 'stored' ? tensor.coding.dtype : 'F32';
}

export class DecodedTensor implements ByteSource {
  readonly name: string;
  /** Where the tensor ends in the file. */
  readonly size: number;
  readonly start: number;
  readonly tensor: AnyEncoded;
  /** That its parts lie in. */
  readonly files: CheckpointFiles;
  /** Tells it from the tensor of that name in another folder, in whatever thread: files do not keep their identity when sent. */
  readonly key: string;
  readonly #reader: TensorReader;

  /** @param file the name of the `DecodedFile` @param start where the tensor begins in it */
  constructor(
    file: string,
    tensor: AnyEncoded,
    start: number,
    files: CheckpointFiles,
    key: string = crypto.randomUUID(),
  ) {
    const { rows, columns } = matrixOf(tensor.shape);
    this.name = file;
    this.start = start;
    this.key = key;
    this.size = start + rows * columns * DTYPE_BYTES[decodedDtype(tensor)];
    this.tensor = tensor;
    this.files = files;
    this.#reader = new TensorReader(tensor, files);
  }

  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> } {
    return { arrayBuffer: () => this.#bytes(start - this.start, Math.min(end, this.size) - this.start) };
  }

  /** The rows as `MatMulNBits` takes them; for tensors that map onto it. */
  packed(rows: Rows, block: BlockColumns = 32): Promise<PackedRows> {
    return this.#reader.packed(rows, block);
  }

  /** See `Codec.roundingEnergy`. */
  roundingEnergy(rows: Rows): Promise<number> {
    return this.#reader.roundingEnergy(rows);
  }

  /** The same of each row by itself. */
  rowRoundingEnergies(rows: Rows): Promise<Float64Array<ArrayBuffer>> {
    return this.#reader.rowRoundingEnergies(rows);
  }

  /** What all rows are read from, part by part. */
  wholeParts(): readonly (ByteRange & { readonly file: string })[] {
    const all = codecOf(this.tensor).ranges({ first: 0, count: matrixOf(this.tensor.shape).rows });
    const parts: Readonly<Record<string, StoredPart>> = this.tensor.parts;
    return Object.entries(all).flatMap(([key, { start, end }]) => {
      const part = parts[key];
      return part ? [{ file: part.file, start: part.start + start, end: part.start + end }] : [];
    });
  }

  /** The same tensor, read from `files`. */
  over(files: CheckpointFiles): DecodedTensor {
    return new DecodedTensor(this.name, this.tensor, this.start, files, this.key);
  }

  /** Lets go of parts that are kept because every run of rows wants all of them. */
  forget(): void {
    this.#reader.forget();
  }

  /** Bytes `[start, end)` of the tensor; elements that they cut are decoded whole. */
  async #bytes(start: number, end: number): Promise<ArrayBuffer> {
    if (this.tensor.codec === 'stored') {
      const bytes = await this.#reader.bytes('values', start, end);
      return bytes.length === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
    }
    const size = DTYPE_BYTES[decodedDtype(this.tensor)];
    const first = Math.floor(start / size);
    const values = await this.#reader.elements(first, Math.ceil(end / size));
    const from = values.byteOffset + start - first * size;
    return from === 0 && values.buffer.byteLength === end - start
      ? values.buffer
      : values.buffer.slice(from, from + end - start);
  }
}
