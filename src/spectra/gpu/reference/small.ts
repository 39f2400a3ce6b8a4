import { jacobiSvd } from '../../exact/jacobi.ts';

/** Singular values of a small row-major matrix in f64, descending, by one-sided Jacobi: an oracle that shares nothing with the reduction. */
export function smallSingularValues(matrix: ArrayLike<number>, rows: number, cols: number): Float64Array {
  const wide = cols > rows;
  const [length, count] = wide ? [cols, rows] : [rows, cols];
  const columns = Float64Array.from({ length: length * count }, (_, at) => {
    const [column, row] = [Math.floor(at / length), at % length];
    return matrix[wide ? at : row * cols + column] as number;
  });
  return jacobiSvd(columns, length, count).values;
}
