/** Does this GPU compute what the CPU computes? Asked once per device, before any spectrum of it is believed. */
import { seededRandom } from '../../seeded-random.ts';
import { NamedError } from '../../named-error.ts';
import type { SpectrumBackend } from '../backend.ts';
import { smallSingularValues } from './reference/small.ts';

/** Tall enough for a QR before the reduction and for a tree of several leaves; no multiple of any tile. */
const ROWS = 531;
const COLS = 37;
/** f32 rounding is some 1e-7; kernels that went wrong are off by whole values. */
const TOLERANCE = 1e-5;

/** @throws NamedError `GpuResultWrong` with the error found */
export async function selfCheck(backend: SpectrumBackend): Promise<void> {
  const random = seededRandom(11);
  const matrix = Float32Array.from({ length: ROWS * COLS }, () => random() - 0.5);
  const actual = await backend.singularValues(matrix, ROWS, COLS);
  const expected = smallSingularValues(matrix, ROWS, COLS);
  const error = expected.reduce(
    (worst, value, at) => Math.max(worst, Math.abs(value - (actual[at] as number))),
    0,
  );
  if (error <= TOLERANCE * (expected[0] as number)) return;
  throw new NamedError(
    'GpuResultWrong',
    `singular values of a test matrix are off by ${error}, of ${expected[0]}`,
    {},
    'this GPU or its driver computes wrongly; use the CPU',
  );
}
