import { bandSuite } from './band-suite.ts';
import { reduceToBand } from './reduce.ts';

const width = 8;
bandSuite(
  'in f64',
  () => ({
    width,
    reduce: async (matrix, rows, cols) => reduceToBand(matrix, rows, cols, width),
  }),
  // The made matrix is rounded to f32.
  1e-7,
);
