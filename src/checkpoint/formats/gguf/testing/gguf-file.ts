/** Writes GGUF files, for tests: keys as the fixtures list them, tensors with their bytes. */
import { seededRandom } from '../../../../work/seeded-random.ts';
import { BLOCK_SIZES, type ReadType } from '../ggml-types.ts';

/** "UINT32", or "ARRAY:STRING". */
export type Key = readonly [key: string, kind: string, value: unknown];

export interface WrittenTensor {
  readonly name: string;
  readonly type: ReadType;
  /** Outermost first. */
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

const KINDS = 'UINT8 INT8 UINT16 INT16 UINT32 INT32 FLOAT32 BOOL STRING ARRAY UINT64 INT64 FLOAT64'.split(
  ' ',
);
const TYPE_IDS: Readonly<Record<ReadType, number>> = {
  ...{
    F32: 0,
    F16: 1,
    Q4_0: 2,
    Q4_1: 3,
    Q5_0: 6,
    Q5_1: 7,
    Q8_0: 8,
    Q2_K: 10,
    Q3_K: 11,
    Q4_K: 12,
    Q5_K: 13,
    Q6_K: 14,
  },
  ...{ IQ4_NL: 20, IQ4_XS: 23, BF16: 30, MXFP4: 39, NVFP4: 40 },
};
const ALIGNMENT = 32;

/** Little-endian numbers and texts, put together as bytes. */
export class ByteList {
  readonly #parts: number[] = [];

  get length(): number {
    return this.#parts.length;
  }

  u32(value: number): this {
    return this.#number(4, (view) => view.setUint32(0, value, true));
  }

  u64(value: number | bigint): this {
    return this.#number(8, (view) => view.setBigUint64(0, BigInt(value), true));
  }

  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    this.u64(bytes.length);
    return this.raw(bytes);
  }

  raw(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#parts.push(byte);
    return this;
  }

  value(kind: string, value: unknown): this {
    const [outer, inner] = kind.split(':');
    if (outer === 'ARRAY' && inner !== undefined) {
      const items = value as readonly unknown[];
      this.u32(KINDS.indexOf(inner)).u64(items.length);
      for (const item of items) this.value(inner, item);
      return this;
    }
    if (outer === 'STRING') return this.text(value as string);
    const number = Number(value);
    switch (outer) {
      case 'BOOL':
      case 'UINT8':
      case 'INT8':
        return this.raw([number & 255]);
      case 'UINT16':
        return this.#number(2, (view) => view.setUint16(0, number, true));
      case 'UINT32':
        return this.u32(number);
      case 'INT32':
        return this.#number(4, (view) => view.setInt32(0, number, true));
      case 'FLOAT32':
        return this.#number(4, (view) => view.setFloat32(0, number, true));
      case 'UINT64':
        return this.u64(number);
      default:
        throw new RangeError(`no kind ${kind}`);
    }
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#parts);
  }

  #number(size: number, set: (view: DataView) => void): this {
    const bytes = new Uint8Array(size);
    set(new DataView(bytes.buffer));
    return this.raw(bytes);
  }
}

/** The number that stands for a kind of value. */
export function kindId(kind: string): number {
  return KINDS.indexOf(kind.split(':')[0] as string);
}

/** A whole file, version 3. */
export function ggufFile(keys: readonly Key[], tensors: readonly WrittenTensor[]): Uint8Array<ArrayBuffer> {
  const head = new ByteList().raw([0x47, 0x47, 0x55, 0x46]).u32(3).u64(tensors.length).u64(keys.length);
  for (const [key, kind, value] of keys) head.text(key).u32(kindId(kind)).value(kind, value);
  let offset = 0;
  for (const { name, type, shape, bytes } of tensors) {
    head.text(name).u32(shape.length);
    for (const dim of shape.toReversed()) head.u64(dim);
    head.u32(TYPE_IDS[type]).u64(offset);
    offset += padded(bytes.length);
  }
  const start = padded(head.length);
  const file = new Uint8Array(start + offset);
  file.set(head.bytes());
  let at = start;
  for (const { bytes } of tensors) {
    file.set(bytes, at);
    at += padded(bytes.length);
  }
  return file;
}

const padded = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

/** Bytes of the app's generator, as the fixtures' own generator draws them. */
export function seededBytes(seed: number, count: number): Uint8Array<ArrayBuffer> {
  const random = seededRandom(seed);
  return Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
}

/** How many bytes a tensor takes. */
export function bytesOf(type: ReadType, shape: readonly number[]): number {
  const elements = shape.reduce((product, dim) => product * dim, 1);
  return (elements / BLOCK_SIZES[type].elements) * BLOCK_SIZES[type].bytes;
}
