import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import goldens from '../../../tools/goldens/data/spectra/spectra.json';
import { accuracyOf } from '../accuracy.ts';
import { spectrumMetrics } from '../metrics.ts';
import { expectWithinBounds } from '../testing/golden-bounds.ts';
import type { GoldenSpectrum } from '../testing/golden-matrices.ts';
import { goldenMatrix, sumOf } from '../testing/golden-matrices.ts';
import { GpuSpectrumBackend } from './backend.ts';
import { createGpuSpectrumBackend } from './create.ts';
import { multiplyReference } from './reference/multiply.ts';
import { smallSingularValues } from './reference/small.ts';
import { requestSpectrumDevice } from './spectrum-device.ts';
import { geometric, uniformMatrix, withSpectrum } from './testing/known-spectrum.ts';

const COMPILE_MS = 240_000;
let backend: GpuSpectrumBackend;
beforeAll(async () => {
  backend = await createGpuSpectrumBackend();
}, COMPILE_MS);
afterAll(() => backend.dispose());

/** Largest error over all values, relative to σ₁. */
function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  const errors = Array.from(expected, (value, at) => Math.abs(value - (actual[at] as number)));
  return Math.max(...errors) / (expected[0] as number);
}

describe('singularValues on WebGPU against NumPy in float64', () => {
  const cases = goldens.cases as readonly GoldenSpectrum[];
  it.each(cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    const { rows, columns } = golden;
    const matrix = goldenMatrix(golden);
    expect(sumOf(matrix)).toBe(golden.sum);
    const values = await backend.singularValues(matrix, rows, columns);
    expect(values).toHaveLength(Math.min(rows, columns));
    const accuracy = accuracyOf('webgpu', Math.min(rows, columns));
    const metrics = spectrumMetrics(values, { topK: goldens.topK, accuracy });
    // Beyond float32's reach by its general bound: said so, though a matrix nearly diagonal may come out better.
    const beyond = golden.expected.conditionNumber > accuracy.conditionLimit;
    expectWithinBounds(metrics, beyond ? { ...golden, torchFloat32ConditionNumber: NaN } : golden);
    if (beyond) expect(metrics.conditionKnown).toBe(false);
  });
});

describe('singularValues on WebGPU', () => {
  it('is within 2e-6 σ₁ in every value, and keeps scale: of 1e-30 and 1e30 as of 1', async () => {
    const [rows, cols] = [70, 45];
    const values = geometric(cols, 1e-4);
    const made = withSpectrum(values, rows, cols, 2);
    for (const size of [1, 1e-30, 1e30]) {
      const matrix = Float32Array.from(made, (value) => size * value);
      const actual = await backend.singularValues(matrix, rows, cols);
      expect(
        worst(
          actual,
          values.map((value) => size * value),
        ),
      ).toBeLessThan(2e-6);
      expect(Math.abs((actual[cols - 1] as number) / (size * 1e-4) - 1)).toBeLessThan(0.01);
    }
  });

  it.each([
    [500, 30, 100 * 4 * 32],
    [30, 500, 100 * 4 * 32],
    [200, 100, 150 * 4 * 112],
  ])(
    'of %i × %i come out the same from blocks of rows, where little fits at once',
    async (rows, cols, matrixBytes) => {
      const matrix = uniformMatrix(rows, cols, 4);
      const device = await requestSpectrumDevice();
      const tiled = await GpuSpectrumBackend.create({ device, matrixBytes });
      const actual = await tiled.singularValues(matrix, rows, cols);
      expect(worst(actual, smallSingularValues(matrix, rows, cols))).toBeLessThan(2e-6);
      device.destroy();
    },
  );

  it('says where a value that is no number lies', async () => {
    const matrix = new Float32Array(12);
    matrix[7] = Infinity;
    await expect(backend.singularValues(matrix, 3, 4)).rejects.toMatchObject({
      name: 'NonFiniteMatrix',
      what: 'the update holds Infinity at row 1, column 3',
    });
  });

  it('ends soon when cancelled, and computes the next matrix', async () => {
    const controller = new AbortController();
    const [rows, cols] = [600, 500];
    const running = backend.singularValues(uniformMatrix(rows, cols, 1), rows, cols, {
      signal: controller.signal,
    });
    const next = backend.singularValues(uniformMatrix(20, 10, 1), 20, 10);
    setTimeout(() => controller.abort(), 100);
    await expect(running).rejects.toMatchObject({ name: 'Cancelled' });
    expect(worst(await next, smallSingularValues(uniformMatrix(20, 10, 1), 20, 10))).toBeLessThan(2e-6);
  });

  it('says DeviceLost when the device goes away, before and during the work', async () => {
    const device = await requestSpectrumDevice();
    const lost = await GpuSpectrumBackend.create({ device });
    const running = lost.singularValues(uniformMatrix(400, 300, 1), 400, 300);
    setTimeout(() => device.destroy(), 100);
    await expect(running).rejects.toMatchObject({ name: 'DeviceLost' });
    await expect(lost.singularValues(uniformMatrix(4, 3, 1), 4, 3)).rejects.toMatchObject({
      name: 'DeviceLost',
    });
  });

  it('refuses with numbers what the device cannot bind', async () => {
    const device = await requestSpectrumDevice();
    const tight = await GpuSpectrumBackend.create({ device, matrixBytes: 9 * 2 ** 20 });
    await expect(
      tight.singularValues(new Float32Array(1600 * 1600).fill(1), 1600, 1600),
    ).rejects.toMatchObject({
      name: 'LimitTooSmall',
      what: expect.stringContaining('9437184'),
    });
    device.destroy();
  });
});

describe('operator on WebGPU', () => {
  it.each([
    [70, 50, 3],
    [130, 1100, 17],
    [64, 64, 64],
    [1, 5, 70],
  ])('multiplies %i × %i by %i vectors from both sides', async (rows, cols, count) => {
    const matrix = uniformMatrix(rows, cols, 3);
    const x = uniformMatrix(cols, count, 4);
    const y = uniformMatrix(rows, count, 5);
    const operator = await backend.operator(matrix, rows, cols);
    const largestError = (actual: Float32Array, expected: Float64Array): number => {
      expect(actual.length).toBe(expected.length);
      return expected.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (actual[at] as number))),
        0,
      );
    };
    const bound = 1e-6 * Math.sqrt(Math.max(rows, cols));
    const times = await operator.times(x, count);
    expect(largestError(times, multiplyReference(matrix, x, rows, count, cols, false))).toBeLessThan(bound);
    const back = await operator.transposeTimes(y, count);
    expect(largestError(back, multiplyReference(matrix, y, cols, count, rows, true))).toBeLessThan(bound);
    operator.dispose();
  });

  it('adds up blocks of rows', async () => {
    const [rows, cols, count] = [300, 40, 5];
    const device = await requestSpectrumDevice();
    const tiled = await GpuSpectrumBackend.create({ device, matrixBytes: 16 * 2 ** 10 });
    const matrix = uniformMatrix(rows, cols, 3);
    const y = uniformMatrix(rows, count, 5);
    const operator = await tiled.operator(matrix, rows, cols);
    const expected = multiplyReference(matrix, y, cols, count, rows, true);
    expect(worst(await operator.transposeTimes(y, count), expected)).toBeLessThan(1e-5);
    device.destroy();
  });
});
