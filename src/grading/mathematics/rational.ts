/** An exact fraction: the denominator is positive, and nothing divides both. */
export interface Rational {
  readonly top: bigint;
  readonly bottom: bigint;
}

import { step } from '../steps.ts';

/** What is longer than this is left to floating point: an answer is not worth a page of digits. */
const MAX_BITS = 4096;

export function rational(top: bigint, bottom = 1n): Rational | undefined {
  if (bottom === 0n) return undefined;
  const divisor = commonDivisor(top, bottom) * (bottom < 0n ? -1n : 1n);
  const reduced = { top: top / divisor, bottom: bottom / divisor };
  return bitsOf(reduced.top) > MAX_BITS || bitsOf(reduced.bottom) > MAX_BITS ? undefined : reduced;
}

/** Up to four more than there are; counting them takes as long as they are many. */
function bitsOf(value: bigint): number {
  return 4 * value.toString(16).length;
}

/** Digits with an optional decimal part, e.g. "3.25"; undefined where it is none. */
export function parseDecimal(text: string): Rational | undefined {
  const match = /^(\d*)(?:\.(\d*))?$/.exec(text);
  const [whole = '', part = ''] = match ? [match[1], match[2]] : [];
  if (!match || whole + part === '' || text.length > MAX_BITS / 4) return undefined;
  return rational(BigInt(whole + part), 10n ** BigInt(part.length));
}

export function add(a: Rational, b: Rational): Rational | undefined {
  return rational(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom);
}

export function multiply(a: Rational, b: Rational): Rational | undefined {
  return rational(a.top * b.top, a.bottom * b.bottom);
}

export function divide(a: Rational, b: Rational): Rational | undefined {
  return rational(a.top * b.bottom, a.bottom * b.top);
}

export function negate(a: Rational): Rational {
  return { top: -a.top, bottom: a.bottom };
}

/** Whole exponents only; undefined for others, for 0 to a negative power, and where it would be too long. */
export function power(base: Rational, exponent: Rational): Rational | undefined {
  if (exponent.bottom !== 1n) return undefined;
  const times = exponent.top < 0n ? -exponent.top : exponent.top;
  const bits = BigInt(base.top.toString(2).length + base.bottom.toString(2).length);
  step(MAX_BITS);
  if (times * bits > BigInt(MAX_BITS)) return undefined;
  return exponent.top < 0n
    ? rational(base.bottom ** times, base.top ** times)
    : rational(base.top ** times, base.bottom ** times);
}

export function equalRational(a: Rational, b: Rational): boolean {
  return a.top === b.top && a.bottom === b.bottom;
}

function commonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  for (; y > 0n; [x, y] = [y, x % y]) step(4);
  return x === 0n ? 1n : x;
}
