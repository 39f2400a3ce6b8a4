import { expect, it } from 'vitest';
import { spectrumCost } from './cost.ts';

it('counts what LAPACK counts, whichever way round the matrix lies', () => {
  const [m, n] = [18944, 3584];
  const { triangle, band } = spectrumCost(m, n, 16);
  // dgeqrf: 2mn² − ⅔n³; dgebrd of the triangle: 8/3 n³ (LAPACK Working Note 41).
  expect(triangle / 1e9).toBeCloseTo(455.97, 1);
  expect(band / 1e9).toBeCloseTo(122.76, 1);
  expect(spectrumCost(n, m, 16)).toEqual(spectrumCost(m, n, 16));
  expect(spectrumCost(n, n, 16)).toMatchObject({ triangle: 0 });
  expect(spectrumCost(n, n, 16).band).toBeCloseTo((8 / 3) * n ** 3, -3);
});
