/** The matrices of `tools/goldens/spectra.py`, made here by the same arithmetic, and what NumPy found of them. */
import type { Random } from '../../work/seeded-random.ts';
import { seededRandom } from '../../work/seeded-random.ts';
import type { SpectrumMetrics } from '../metrics.ts';

export interface GoldenMatrix {
  readonly name: string;
  readonly kind: 'random' | 'graded' | 'low_rank' | 'few_rows' | 'zero';
  readonly rows: number;
  readonly columns: number;
  readonly seed?: number;
  readonly ratio?: number;
  readonly rank?: number;
  readonly every?: number;
}

export interface GoldenSpectrum extends GoldenMatrix {
  /** Of all elements, in order. */
  readonly sum: number;
  readonly expected: Omit<SpectrumMetrics, 'conditionKnown'> & { readonly conditionNumber: number };
  readonly torchFloat32ConditionNumber?: number;
}

export interface RoundingGolden {
  readonly count: number;
  readonly stored: { readonly sft: number; readonly rl: number; readonly in: number };
  readonly reference: { readonly sft: number; readonly rl: number; readonly in: number };
  readonly unchanged: Readonly<Record<'stored' | 'reference', { readonly sft: number; readonly rl: number }>>;
}

export interface SpectraGoldens {
  readonly topK: number;
  readonly cases: readonly GoldenSpectrum[];
  readonly roundings: RoundingGolden;
}

/** A golden matrix, row-major. */
export function goldenMatrix(golden: GoldenMatrix): Float32Array<ArrayBuffer> {
  const { kind, rows, columns, seed = 0 } = golden;
  switch (kind) {
    case 'zero':
      return new Float32Array(rows * columns);
    case 'random':
      return centred(rows * columns, seed);
    case 'graded':
      return graded(rows, columns, seed, golden.ratio ?? 1);
    case 'low_rank':
      return lowRank(rows, columns, seed, golden.rank ?? 1);
    case 'few_rows':
      return centred(rows * columns, seed).map((value, index) => {
        const every = golden.every ?? 1;
        const [row, column] = [Math.floor(index / columns), index % columns];
        return row % every !== 0 || column % every === 1 ? 0 : value;
      });
  }
}

/** Sums in order, as the golden's side does. */
export function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum;
}

function centred(length: number, seed: number): Float32Array<ArrayBuffer> {
  const random = seededRandom(seed);
  return Float32Array.from({ length }, () => random() - 0.5);
}

function unit(seed: number, length: number): Float64Array {
  const random = seededRandom(seed);
  const x = Float64Array.from({ length }, () => random() - 0.5);
  const size = Math.sqrt(sumOf(x.map((value) => value * value)));
  return x.map((value) => value / size);
}

/** (I − 2uuᵀ) D (I − 2vvᵀ), D = 1, ratio, ratio², … */
function graded(rows: number, columns: number, seed: number, ratio: number): Float32Array<ArrayBuffer> {
  const n = Math.min(rows, columns);
  const d = new Float64Array(n);
  for (let i = 0; i < n; i++) d[i] = i === 0 ? 1 : (d[i - 1] as number) * ratio;
  const [u, v] = [unit(seed, rows), unit(seed + 1, columns)];
  const left = Float64Array.from({ length: columns }, (_, j) =>
    j < n ? (u[j] as number) * (d[j] as number) : 0,
  );
  const right = Float64Array.from({ length: rows }, (_, i) =>
    i < n ? (d[i] as number) * (v[i] as number) : 0,
  );
  const inner = sumOf(left.subarray(0, n).map((value, j) => value * (v[j] as number)));
  const outer = u.map((value) => 4 * inner * value);
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const diagonal = i === j ? (d[i] as number) : 0;
      const first = diagonal - 2 * (u[i] as number) * (left[j] as number);
      const second = first - 2 * (right[i] as number) * (v[j] as number);
      out[i * columns + j] = second + (outer[i] as number) * (v[j] as number);
    }
  }
  return out;
}

function lowRank(rows: number, columns: number, seed: number, rank: number): Float32Array<ArrayBuffer> {
  const digits = (random: Random, length: number): Float64Array =>
    Float64Array.from({ length }, () => Math.floor(random() * 9) - 4);
  const x = digits(seededRandom(seed), rows * rank);
  const y = digits(seededRandom(seed + 1), rank * columns);
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let r = 0; r < rank; r++) sum += (x[i * rank + r] as number) * (y[r * columns + j] as number);
      out[i * columns + j] = sum;
    }
  }
  return out;
}
