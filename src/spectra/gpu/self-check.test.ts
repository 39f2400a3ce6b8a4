import { expect, it } from 'vitest';
import type { MatrixOperator, SpectrumBackend } from '../backend.ts';
import { multiplyReference } from './reference/multiply.ts';
import { smallSingularValues } from './reference/small.ts';
import { selfCheck } from './self-check.ts';

type Part = 'values' | 'times' | 'transposeTimes';

/** Right but for one entry of one result. */
function backendOff(wrong: Part | undefined, by: number): SpectrumBackend {
  const off = <T extends Float32Array | Float64Array>(part: Part, result: T): Promise<T> => {
    if (part === wrong) result[3] = (result[3] as number) + by;
    return Promise.resolve(result);
  };
  return {
    device: 'cpu',
    singularValues: (matrix, rows, cols) => off('values', smallSingularValues(matrix, rows, cols)),
    operator: (matrix, rows, cols): Promise<MatrixOperator> =>
      Promise.resolve({
        ...{ rows, cols, dispose: () => undefined },
        times: (x, count) =>
          off('times', Float32Array.from(multiplyReference(matrix, x, rows, count, cols, false))),
        transposeTimes: (y, count) =>
          off('transposeTimes', Float32Array.from(multiplyReference(matrix, y, cols, count, rows, true))),
      }),
    dispose: () => undefined,
  };
}

it('takes a backend that computes rightly', async () => {
  await selfCheck(backendOff(undefined, 0));
});

it.each([
  ['values', 0.01],
  ['times', 0.01],
  ['transposeTimes', 0.01],
  ['values', NaN],
  ['times', NaN],
] as const)('refuses one whose %s are off by %f', async (part, by) => {
  await expect(selfCheck(backendOff(part, by))).rejects.toMatchObject({ name: 'GpuResultWrong' });
});
