/** Operations (multiplications and additions) of an exact spectrum, by stage; see `docs/spectra-gpu.md` for where they come from. */
export interface SpectrumCost {
  /** QR of the tall matrix, where it is tall enough to be worth one: 2mn² − ⅔n³. */
  readonly triangle: number;
  /** Both sides of what is left: 8/3 n³ of a triangle, 4mn² − 4/3 n³ of a matrix nearly square. */
  readonly band: number;
  /** The CPU's bidiagonal reduction: 6n² · band width. */
  readonly values: number;
}

/** Chan 1982: where 2mn² + 2n³ < 4mn² − 4/3 n³. */
export const QR_FIRST = 5 / 3;

export function spectrumCost(rows: number, cols: number, width: number): SpectrumCost {
  const m = Math.max(rows, cols);
  const n = Math.min(rows, cols);
  const values = 6 * n * n * width;
  return m > QR_FIRST * n
    ? { triangle: 2 * m * n * n - (2 / 3) * n ** 3, band: (8 / 3) * n ** 3, values }
    : { triangle: 0, band: 4 * m * n * n - (4 / 3) * n ** 3, values };
}
