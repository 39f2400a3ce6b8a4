import { plainNumber } from './plain-number.mjs';

/** "0.335", "−12". */
const DECIMAL = /^−?\d+(\.\d+)?$/;
/** Digits of the largest of several numbers that are told together. */
const TOGETHER = 4;

/**
 * The form of a number and the ends of its interval, or of others that are told together: decimals alike, at most those that give the largest of
 * them four digits, "+0.01097 (+0.00764 to +0.01431)". Where one has a power of ten, each keeps its own form.
 * @param {readonly number[]} values
 * @param {(value: number) => string} [form] `plainNumber` or `signed`
 * @returns {(value: number) => string}
 */
export function evenDecimals(values, form = (value) => plainNumber(value)) {
  const texts = values.map((value) => form(value).replace('+', ''));
  if (!texts.every((text) => DECIMAL.test(text))) return form;
  const largest = Math.max(...values.map(Math.abs));
  const most = largest === 0 ? 0 : Math.max(0, TOGETHER - 1 - Math.floor(Math.log10(largest)));
  const decimals = Math.min(most, Math.max(...texts.map((text) => text.split('.')[1]?.length ?? 0)));
  return (value) => {
    const fixed = value.toFixed(decimals).replace('-', '−');
    return form(value).startsWith('+') ? `+${fixed}` : fixed;
  };
}
