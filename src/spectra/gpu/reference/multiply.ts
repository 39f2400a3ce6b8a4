/** op(A)·B in f64: A row-major [m, k], or [k, m] where `transposed`; B [k, n]; the product [m, n]. */
export function multiplyReference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  m: number,
  n: number,
  k: number,
  transposed: boolean,
): Float64Array {
  const product = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      const x = a[transposed ? l * m + i : i * k + l] as number;
      for (let j = 0; j < n; j++)
        product[i * n + j] = (product[i * n + j] as number) + x * (b[l * n + j] as number);
    }
  }
  return product;
}
