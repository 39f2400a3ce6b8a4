import type { Dtype } from '../dtype.ts';
import type { Rows } from './codec.ts';

/** An array that stands in a file in the place of a weight. */
export interface PartLayout {
  /** What follows the module's name: `weight_packed`. */
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

/** What rounding did to some values w, which became v. */
export interface RoundingError {
  /** Σ (w − v)² */
  squared: number;
  /** Σ w² */
  energy: number;
  /** max |w − v| */
  largest: number;
}

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
}

/**
 * One way of writing a matrix `[rows, columns]`, the counterpart of `Codec`: pure, and told what to round. Rows are rounded one by
 * one, so that any cut of a matrix gives the same bytes.
 */
export interface Encoder {
  /** Why a matrix of this size cannot be written so, as in "its 72 columns are no multiple of 128"; null where it can. */
  refusal(matrix: Matrix): string | null;
  parts(matrix: Matrix): readonly PartLayout[];
  /**
   * @param values of the rows, `[count, columns]`
   * @param parts the whole bytes of each part, zeros at first: those of the rows are written
   * @param error what is lost is added to it; not finite where a value is not, or lies beyond what a scale can reach
   */
  encode(
    values: Float32Array,
    rows: Rows,
    matrix: Matrix,
    parts: readonly Uint8Array<ArrayBuffer>[],
    error: RoundingError,
  ): void;
}
