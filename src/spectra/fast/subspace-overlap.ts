/** How far two updates move along the same directions. */
import { jacobiSvd } from '../exact/jacobi.ts';
import type { TopSingular } from './top-singular.ts';

/** Of one side, left (output directions) or right (input directions). */
export interface SubspaceOverlap {
  /** ‖U₁ᵀU₂‖²_F / k: 1 for the same subspace, 0 for orthogonal ones. */
  readonly overlap: number;
  /** The same of the first 1, 2, …, k vectors. */
  readonly overlaps: readonly number[];
  /** What two random subspaces of this size have on average: k / n. */
  readonly expected: number;
  /** Principal angles in radians, ascending. */
  readonly angles: readonly number[];
  readonly k: number;
  readonly dimension: number;
}

/**
 * Overlap of the spans of the first k left and right singular vectors (Björck and Golub, 1973; docs/method.md §6.1 on demand).
 *
 * @throws RangeError when one of them has fewer than k
 */
export function subspaceOverlap(
  a: TopSingular,
  b: TopSingular,
  k: number,
): { readonly left: SubspaceOverlap; readonly right: SubspaceOverlap } {
  return {
    left: overlapOf(a.left, a.values.length, b.left, b.values.length, k),
    right: overlapOf(a.right, a.values.length, b.right, b.values.length, k),
  };
}

function overlapOf(
  a: Float64Array,
  aCount: number,
  b: Float64Array,
  bCount: number,
  k: number,
): SubspaceOverlap {
  if (k < 1 || k > Math.min(aCount, bCount))
    throw new RangeError(
      `a subspace of ${k} of the ${Math.min(aCount, bCount)} directions that both updates have`,
    );
  const dimension = a.length / aCount;
  // By columns, which the SVD does not mind: transposed, it has the same singular values.
  const products = new Float64Array(k * k);
  for (let row = 0; row < dimension; row++) {
    for (let i = 0; i < k; i++) {
      const x = a[row * aCount + i] as number;
      for (let j = 0; j < k; j++)
        products[i * k + j] = (products[i * k + j] as number) + x * (b[row * bCount + j] as number);
    }
  }
  const overlaps = overlapsOf(products, k);
  const { values } = jacobiSvd(products, k, k);
  return {
    overlap: overlaps[k - 1] as number,
    overlaps,
    expected: k / dimension,
    angles: [...values].map((cosine) => Math.acos(Math.min(1, cosine))),
    k,
    dimension,
  };
}

/** Leading blocks of U₁ᵀU₂ [k, k] are the products of the leading vectors: each adds a row and a column. */
function overlapsOf(products: Float64Array, k: number): number[] {
  let squares = 0;
  return Array.from({ length: k }, (_, last) => {
    for (let i = 0; i < last; i++)
      squares += (products[i * k + last] as number) ** 2 + (products[last * k + i] as number) ** 2;
    squares += (products[last * k + last] as number) ** 2;
    return squares / (last + 1);
  });
}
