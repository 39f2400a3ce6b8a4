/** What must be known of a matrix before it travels. */
import { Yielder } from '../../work/turns.ts';
import type { NamedError } from '../../named-error.ts';
import { nonFinite } from '../exact/support.ts';
import { throwIfCancelled } from '../../work/cancel.ts';

export interface Measured {
  readonly largest: number;
  /** ‖A‖_F², summed in f64. */
  readonly squaredNorm: number;
}

const PIECE = 2 ** 20;

/**
 * Largest |a| and ‖A‖_F². Squares of f32 neither overflow nor underflow in f64.
 *
 * @throws NamedError `NonFiniteMatrix` with the entry, `Cancelled`
 */
export async function measure(data: Float32Array, cols: number, signal?: AbortSignal): Promise<Measured> {
  const yielder = new Yielder();
  let largest = 0;
  let squaredNorm = 0;
  for (let first = 0; first < data.length; first += PIECE) {
    const end = Math.min(data.length, first + PIECE);
    let sum = 0;
    for (let i = first; i < end; i++) {
      const value = Math.abs(data[i] as number);
      if (value > largest) largest = value;
      sum += value * value;
    }
    if (!Number.isFinite(sum)) throw notFinite(data, cols, first);
    squaredNorm += sum;
    await yielder.pause();
    throwIfCancelled(signal);
  }
  return { largest, squaredNorm };
}

function notFinite(data: Float32Array, cols: number, first: number): NamedError {
  let at = first;
  while (Number.isFinite(data[at])) at++;
  return nonFinite(data[at] as number, Math.floor(at / cols), at % cols);
}

/** The power of two that brings the largest entry to [1, 2): exact, and squares stay far from f32's ends. */
export function powerOfTwoScale(largest: number): number {
  if (largest === 0) return 1;
  // f32 holds 2⁻¹²⁶ … 2¹²⁷ as normal numbers, and devices may flush the others.
  return 2 ** Math.max(-126, Math.min(126, -Math.floor(Math.log2(largest))));
}
