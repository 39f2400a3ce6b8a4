import type { Dtype } from './dtype.ts';
import { DTYPE_BYTES } from './dtype.ts';

/** A tensor to be written: everything but its bytes. */
export interface TensorLayout {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

/** Header alignment of the reference implementation, so that data may be mapped as any dtype. */
const ALIGNMENT = 8;

/** How a safetensors file of these tensors begins, and in which order their bytes must follow. */
export interface FilePlan<T extends TensorLayout> {
  /** Length prefix and header, padded with spaces to a multiple of 8 bytes. */
  readonly head: Uint8Array<ArrayBuffer>;
  readonly order: readonly T[];
  /** Of the whole file. */
  readonly bytes: number;
}

/** The order of the tensors in a file. */
export type FileOrder = <T extends TensorLayout>(tensors: readonly T[]) => readonly T[];

/** Widest dtype first, so that each tensor is aligned to its elements; by name within a dtype. */
export const widestFirst: FileOrder = (tensors) =>
  tensors.toSorted((a, b) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype] || (a.name < b.name ? -1 : 1));

/** As they are given, so that what is made together is read together; those that would move others off their alignment come last. */
export const asGiven: FileOrder = (tensors) => {
  const isEven = (tensor: TensorLayout): boolean => tensorBytes(tensor) % ALIGNMENT === 0;
  return [...tensors.filter(isEven), ...widestFirst(tensors.filter((tensor) => !isEven(tensor)))];
};

/**
 * Lays a safetensors file out, so that a merge can stream its tensors one by one behind `head`.
 *
 * @throws RangeError for a name that is reserved, used twice, or no well-formed Unicode
 */
export function planSafetensors<T extends TensorLayout>(
  tensors: readonly T[],
  metadata: ReadonlyMap<string, string> = new Map([['format', 'pt']]),
  ordered: FileOrder = widestFirst,
): FilePlan<T> {
  const order = ordered(tensors);
  const names = new Set(['__metadata__']);
  // Joined as text: an object would lose a key called "__proto__".
  const entries = [...metadata].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  const fields = metadata.size === 0 ? [] : [`"__metadata__":{${entries.join(',')}}`];
  let end = 0;
  for (const tensor of order) {
    const { name, dtype, shape } = tensor;
    if (names.has(name) || !name.isWellFormed()) {
      throw new RangeError(`${JSON.stringify(name)} is reserved, used twice or not well formed`);
    }
    names.add(name);
    const begin = end;
    end += tensorBytes(tensor);
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
  }
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const length = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const head = new Uint8Array(ALIGNMENT + length).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true);
  head.set(json, ALIGNMENT);
  return { head, order, bytes: head.length + end };
}

export function tensorBytes({ dtype, shape }: Pick<TensorLayout, 'dtype' | 'shape'>): number {
  return shape.reduce((product, dim) => product * dim, DTYPE_BYTES[dtype]);
}
