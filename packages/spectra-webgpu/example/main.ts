/**
 * The singular values of the matrix whose entry at row i, column j is min(i, j), counted from 1, against their closed form
 * 1 / (4 sin²((2k − 1)π / (4n + 2))): it is the inverse of a tridiagonal matrix of 2 and −1, whose eigenvalues are known.
 */
import { openSpectra } from '@frankenscope/spectra-webgpu';

const SIZE = 200;

const matrix = Float32Array.from({ length: SIZE * SIZE }, (_, at) =>
  Math.min(Math.floor(at / SIZE) + 1, (at % SIZE) + 1),
);
const expected = Array.from(
  { length: SIZE },
  (_, k) => 1 / (4 * Math.sin(((2 * k + 1) * Math.PI) / (4 * SIZE + 2)) ** 2),
);

const results: unknown[] = [];
for (const device of ['webgpu', 'cpu'] as const) {
  const notices: string[] = [];
  const spectra = await openSpectra({ device, onNotice: (notice) => notices.push(notice) });
  const found = await spectra.singularValues(matrix, SIZE, SIZE);
  const errors = expected.map((value, k) => Math.abs((found.values[k] ?? NaN) - value));
  results.push({
    ...{ device: found.device, adapter: spectra.adapter, notices },
    largest: [...found.values.subarray(0, 3)],
    worstRelativeToLargest: Math.max(...errors) / (expected[0] ?? NaN),
  });
  spectra.dispose();
}
(document.querySelector('pre') as HTMLPreElement).textContent = JSON.stringify(results);
