/** How cost grows with size. */
import { mean } from '../statistics/mean.ts';

export interface Power {
  /** Slope of log(seconds) over log(size), least squares. */
  readonly power: number;
  /** The largest factor by which a time lies off that line. */
  readonly powerOff: number;
}

/** The exponent p of seconds ≈ c·sizeᵖ; NaN from fewer than two sizes. */
export function powerOf(times: readonly { readonly size: number; readonly seconds: number }[]): Power {
  const points = times.map(({ size, seconds }) => [Math.log(size), Math.log(seconds)] as const);
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  const power =
    mean(points.map(([at, value]) => (at - x) * (value - y))) / mean(points.map(([at]) => (at - x) ** 2));
  const off = points.map(([at, value]) => Math.abs(value - y - power * (at - x)));
  return { power, powerOff: Math.exp(Math.max(...off)) };
}
