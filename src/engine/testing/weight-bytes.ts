import type { WeightDtype } from '../protocol/device.ts';

/** Bytes of an `[out, in]` matrix on the device: blocks of 32 weights with a float32 scale, or plain. */
export function weightMatrixBytes(out: number, into: number, format: WeightDtype): number {
  const blocks = Math.ceil(into / 32);
  return out * { f32: 4 * into, f16: 2 * into, q8: blocks * 36, q4: blocks * 20 }[format];
}
