/** Tensors whose values are stored in another form than numbers one after the other. */
import type { Dtype, UnreadDtype } from '../dtype.ts';

/** Bytes of a file that a tensor's values come from: codes, scales, a factor. */
export interface StoredPart {
  readonly file: string;
  /** As the file calls it, for errors. */
  readonly name: string;
  readonly dtype: Dtype | UnreadDtype | 'packed';
  /** Of the stored array; of packed blocks whatever the format counts. */
  readonly shape: readonly number[];
  /** Absolute byte offsets in the file. */
  readonly start: number;
  readonly end: number;
}

/** A tensor as one of the codecs reads it: plain data, which can be sent to a thread. */
export interface EncodedTensor<Name extends string = string, Coding = unknown> {
  /** The name that a plain checkpoint stores it under. */
  readonly storedName: string;
  /** Of its values: a vector, or `[rows, …]`, row-major. */
  readonly shape: readonly number[];
  readonly codec: Name;
  /** What the codec must know besides the bytes. */
  readonly coding: Coding;
  readonly parts: Readonly<Record<string, StoredPart>>;
}

/** Bytes of all parts. */
export function storedBytes({ parts }: EncodedTensor): number {
  return Object.values(parts).reduce((sum, { start, end }) => sum + end - start, 0);
}

/** Values taken as a matrix: all but the first dimension are columns, and a vector is one row. */
export function matrixOf(shape: readonly number[]): { readonly rows: number; readonly columns: number } {
  const rows = shape.length < 2 ? 1 : (shape[0] ?? 1);
  const elements = shape.reduce((product, dim) => product * dim, 1);
  return { rows, columns: rows === 0 ? 0 : elements / rows };
}
