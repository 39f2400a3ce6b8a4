/** What computes spectra: a GPU or the CPU, behind one face, so that the same tests run over both. */

export interface SpectrumOptions {
  /** Ends the work with a NamedError `Cancelled`. */
  readonly signal?: AbortSignal;
}

/** A dense matrix held where it is multiplied. Blocks of vectors are row-major: [length, count]. */
export interface MatrixOperator {
  readonly rows: number;
  readonly cols: number;
  /** A·X, X [cols, count] → [rows, count], f32 with f32 or better sums. */
  times(block: Float32Array, count: number, options?: SpectrumOptions): Promise<Float32Array>;
  /** Aᵀ·Y, Y [rows, count] → [cols, count]. */
  transposeTimes(block: Float32Array, count: number, options?: SpectrumOptions): Promise<Float32Array>;
  dispose(): void;
}

export interface SpectrumBackend {
  readonly device: 'webgpu' | 'cpu';
  /** The GPU's name. */
  readonly adapter?: string;
  /**
   * All min(rows, cols) singular values of a row-major matrix, descending, with absolute error of a few f32 ulps of
   * σ₁ (webgpu) or better (cpu). The matrix may be moved to another thread: pass a copy to keep it.
   */
  singularValues(
    matrix: Float32Array,
    rows: number,
    cols: number,
    options?: SpectrumOptions,
  ): Promise<Float64Array>;
  operator(matrix: Float32Array, rows: number, cols: number): Promise<MatrixOperator>;
  dispose(): void;
}
