/** Numbers as sentences, axes and tables alike have them. */

import { plainNumber } from './plain-number.mjs';

/** @typedef {{readonly low: number, readonly high: number}} Interval */

const MINUS = '\u2212';

/** Shares of which no more is known than rounding: they are what they would be without it. */
const CRUMB = 1e-12;

/**
 * A share in percent, with one decimal; with as many as it takes where that would say none or all of what is neither: "87.4", "0.03",
 * "99.97".
 * @param {number} share
 */
function hundredths(share) {
  const size = Math.abs(share);
  const rounded = Number((size * 100).toFixed(1));
  if (rounded === 0 && size > CRUMB) return String(Number((size * 100).toPrecision(1)));
  if (rounded === 100 && Math.abs(1 - size) > CRUMB) {
    const off = Number((Math.abs(1 - size) * 100).toPrecision(1));
    return String(Number((size < 1 ? 100 - off : 100 + off).toPrecision(12)));
  }
  return String(rounded);
}

/**
 * "87.4 %".
 * @param {number} share
 */
export function percentText(share) {
  return `${share < -CRUMB ? MINUS : ''}${hundredths(share)} %`;
}

/**
 * A difference of shares in percentage points, signed: "+4", "−3.1".
 * @param {number} share
 */
export function points(share) {
  return `${share < -CRUMB ? MINUS : '+'}${hundredths(share)}`;
}

/**
 * A difference of numbers, signed: "+0.0013".
 * @param {number} value
 */
export function signed(value) {
  return value < 0 ? plainNumber(value) : `+${plainNumber(value)}`;
}

/**
 * "79.1 % to 92 %", in the form of what it is an interval of.
 * @param {Interval} interval
 * @param {(value: number) => string} form
 */
export function spanText({ low, high }, form) {
  return `${form(low)} to ${form(high)}`;
}

/** @param {number} p */
export function pText(p) {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/**
 * "p = 0.340", "p < 0.001".
 * @param {number} p
 */
export function pSaid(p) {
  return p < 0.001 ? 'p < 0.001' : `p = ${pText(p)}`;
}

/**
 * A mean with its spread, the fuller form first: "0.0440 ± 0.0021", "0.0440". The spread has two digits and the mean as many decimals; in
 * percent both read as every share does.
 * @param {number} mean
 * @param {number | null} spread null of one number
 * @param {((value: number) => string) | undefined} [form] of an axis that has one
 * @returns {readonly string[]}
 */
export function spreadTexts(mean, spread, form) {
  if (form) return spread === null ? [form(mean)] : [`${form(mean)} ± ${form(spread)}`, form(mean)];
  if (spread === null || spread === 0) return [plainNumber(mean)];
  const decimals = 1 - Math.floor(Math.log10(spread));
  if (decimals < 0 || decimals > 7)
    return [`${plainNumber(mean)} ± ${plainNumber(spread)}`, plainNumber(mean)];
  const fixed = (/** @type {number} */ value) => value.toFixed(decimals).replace('-', MINUS);
  return [`${fixed(mean)} ± ${fixed(spread)}`, fixed(mean)];
}
