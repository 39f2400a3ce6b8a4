/** What the package promises beyond what `src/spectra` does, on the CPU: the GPU's values are checked there, and by its example. */
import { afterEach, expect, test, vi } from 'vitest';
import type { Spectra } from './index.ts';
import { openSpectra } from './index.ts';

const SIZE = 400;
const matrix = Float32Array.from({ length: SIZE * SIZE }, (_, at) =>
  Math.min(Math.floor(at / SIZE) + 1, (at % SIZE) + 1),
);
const largest = 1 / (4 * Math.sin(Math.PI / (4 * SIZE + 2)) ** 2);

let spectra: Spectra;
afterEach(() => {
  spectra.dispose();
  vi.restoreAllMocks();
});

test('a matrix that is cancelled takes no other with it, and those stay with the caller', async () => {
  spectra = await openSpectra({ device: 'cpu' });
  const controller = new AbortController();
  const { signal } = controller;
  const first = spectra.singularValues(matrix, SIZE, SIZE, { signal });
  const second = spectra.singularValues(matrix, SIZE, SIZE);
  const third = spectra.singularValues(matrix, SIZE, SIZE, { signal });
  // The worker is still starting: it has been asked, and has not answered.
  await new Promise((resolve) => setTimeout(resolve));
  controller.abort();
  await expect(first).rejects.toMatchObject({ name: 'Cancelled' });
  await expect(third).rejects.toMatchObject({ name: 'Cancelled' });
  const { values, device } = await second;
  expect(device).toBe('cpu');
  expect(values[0]).toBeCloseTo(largest, 6);
  expect(matrix).toHaveLength(SIZE * SIZE);
});

test.each([
  [2, 3, 5],
  [1.5, 4, 6],
  [-2, -3, 6],
])('a matrix of %d × %d has not %d entries', async (rows, cols, entries) => {
  spectra = await openSpectra({ device: 'cpu' });
  await expect(spectra.singularValues(new Float32Array(entries), rows, cols)).rejects.toMatchObject({
    name: 'ShapeMismatch',
    what: `a matrix of ${rows} × ${cols} does not have ${entries} entries`,
  });
});

test('without a GPU the CPU computes, and says so', async () => {
  vi.spyOn(navigator.gpu, 'requestAdapter').mockResolvedValue(null);
  const notices: string[] = [];
  spectra = await openSpectra({ onNotice: (notice) => notices.push(notice) });
  expect(notices).toEqual([
    'The GPU cannot be used (no GPU was offered): singular values are computed on the CPU.',
  ]);
  expect(spectra.adapter).toBeNull();
  const { values, device } = await spectra.singularValues(Float32Array.of(3, 0, 0, 0, -4, 0), 2, 3);
  expect([...values, device]).toEqual([4, 3, 'cpu']);
});
