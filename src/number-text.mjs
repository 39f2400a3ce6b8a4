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
 * A mean with its spread, the fuller form first: "0.0440 ± 0.0021", "0.0440". Both have as many decimals: the spread two digits, in the
 * form of an axis as many as the finer of the two takes there ("9.1 % ± 8.0 %"). A spread of zero is none.
 * @param {number} mean
 * @param {number | null} spread null of one number
 * @param {{readonly format: (value: number) => string, readonly tabled?: (value: number) => number} | undefined} [form] of an axis that has
 * one: a number as text, and the number that stands in it where that is another
 * @returns {readonly string[]}
 */
export function spreadTexts(mean, spread, form) {
  if (spread === null || spread === 0) return [(form?.format ?? plainNumber)(mean)];
  if (form) return formed(mean, spread, form);
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(spread)));
  if (decimals <= 7 || Math.abs(mean) >= 1e-4) return fixed(mean, spread, Math.min(decimals, 15));
  const power = Math.floor(Math.log10(Math.max(Math.abs(mean), spread)));
  const [both = '', alone = ''] = fixed(mean / 10 ** power, spread / 10 ** power, decimals + power);
  const exponent = `e${power}`.replace('-', MINUS);
  return [`(${both})${exponent}`, `${alone}${exponent}`];
}

/**
 * @param {number} mean
 * @param {number} spread
 * @param {number} decimals
 * @param {string} [unit]
 */
function fixed(mean, spread, decimals, unit = '') {
  const text = (/** @type {number} */ value) => `${value.toFixed(decimals).replace('-', MINUS)}${unit}`;
  return [`${text(mean)} ± ${text(spread)}`, text(mean)];
}

/** A number without an exponent as a form has it, with its decimals and what stands behind it. */
const FORMED = /^\D?\d+(?:\.(\d+))?(\D*)$/;

/**
 * @param {number} mean
 * @param {number} spread
 * @param {{readonly format: (value: number) => string, readonly tabled?: (value: number) => number}} form
 */
function formed(mean, spread, { format, tabled }) {
  const texts = [format(mean), format(spread)];
  const parts = texts.map((text) => FORMED.exec(text));
  if (parts.includes(null)) return [texts.join(' ± '), format(mean)];
  const decimals = Math.max(...parts.map((part) => part?.[1]?.length ?? 0));
  const number = (/** @type {number} */ value) => (tabled ? tabled(value) : value);
  return fixed(number(mean), number(spread), decimals, parts[0]?.[2] ?? '');
}
