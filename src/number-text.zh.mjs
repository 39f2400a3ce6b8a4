/** Numbers as Chinese sentences and charts have them; digits, signs and units are those of every language. */

import { FEW, LEAST } from './few-items.mjs';

/**
 * @import {INTERVAL_KINDS as english} from './interval-kinds.mjs'
 * @typedef {{readonly low: number, readonly high: number}} Interval
 */

/** @type {Readonly<Record<keyof typeof english, string>>} */
export const INTERVAL_KINDS = {
  wilson: 'Wilson 95 %',
  bootstrap: '按样本 bootstrap，95 %，种子 0',
  student: '按样本 Student t，95 %',
  newcombe: '配对 Newcombe，95 %',
  shares: 'Wilson 95 %；差值为配对 Newcombe，95 %',
  pooled: 'Wilson 95 %；区间均值为按样本 bootstrap，95 %，种子 0',
  estimate: '估计值的 1.96 倍标准误，95 %；区间均值为层间标准差',
  spread: '层间标准差，不是均值的置信区间',
};

const HAN = /\p{Script=Han}/u;
const LATIN = /[\p{L}\p{N}%‖]/u;

/**
 * Texts one after the other, with the space that stands between Chinese and Latin letters or digits.
 * @param {readonly string[]} parts
 */
export function joined(...parts) {
  return parts.reduce((text, part) => {
    const [left = '', right = ''] = [[...text].at(-1), [...part][0]];
    const meet = HAN.test(left) !== HAN.test(right) && LATIN.test(left) && LATIN.test(right);
    return `${text}${meet ? ' ' : ''}${part}`;
  }, '');
}

/**
 * "Base、IN、RL".
 * @param {readonly string[]} names
 */
export function listed(names) {
  return names.join('、');
}

/**
 * "79.1 % 至 92 %", in the form of what it is an interval of.
 * @param {Interval} interval
 * @param {(value: number) => string} form
 */
export function spanText({ low, high }, form) {
  return `${form(low)} 至 ${form(high)}`;
}

/**
 * "n = 20"; of few items what they are worth: "n = 6：较少".
 * @param {number} n
 */
export function itemsText(n) {
  return `n = ${n}${worth(n)}`;
}

/**
 * What is said behind a number of items, where it is few.
 * @param {number} n
 */
export function worth(n) {
  if (n >= FEW) return '';
  return n < LEAST ? '：太少，不足以判断' : '：较少';
}

/**
 * "n = 12", "n = 3 至 48": of several points.
 * @param {readonly number[]} counts
 */
export function rangeOfN(counts) {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return `n = ${least === most ? least : `${least} 至 ${most}`}`;
}
