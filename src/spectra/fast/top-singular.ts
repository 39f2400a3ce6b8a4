/** The largest singular values and their vectors, by randomized block Krylov iteration. */
import type { MatrixOperator, SpectrumOptions } from '../backend.ts';
import type { Random } from '../../work/seeded-random.ts';
import { seededRandom } from '../../work/seeded-random.ts';
import { Dense } from './dense.ts';
import { columnSizes, joined, orthonormalBeside } from './orthonormal.ts';
import { shortSide } from './short-side.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface TopSingularOptions extends SpectrumOptions {
  readonly k: number;
  readonly seed: number;
  /** Krylov blocks beyond the first, at most. */
  readonly depth: number;
  /** Ends sooner when every residual is below this share of its own σ². */
  readonly tolerance?: number;
}

export interface TopSingular {
  /** Descending; min(k, rows, cols) of them, fewer where the matrix has a lower rank. */
  readonly values: Float64Array<ArrayBuffer>;
  /** [rows, count] and [cols, count]. */
  readonly left: Float64Array<ArrayBuffer>;
  readonly right: Float64Array<ArrayBuffer>;
  /** ‖A Aᵀ u − σ² u‖ / σ², per value: how far it has converged. */
  readonly residuals: Float64Array<ArrayBuffer>;
}

/** Vectors beyond k: the few that make the last ones converge like the others (Halko, Martinsson and Tropp, 2011). */
export const OVERSAMPLING = 8;

/**
 * Musco and Musco (2015), algorithm 2: an orthonormal basis of [G Ω, G² Ω, …], G = A Aᵀ on the shorter side, and the
 * Rayleigh–Ritz pairs of G in it. Values are the norms ‖Aᵀ u‖, so lower bounds but for rounding (float32 products).
 *
 * @throws NamedError `Cancelled`
 */
export async function topSingular(
  operator: MatrixOperator,
  options: TopSingularOptions,
): Promise<TopSingular> {
  const side = shortSide(operator, options);
  const dense = await Dense.create();
  const width = Math.min(options.k + OVERSAMPLING, side.short);
  const gram = async (block: Float64Array, count: number): Promise<Float64Array<ArrayBuffer>> =>
    side.back(await side.across(block, count), count);

  const start = await gram(gaussian(side.short * width, seededRandom(options.seed)), width);
  let { vectors: fresh, count: freshCount } = orthonormalBeside(dense, null, 0, start, width);
  let basis: Float64Array<ArrayBuffer> = new Float64Array(0);
  let images: Float64Array<ArrayBuffer> = new Float64Array(0);
  let held = 0;
  let found: Ritz = {
    values: new Float64Array(0),
    vectors: new Float64Array(0),
    residuals: new Float64Array(0),
  };
  for (let block = 0; freshCount > 0; block++) {
    const image = await gram(fresh, freshCount);
    images = joined(images, held, image, freshCount);
    basis = joined(basis, held, fresh, freshCount);
    held += freshCount;
    const last = block >= options.depth || held >= side.short;
    if (last || options.tolerance !== undefined) {
      found = ritz(dense, basis, images, held, Math.min(options.k, held));
      if (last || found.residuals.every((residual) => residual <= (options.tolerance ?? 0))) break;
    }
    const room = Math.min(freshCount, side.short - held);
    const next = orthonormalBeside(dense, basis, held, image, freshCount);
    fresh = firstColumns(next.vectors, next.count, Math.min(room, next.count));
    freshCount = Math.min(room, next.count);
    if (freshCount === 0) found = ritz(dense, basis, images, held, Math.min(options.k, held));
  }

  const count = found.values.length;
  const far = count > 0 ? await side.across(found.vectors, count) : new Float64Array(0);
  const values = columnSizes(far, count);
  const scaled = far.map((value, index) => {
    const size = values[index % count] as number;
    return size > 0 ? value / size : 0;
  });
  const [left, right] = side.left ? [found.vectors, scaled] : [scaled, found.vectors];
  return { values, left, right, residuals: found.residuals };
}

interface Ritz {
  readonly values: Float64Array<ArrayBuffer>;
  readonly vectors: Float64Array<ArrayBuffer>;
  readonly residuals: Float64Array<ArrayBuffer>;
}

/** The best k pairs of G within the basis, and how far each is from a true one. */
function ritz(dense: Dense, basis: Float64Array, images: Float64Array, held: number, k: number): Ritz {
  const projected = dense.transposeProduct(basis, held, images, held);
  const eigen = symmetricEigen(projected, held);
  const weights = firstColumns(eigen.vectors, held, k);
  const vectors = dense.product(basis, held, weights, k);
  const applied = dense.product(images, held, weights, k);
  const values = eigen.values.slice(0, k);
  const difference = applied.map((value, i) => value - (values[i % k] as number) * (vectors[i] as number));
  const floor = (values[0] ?? 0) * Number.EPSILON;
  const residuals = columnSizes(difference, k).map(
    (size, i) => size / Math.max(values[i] as number, floor, 1e-300),
  );
  return { values, vectors, residuals };
}

function firstColumns(matrix: Float64Array, columns: number, wanted: number): Float64Array<ArrayBuffer> {
  if (columns === 0) return new Float64Array(0);
  const rows = matrix.length / columns;
  const out = new Float64Array(rows * wanted);
  for (let row = 0; row < rows; row++)
    out.set(matrix.subarray(row * columns, row * columns + wanted), row * wanted);
  return out;
}

/** Independent standard normal numbers (Box and Muller). */
export function gaussian(length: number, random: Random): Float64Array<ArrayBuffer> {
  return Float64Array.from(
    { length },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}
