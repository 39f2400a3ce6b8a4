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

/**
 * The form of shares, or of differences of shares, that are told together: where one of them has a decimal, whole numbers have theirs, too,
 * but for what is none or all. "54 %", "40.4 %", "67 %" are told as "54.0 %", "40.4 %", "67.0 %".
 * @param {readonly number[]} values
 * @param {(value: number) => string} [form] `percentText` or `points`
 * @returns {(value: number) => string}
 */
export function evenShares(values, form = percentText) {
  if (!values.some((value) => form(value).includes('.'))) return form;
  return (value) => form(value).replace(WHOLE_SHARE, '$1$2.0$3');
}

/** "67 %", "+4"; not "0 %", nor "100 %". */
const WHOLE_SHARE = /^([\u2212+]?)(?!(?:0|100)\b)(\d+)( %)?$/;

/**
 * The form of numbers that stand below each other: all have as many decimals as the one that takes most, "0.3350" beside "0.3791". Where one has
 * a unit or a power of ten, each keeps its own form.
 * @param {readonly number[]} values
 * @param {(value: number) => string} form
 * @returns {(value: number) => string}
 */
export function evenNumbers(values, form) {
  const texts = values.map((value) => form(value));
  if (!texts.every((text) => DECIMAL.test(text))) return form;
  const decimals = Math.max(0, ...texts.map((text) => text.split('.')[1]?.length ?? 0));
  return (value) => (value === 0 ? '0' : value.toFixed(decimals).replace('-', MINUS));
}

/** "0.335", "−12". */
const DECIMAL = /^\u2212?\d+(\.\d+)?$/;

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
 * The form of numbers that stand beside each other: all have as many decimals as give the largest of their spreads two digits; what these
 * do not show has one digit of its own, and very small numbers the power of ten of the largest.
 * @param {readonly number[]} values
 * @param {readonly number[]} spreads
 * @returns {(value: number) => string}
 */
export function evenForm(values, spreads) {
  const orderOf = (/** @type {readonly number[]} */ sizes) =>
    Math.floor(Math.log10(Math.max(0, ...sizes.map(Math.abs))) + 1e-9);
  const order = orderOf(spreads);
  if (!Number.isFinite(order)) return (value) => plainNumber(value);
  const power = order < -MOST_ZEROS ? orderOf(values) : 0;
  return (value) => {
    const fixed = (value / 10 ** power).toFixed(Math.min(Math.max(0, 1 - order + power), MOST_DECIMALS));
    if (Number(fixed) === 0) return plainNumber(value, 1);
    return `${fixed}${power === 0 ? '' : `e${power}`}`.replaceAll('-', MINUS);
  };
}

/**
 * Means that stand beside each other, each with its spread, the fuller form first: "0.0440 ± 0.0021", "0.0440".
 * @param {readonly {readonly mean: number, readonly deviation: number | null}[]} row a deviation is null of one number
 * @param {boolean} [inPercent] whether they are shares that are told in percent
 * @returns {readonly (readonly string[])[]}
 */
export function spreadTexts(row, inPercent = false) {
  const [factor, unit] = inPercent ? [100, ' %'] : [1, ''];
  const form = evenForm(
    row.map(({ mean }) => factor * mean),
    row.map(({ deviation }) => factor * (deviation ?? 0)),
  );
  return row.map(({ mean, deviation }) => {
    const alone = `${form(factor * mean)}${unit}`;
    return deviation ? [`${alone} ± ${form(factor * deviation)}${unit}`, alone] : [alone];
  });
}

/** More a number does not take. */
const MOST_DECIMALS = 100;

/** A spread whose first digit comes after more zeros is written with a power of ten. */
const MOST_ZEROS = 6;
