/** Sums over all singular values, Σ f(σ), estimated from a few random vectors: stochastic Lanczos quadrature. */
import type { MatrixOperator, SpectrumOptions } from '../backend.ts';
import { seededRandom } from '../../work/seeded-random.ts';
import { jacobiSvd } from '../exact/jacobi.ts';
import { Dense } from './dense.ts';
import { columnSizes } from './orthonormal.ts';
import type { ShortSide } from './short-side.ts';
import { shortSide } from './short-side.ts';

export interface QuadratureOptions extends SpectrumOptions {
  /** Random vectors; the error bar falls with the root of their number. */
  readonly probes: number;
  /** Lanczos steps, the nodes of each probe's quadrature. */
  readonly steps: number;
  readonly seed: number;
  /** Known singular vectors of the shorter side [short, count], left out of what the probes see. */
  readonly known?: { readonly vectors: Float64Array; readonly count: number };
}

/** One probe's spectrum: Σ f(σ) over the part not known is estimated by Σ weight · f(node). */
export interface ProbeQuadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/** A step shorter than this beside σ₁ ends a probe: its Krylov space is exhausted. */
const BREAKDOWN = 1e-6;

/**
 * Golub–Kahan bidiagonalization from random signs, all probes side by side, with full reorthogonalization; then Gauss
 * quadrature from each bidiagonal matrix (Golub and Welsch; Ubaru, Chen and Saad, 2017).
 *
 * @throws NamedError `Cancelled`
 */
export async function probeSpectrum(
  operator: MatrixOperator,
  options: QuadratureOptions,
): Promise<ProbeQuadrature[]> {
  const side = shortSide(operator, options);
  const dense = await Dense.create();
  const { probes, known } = options;
  const random = seededRandom(options.seed);
  const signs = Float64Array.from({ length: side.short * probes }, () => (random() < 0.5 ? -1 : 1));
  const outside = (block: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> =>
    known && known.count > 0 ? without(dense, known.vectors, known.count, block, probes) : block;
  const first = outside(signs);
  const sizes = columnSizes(first, probes);
  const runs = await bidiagonalize(side, first, sizes, options, outside);
  return runs.map(({ alphas, betas }, probe) => quadrature(alphas, betas, (sizes[probe] as number) ** 2));
}

interface Bidiagonal {
  readonly alphas: number[];
  /** betas[i] lies below alphas[i]. */
  readonly betas: number[];
}

async function bidiagonalize(
  side: ShortSide,
  first: Float64Array<ArrayBuffer>,
  sizes: Float64Array,
  { probes, steps }: QuadratureOptions,
  outside: (block: Float64Array<ArrayBuffer>) => Float64Array<ArrayBuffer>,
): Promise<Bidiagonal[]> {
  const runs = Array.from({ length: probes }, (): Bidiagonal => ({ alphas: [], betas: [] }));
  let u = scaledColumns(first, sizes);
  const history = [u];
  let v: Float64Array<ArrayBuffer> = new Float64Array(side.long * probes);
  let betas = new Float64Array(probes);
  const largest = new Float64Array(probes);
  const count = Math.min(steps, side.short);
  for (let step = 0; step < count; step++) {
    const across = await side.across(u, probes);
    v = across.map((value, i) => value - (betas[i % probes] as number) * (v[i] as number));
    const alphas = columnSizes(v, probes);
    v = scaledColumns(v, alphas);
    runs.forEach((run, probe) => run.alphas.push(alphas[probe] as number));
    if (step === count - 1) break;
    const back = await side.back(v, probes);
    let next = back.map((value, i) => value - (alphas[i % probes] as number) * (u[i] as number));
    next = outside(next);
    for (let pass = 0; pass < 2; pass++) for (const past of history) removeColumns(next, past, probes);
    betas = columnSizes(next, probes);
    for (let probe = 0; probe < probes; probe++) {
      largest[probe] = Math.max(largest[probe] as number, alphas[probe] as number);
      if ((betas[probe] as number) <= BREAKDOWN * (largest[probe] as number)) betas[probe] = 0;
      runs[probe]?.betas.push(betas[probe] as number);
    }
    u = scaledColumns(next, betas);
    history.push(u);
  }
  return runs;
}

function quadrature(alphas: readonly number[], betas: readonly number[], mass: number): ProbeQuadrature {
  const n = alphas.length;
  // The lower bidiagonal matrix by columns: (A V) = U B.
  const columns = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    columns[i * n + i] = alphas[i] as number;
    if (i + 1 < n) columns[i * n + i + 1] = betas[i] as number;
  }
  const { values, left } = jacobiSvd(columns, n, n);
  return { nodes: values, weights: values.map((_, i) => mass * (left[i * n] as number) ** 2) };
}

function without(
  dense: Dense,
  vectors: Float64Array,
  count: number,
  block: Float64Array<ArrayBuffer>,
  columns: number,
): Float64Array<ArrayBuffer> {
  const inside = dense.product(
    vectors,
    count,
    dense.transposeProduct(vectors, count, block, columns),
    columns,
  );
  return block.map((value, i) => value - (inside[i] as number));
}

function scaledColumns(block: Float64Array<ArrayBuffer>, sizes: Float64Array): Float64Array<ArrayBuffer> {
  const factors = sizes.map((size) => (size > 0 ? 1 / size : 0));
  return block.map((value, i) => value * (factors[i % factors.length] as number));
}

/** Takes each column's share of the unit column beside it out. */
function removeColumns(block: Float64Array, units: Float64Array, columns: number): void {
  const products = new Float64Array(columns);
  for (let i = 0; i < block.length; i++)
    products[i % columns] = (products[i % columns] as number) + (block[i] as number) * (units[i] as number);
  for (let i = 0; i < block.length; i++)
    block[i] = (block[i] as number) - (products[i % columns] as number) * (units[i] as number);
}
