/** An operator seen from its shorter side, so that one algorithm serves tall and wide matrices. */
import type { MatrixOperator, SpectrumOptions } from '../backend.ts';

export interface ShortSide {
  /** min(rows, cols). */
  readonly short: number;
  readonly long: number;
  /** Whether the short side is the rows: its vectors are the left singular vectors. */
  readonly left: boolean;
  /** From the short side to the long one: Aᵀ X or A X. */
  across(block: Float64Array, count: number): Promise<Float64Array<ArrayBuffer>>;
  /** And back. */
  back(block: Float64Array, count: number): Promise<Float64Array<ArrayBuffer>>;
}

/** Blocks are row-major [length, count], in float64 here and float32 for the operator. */
export function shortSide(operator: MatrixOperator, options: SpectrumOptions): ShortSide {
  const { rows, cols } = operator;
  const times = async (block: Float64Array, count: number): Promise<Float64Array<ArrayBuffer>> =>
    Float64Array.from(await operator.times(Float32Array.from(block), count, options));
  const transposeTimes = async (block: Float64Array, count: number): Promise<Float64Array<ArrayBuffer>> =>
    Float64Array.from(await operator.transposeTimes(Float32Array.from(block), count, options));
  const left = rows <= cols;
  return {
    short: Math.min(rows, cols),
    long: Math.max(rows, cols),
    left,
    across: left ? transposeTimes : times,
    back: left ? times : transposeTimes,
  };
}
