import type { EncodedTensor } from './encoded.ts';

/** Bytes `[start, end)` of a part, relative to its first. */
export interface PartRange {
  readonly start: number;
  readonly end: number;
}

/** By part, what was read of it. */
export type PartBytes = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

/** Some rows of a matrix, by their place in it. */
export interface Rows {
  readonly first: number;
  readonly count: number;
}

/** How the rows of a matrix go to the device as they are stored. */
export interface Packing {
  readonly bits: 4 | 8;
  /** Whether codes of weight 0 differ between blocks; without them it is 8, or 128. */
  readonly zeroPoints: boolean;
  /** Whether a scale holds for so many columns that blocks of 128 can have them, too. */
  readonly wide: boolean;
}

/** Columns of a block of `MatMulNBits` that codes are moved into. */
export type BlockColumns = 32 | 128;

/**
 * Rows as onnxruntime's `MatMulNBits` takes them, in blocks of B = 32 or 128 along K (a group of more is written as several blocks of
 * one scale): value = (code − zero) · scale.
 */
export interface PackedRows {
  /** `[rows, ⌈K/B⌉, B · bits / 8]`; of two 4-bit codes in a byte the first is the low one. */
  readonly packed: Uint8Array<ArrayBuffer>;
  /** `[rows · ⌈K/B⌉]` */
  readonly scales: Float32Array<ArrayBuffer>;
  /** `[rows, ⌈⌈K/B⌉ · bits / 8⌉]`, codes packed likewise; null where the packing has none. */
  readonly zeroPoints: Uint8Array<ArrayBuffer> | null;
}

/**
 * One way of storing values. Pure: it is told which bytes it needs and gets them, so that the same code runs in any thread and
 * over any source.
 */
export interface Codec<Coding> {
  /** What of each part the rows need. Where the layout runs the other way, that is all of it, and it is read once. */
  ranges(tensor: EncodedTensor<string, Coding>, rows: Rows): Readonly<Record<string, PartRange>>;

  /**
   * The rows' values, in float32: the product that the format defines, rounded once where it has to be.
   *
   * @returns `[rows, columns]`
   */
  decode(tensor: EncodedTensor<string, Coding>, bytes: PartBytes, rows: Rows): Float32Array<ArrayBuffer>;

  /** Whether the values were rounded to fit; left out where those of every tensor were. */
  quantized?(tensor: EncodedTensor<string, Coding>): boolean;

  /** Given where some tensors of the codec map onto `MatMulNBits` without any rounding. */
  readonly packed?: {
    /** How this one does; null where it does not. */
    packing(tensor: EncodedTensor<string, Coding>): Packing | null;
    /**
     * The codes themselves, moved into blocks; only called where `packing` is not null.
     *
     * @param bytes of all rows they may be written over
     * @param block 128 only where the packing is `wide`
     */
    pack(
      tensor: EncodedTensor<string, Coding>,
      bytes: PartBytes,
      rows: Rows,
      block: BlockColumns,
    ): PackedRows;
  };

  /**
   * What rounding to the format is expected to have cost these rows: Σ step² / 12, where a value's step is the mean distance to
   * its two neighbours among the values that the format can hold under the scale it has. 0 where nothing was rounded.
   */
  roundingEnergy(tensor: EncodedTensor<string, Coding>, bytes: PartBytes, rows: Rows): number;
}
