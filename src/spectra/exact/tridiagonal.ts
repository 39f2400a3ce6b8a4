import type { Kernels } from '../kernels/kernels.ts';
import { throwIfCancelled } from '../../work/cancel.ts';
import { yieldToEvents } from '../../work/turns.ts';

/** Rows reduced before the rest is updated: half of the work becomes a matrix product that lives in the cache. */
const PANEL_ROWS = 32;

export interface Tridiagonal {
  readonly diagonal: Float64Array<ArrayBuffer>;
  /** Entry i lies between i and i + 1; the last is unused. */
  readonly offDiagonal: Float64Array<ArrayBuffer>;
}

/**
 * T = Qᵀ A Q by Householder reflections, blocked (Golub and Van Loan §8.3; LAPACK's dsytrd). A is the lower triangle at
 * `address`, and is overwritten.
 *
 * @throws NamedError `Cancelled`
 */
export async function tridiagonalize(
  kernels: Kernels,
  address: number,
  size: number,
  stride: number,
  signal?: AbortSignal,
): Promise<Tridiagonal> {
  const panelBytes = PANEL_ROWS * stride * 8;
  const [v, w] = [kernels.reserve(panelBytes), kernels.reserve(panelBytes)];
  const [p, q] = [kernels.reserve(2 * panelBytes), kernels.reserve(2 * panelBytes)];
  const [d, e] = [kernels.reserve(stride * 8), kernels.reserve(stride * 8)];
  for (let last = size - 1; last >= 0; last -= PANEL_ROWS) {
    const count = Math.min(PANEL_ROWS, last + 1);
    kernels.run.reducePanel(address, stride, last, count, v, w, d, e);
    const tiles = Math.ceil((last + 1 - count) / 4);
    kernels.run.packPanel(v, w, stride, count, tiles, p, q);
    kernels.run.lowerRankUpdate(address, stride, p, q, tiles, 2 * count, -1);
    if (signal) {
      await yieldToEvents();
      throwIfCancelled(signal);
    }
  }
  return { diagonal: kernels.doubles(d, size).slice(), offDiagonal: kernels.doubles(e, size).slice() };
}
