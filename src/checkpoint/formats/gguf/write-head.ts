/** What a GGUF file (version 3) begins with: keys and values, and where its tensors lie. */
import { BLOCK_SIZES, ggmlTypeId, type ReadType } from './ggml-types.ts';

/** By the names that gguf-py has for them. */
const KINDS = { UINT32: 4, INT32: 5, FLOAT32: 6, BOOL: 7, STRING: 8, ARRAY: 9 } as const;
type Scalar = Exclude<keyof typeof KINDS, 'ARRAY'>;
export type GgufKind = Scalar | `ARRAY:${Scalar}`;
type GgufItem = string | number | boolean;

/** Plain data: it crosses to workers. */
export type GgufKey = readonly [key: string, kind: GgufKind, value: GgufItem | readonly GgufItem[]];

export interface WrittenGgufTensor {
  readonly name: string;
  readonly type: ReadType;
  /** Outermost first. */
  readonly shape: readonly number[];
}

/** Of every tensor's first byte, counted from the first of all. */
export const GGUF_ALIGNMENT = 32;

const MAGIC = 0x46554747;
const VERSION = 3;

/** Bytes of the tensors follow in their order, each filled up to a multiple of `GGUF_ALIGNMENT`. */
export function ggufHead(
  keys: readonly GgufKey[],
  tensors: readonly WrittenGgufTensor[],
): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  out.u32(MAGIC);
  out.u32(VERSION);
  out.u64(tensors.length);
  out.u64(keys.length);
  for (const [key, kind, value] of keys) {
    out.text(key);
    const [outer, inner] = kind.split(':') as [keyof typeof KINDS, Scalar | undefined];
    out.u32(KINDS[outer]);
    if (inner === undefined) out.item(outer as Scalar, value as GgufItem);
    else {
      out.u32(KINDS[inner]);
      out.u64((value as readonly GgufItem[]).length);
      for (const item of value as readonly GgufItem[]) out.item(inner, item);
    }
  }
  let offset = 0;
  for (const tensor of tensors) {
    out.text(tensor.name);
    out.u32(tensor.shape.length);
    for (const size of tensor.shape.toReversed()) out.u64(size);
    out.u32(ggmlTypeId(tensor.type));
    out.u64(offset);
    offset += padded(ggufBytes(tensor));
  }
  return out.bytes(GGUF_ALIGNMENT);
}

export function ggufBytes({ type, shape }: WrittenGgufTensor): number {
  const { elements, bytes } = BLOCK_SIZES[type];
  return (shape.reduce((product, size) => product * size, 1) / elements) * bytes;
}

export function padded(bytes: number): number {
  return Math.ceil(bytes / GGUF_ALIGNMENT) * GGUF_ALIGNMENT;
}

/** Little-endian, growing as it is written to. */
class ByteWriter {
  #bytes = new Uint8Array(2 ** 16);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  u32(value: number): void {
    const at = this.#take(4);
    this.#view.setUint32(at, value, true);
  }

  u64(value: number): void {
    const at = this.#take(8);
    this.#view.setBigUint64(at, BigInt(value), true);
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.u64(bytes.length);
    const at = this.#take(bytes.length);
    this.#bytes.set(bytes, at);
  }

  item(kind: Scalar, value: GgufItem): void {
    if (kind === 'STRING') return this.text(String(value));
    const at = this.#take(kind === 'BOOL' ? 1 : 4);
    const number = Number(value);
    if (kind === 'BOOL') this.#view.setUint8(at, number);
    else if (kind === 'FLOAT32') this.#view.setFloat32(at, number, true);
    else if (kind === 'INT32') this.#view.setInt32(at, number, true);
    else this.#view.setUint32(at, number, true);
  }

  /** With zeros behind it, up to a multiple of `alignment`. */
  bytes(alignment: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, Math.ceil(this.#at / alignment) * alignment);
  }

  /** Where so many bytes may be written: in what is there after it. */
  #take(count: number): number {
    const at = this.#at;
    this.#at += count;
    // Room for the zeros at the end, too.
    if (this.#at + GGUF_ALIGNMENT > this.#bytes.length) {
      const grown = new Uint8Array(2 * (this.#at + GGUF_ALIGNMENT));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}
