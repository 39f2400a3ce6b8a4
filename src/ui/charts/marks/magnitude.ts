import { interpolateCividis, interpolateViridis, rgb } from 'd3';

export type Scheme = 'viridis' | 'cividis';

/** What a colour measures: its title with the unit, its ends, and how its numbers read. */
export interface Magnitude {
  readonly title: string;
  /** Ends of the colour scale; from the data otherwise. */
  readonly domain?: readonly [number, number];
  readonly format?: (value: number) => string;
}

/** Steps of colour that are told apart in a path of cells: finer than the eye, coarse enough to draw in few paths. */
const LEVELS = 64;

/** Ends of the colour scale of these values. */
export function magnitudeDomain(magnitude: Magnitude, values: readonly number[]): readonly [number, number] {
  if (magnitude.domain) return magnitude.domain;
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return [0, 1];
  let [low, high] = [finite[0] ?? 0, finite[0] ?? 1];
  for (const value of finite) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return low === high ? [low, low + (Math.abs(low) || 1)] : [low, high];
}

/** The ends of the scale as text, with decimals as fine as its extent needs. */
export function domainTexts({ format }: Magnitude, domain: readonly [number, number]): [string, string] {
  const decimals = Math.min(9, Math.max(0, 2 - Math.floor(Math.log10(domain[1] - domain[0]))));
  const text = (value: number) => String(Number(value.toFixed(decimals))).replace('-', '\u2212');
  return [(format ?? text)(domain[0]), (format ?? text)(domain[1])];
}

/** The level (0 … LEVELS − 1) of a value. */
export function levelOf(value: number, [low, high]: readonly [number, number]): number {
  const share = (value - low) / (high - low);
  return Math.round(Math.min(1, Math.max(0, share)) * (LEVELS - 1));
}

/** Colour of a level as `#rrggbb`. */
export function levelColour(level: number, scheme: Scheme): string {
  const interpolate = scheme === 'viridis' ? interpolateViridis : interpolateCividis;
  return rgb(interpolate(level / (LEVELS - 1))).formatHex();
}
