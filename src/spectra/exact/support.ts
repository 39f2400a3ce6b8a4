import { NamedError } from '../../named-error.ts';

/** Where a matrix is not zero. Rows and columns of zeros leave the singular values as they are, but for zeros. */
export interface Support {
  readonly rows: Uint32Array;
  readonly columns: Uint32Array;
}

/**
 * The rows and columns of a row-major matrix that hold anything but zeros: an update that touches few rows of an
 * embedding is a small matrix, and its rank is known exactly.
 *
 * @throws NamedError `NonFiniteMatrix` for a NaN or an infinity, with its row and column
 */
export function supportOf(matrix: Float32Array, rows: number, columns: number): Support {
  const usedRows: number[] = [];
  const used = new Uint8Array(columns);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let any = false;
    for (let column = 0; column < columns; column++) {
      const value = matrix[start + column] as number;
      if (value === 0) continue;
      if (value - value !== 0) throw nonFinite(value, row, column);
      any = true;
      used[column] = 1;
    }
    if (any) usedRows.push(row);
  }
  const usedColumns: number[] = [];
  for (let column = 0; column < columns; column++) if (used[column] === 1) usedColumns.push(column);
  return { rows: Uint32Array.from(usedRows), columns: Uint32Array.from(usedColumns) };
}

/** The same of one value. */
export function nonFinite(value: number, row: number, column: number): NamedError {
  return nonFiniteMatrix(`the update holds ${value} at row ${row}, column ${column}`);
}

/** NamedError `NonFiniteMatrix`. */
export function nonFiniteMatrix(what: string): NamedError {
  return new NamedError(
    'NonFiniteMatrix',
    what,
    {},
    'a checkpoint is damaged, or (with reference rounding) a weight lies beyond the range of float16',
  );
}
