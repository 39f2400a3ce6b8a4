/**
 * Rounding to nearest with a search for the scale: of some candidates the one with the least squared error, as observers of the
 * mean squared error choose it. Each candidate is judged as it is stored, after its own rounding.
 */
import { floatToHalf, halfToFloatBits } from '../float16.ts';
import type { RoundingError } from './encoder.ts';

/** The codes there are, and the scales that are tried for a group. */
export interface Levels {
  readonly lowest: number;
  readonly highest: number;
  /** Candidates are these multiples of (largest magnitude) / `divisor`. */
  readonly divisor: number;
  readonly multiples: readonly number[];
  /** The scale takes the sign of the value of the largest magnitude, so that this one may have the code `lowest`. */
  readonly signed?: boolean;
}

/** How a scale is stored: the float32 that is read again. */
export type StoreScale = (scale: number) => number;

/** 1.5 · 2⁵²: to add and to subtract it rounds a number below 2⁵¹ to an integer, ties to even. */
const ROUNDER = 6755399441055744;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The upper 16 bits of the nearest bfloat16, ties to even; of a finite number. */
export function bfloat16Bits(value: number): number {
  float[0] = value;
  const word = bits[0] as number;
  return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
}

export function toBfloat16(value: number): number {
  bits[0] = bfloat16Bits(value) << 16;
  return float[0] as number;
}

export function toHalf(value: number): number {
  bits[0] = halfToFloatBits(floatToHalf(value));
  return float[0] as number;
}

/** `count` numbers `step` apart, from `centre` outwards: where a good one comes early, the others are soon given up. */
export function around(centre: number, step: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => centre + step * Math.ceil(i / 2) * (i % 2 === 0 ? 1 : -1));
}

/**
 * The scale of values `[from, to)`; of zeros alone any scale does, and it is that of a magnitude of 2⁻¹⁰.
 *
 * @returns NaN where a value is not finite, or no candidate can be stored
 */
export function searchScale(
  values: Float32Array,
  from: number,
  to: number,
  { lowest, highest, divisor, multiples, signed = false }: Levels,
  store: StoreScale,
): number {
  let largest = 0;
  for (let i = from; i < to; i += 1) {
    const value = values[i] as number;
    if (!(Math.abs(value) <= Math.abs(largest))) largest = value;
  }
  if (largest === 0) return store(2 ** -10 / divisor);
  const base = (signed ? largest : Math.abs(largest)) / divisor;
  let [best, least, last] = [Number.NaN, Infinity, Number.NaN];
  for (const multiple of multiples) {
    const scale = store(base * multiple);
    if (scale === last || scale === 0) continue;
    last = scale;
    const error = squaredError(values, from, to, scale, 0, lowest, highest, least);
    if (error < least) [best, least] = [scale, error];
  }
  return best;
}

/** A scale, and the code that stands for 0. */
export interface Affine {
  scale: number;
  zero: number;
}

/**
 * The same with codes 0 … `highest` and a zero point among them: smallest and largest value (0 included) are drawn in by each of
 * `multiples`.
 *
 * @param found set to what was chosen; `scale` is NaN as of `searchScale`
 */
export function searchAffine(
  values: Float32Array,
  from: number,
  to: number,
  { highest, multiples }: Pick<Levels, 'highest' | 'multiples'>,
  store: StoreScale,
  found: Affine,
): void {
  let [smallest, largest] = [0, 0];
  for (let i = from; i < to; i += 1) {
    const value = values[i] as number;
    if (!(value >= smallest)) smallest = value;
    if (!(value <= largest)) largest = value;
  }
  const range = largest - smallest;
  if (range === 0) {
    [found.scale, found.zero] = [store(2 ** -10), 0];
    return;
  }
  found.scale = Number.NaN;
  let least = Infinity;
  for (const multiple of multiples) {
    const scale = store((range * multiple) / highest);
    if (scale === 0) continue;
    const zero = clamped(Math.round((-smallest * multiple) / scale), 0, highest);
    const error = squaredError(values, from, to, scale, zero, 0, highest, least);
    if (error < least) [found.scale, found.zero, least] = [scale, zero, error];
  }
}

/** The codes of values `[from, to)`, written from `at` on; what they lose is added to `error`. */
export function roundGroup(
  values: Float32Array,
  from: number,
  to: number,
  { scale, zero }: Readonly<Affine>,
  { lowest, highest }: Pick<Levels, 'lowest' | 'highest'>,
  codes: Int16Array,
  at: number,
  error: RoundingError,
): void {
  const inverse = 1 / scale;
  let [squared, energy, largest] = [0, 0, error.largest];
  for (let i = from; i < to; i += 1) {
    const value = values[i] as number;
    const code = clamped(value * inverse + ROUNDER - ROUNDER + zero, lowest, highest);
    const lost = value - (code - zero) * scale;
    squared += lost * lost;
    energy += value * value;
    if (Math.abs(lost) > largest) largest = Math.abs(lost);
    codes[at + i - from] = code;
  }
  error.squared += squared;
  error.energy += energy;
  error.largest = largest;
}

/** Σ (w − (code − zero) · scale)², or some number above `limit` once it is beyond that. */
function squaredError(
  values: Float32Array,
  from: number,
  to: number,
  scale: number,
  zero: number,
  lowest: number,
  highest: number,
  limit: number,
): number {
  const inverse = 1 / scale;
  let sum = 0;
  for (let i = from; i < to && !(sum > limit); i += 1) {
    const value = values[i] as number;
    let code = value * inverse + ROUNDER - ROUNDER + zero;
    if (code > highest) code = highest;
    else if (code < lowest) code = lowest;
    const lost = value - (code - zero) * scale;
    sum += lost * lost;
  }
  return sum;
}

function clamped(value: number, lowest: number, highest: number): number {
  return value > highest ? highest : value < lowest ? lowest : value;
}
