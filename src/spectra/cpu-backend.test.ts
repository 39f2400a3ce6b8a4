import { describe, expect, it } from 'vitest';
import { failureOf } from '../checkpoint/testing/files.ts';
import { accuracyOf } from './accuracy.ts';
import { CpuBackend } from './cpu-backend.ts';
import { spectrumMetrics } from './metrics.ts';
import { expectWithinBounds } from './testing/golden-bounds.ts';
import { goldenMatrix, sumOf } from './testing/golden-matrices.ts';
import { readSpectraGoldens } from './testing/read-goldens.ts';
import { inlineThreads } from './threads/inline.ts';

const goldens = readSpectraGoldens();
const cpu = new CpuBackend(inlineThreads());

describe('spectra on the CPU against NumPy in float64', () => {
  it.each(goldens.cases.map((golden) => [golden.name, golden] as const))('%s', async (_, golden) => {
    const { rows, columns } = golden;
    const matrix = goldenMatrix(golden);
    expect(sumOf(matrix)).toBe(golden.sum);
    const values = await cpu.singularValues(matrix, rows, columns);
    expect(values).toHaveLength(Math.min(rows, columns));
    const accuracy = accuracyOf('cpu', Math.min(rows, columns));
    expectWithinBounds(spectrumMetrics(values, { topK: goldens.topK, accuracy }), golden);
  });

  it('says where a value that is no number lies', async () => {
    const matrix = new Float32Array(12);
    matrix[7] = NaN;
    const error = await failureOf(cpu.singularValues(matrix, 3, 4));
    expect(error.name).toBe('NonFiniteMatrix');
    expect(error.what).toContain('row 1, column 3');
  });

  it('stops between panels when cancelled', async () => {
    const controller = new AbortController();
    const work = cpu.singularValues(
      goldenMatrix(goldens.cases.find(({ name }) => name === '1024 square') as never),
      1024,
      1024,
      {
        signal: controller.signal,
      },
    );
    controller.abort();
    expect((await failureOf(work)).name).toBe('Cancelled');
  });
});
