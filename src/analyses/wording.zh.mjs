/** What findings share, in Chinese: each says the same numbers as its namesake in `wording.mjs`. */

import { LEAST } from '../few-items.mjs';
import { evenShares, points, pSaid, spreadTexts } from '../number-text.mjs';
import { INTERVAL_KINDS, itemsText, joined, listed, rangeOfN, spanText } from '../number-text.zh.mjs';
import { plainNumber } from '../plain-number.mjs';
import { countOf } from './wording.mjs';

/**
 * @import {Spread} from '../statistics/spread.ts'
 * @import * as english from './wording.mjs'
 */

/** @type {typeof english.shareText} */
export function shareText({ hits, n, interval }) {
  if (n < LEAST) return `${n} 个中 ${hits} 个（太少，不足以判断）`;
  const form = evenShares([hits / n, interval.low, interval.high]);
  return `${form(hits / n)}（${INTERVAL_KINDS.wilson}：${spanText(interval, form)}，${itemsText(n)}）`;
}

/** @type {typeof english.differenceText} */
export function differenceText({ n, lost, gained, delta, interval, p }, more = [], from = '') {
  if (n < LEAST) return [joined(from, `失去 ${lost} 个，增加 ${gained} 个`), ...more].join('；');
  const form = evenShares([delta, interval.low, interval.high], points);
  const said = [`${INTERVAL_KINDS.newcombe}：${spanText(interval, form)}`, `McNemar ${pSaid(p)}`, ...more];
  return `${from}${from && ' '}${form(delta)} 个百分点（${said.join('；')}）`;
}

/** @type {typeof english.comparisonText} */
export function comparisonText(against, reference) {
  const more = against.n < LEAST ? [] : [`Holm ${pSaid(against.adjustedP)}`];
  return differenceText(against, [...more, itemsText(against.n)], joined('相对', reference));
}

/** @type {typeof english.layerNames} */
export function layerNames(layers) {
  const names = layers.map((layer) => String(layer + 1));
  return names.length > LISTED
    ? `第 ${names[0]} 至 ${names.at(-1)} 层之间并列的 ${names.length} 层`
    : `第 ${listed(names)} 层`;
}

/** So many are named one by one. */
const LISTED = 3;

/** @type {typeof english.eachText} */
export function eachText(values, form) {
  const [least, most] = [form(Math.min(...values)), form(Math.max(...values))];
  if (least === most) return least;
  return values.length > LISTED ? `${least} 至 ${most}` : listed(values.map((value) => form(value)));
}

/**
 * "12 个矩阵", with thin spaces between thousands.
 * @param {number} count
 * @param {string} things
 */
export function counted(count, things) {
  return countOf(count, things, things);
}

/** @type {typeof english.layerMeansSentence} */
export function layerMeansSentence({ label, regions, undefinedIn, largest }, what, beside = () => '') {
  const names = listed(undefinedIn.map(({ name, n }) => `${name}（${counted(n, '层')}）`));
  const without = names ? `；在 ${names}无定义` : '';
  if (!largest && without) return `${label}：${joined(what, '在')} ${names}无定义。`;
  if (regions.length === 0 || !largest) return `${label}：语言模型目前还没有任何一层的结果。`;
  const zero = (/** @type {Spread} */ { mean, deviation }) => mean === 0 && (deviation ?? 0) === 0;
  if (regions.every(zero)) return `${label}：${joined(what, '在每一层都恰好为零')}${without}。`;
  const texts = spreadTexts(regions);
  const parts = regions.map((region, at) => {
    const { name, n } = region;
    const text = zero(region) ? '恰好为零' : texts[at]?.[0];
    return `${name} ${text}（${[counted(n, '层'), beside(name)].filter(Boolean).join('，')}）`;
  });
  return `${label}：${joined(what, '的均值')} ± 层间标准差，${parts.join('，')}${without}；在第 ${largest.layer} 层最大（${plainNumber(largest.value)}）。`;
}

/** @type {typeof english.factorsSentence} */
export function factorsSentence(label, { matrices, factored, largestRank }) {
  const all = factored === matrices;
  const which = `${counted(matrices, '个矩阵')}${all ? '' : `中的 ${factored} 个`}`;
  return `${label}：${which}由适配器的因子精确得出（秩不超过 ${largestRank}）${all ? '' : '；其余按稠密矩阵计算'}。`;
}

/** @type {typeof english.beyondChanceSentence} */
export function beyondChanceSentence(compared, reference) {
  if (compared.length === 0) return '';
  const clear = compared.filter(({ cell }) => cell.against && cell.against.adjustedP <= 0.05);
  const all = `${joined('与', reference, '的')} ${compared.length} 个差异中`;
  if (clear.length === 0)
    return `${all}，在这一样本数下没有一个超出随机波动（${rangeOfN(compared.map(({ cell }) => cell.against?.n ?? 0))}；Holm 校正后的 p 均大于 0.05）。`;
  const named = clear.map(
    ({ name, cell }) =>
      `${name} ${cell.metric} ${points(cell.against?.delta ?? 0)} 个百分点（n = ${cell.against?.n ?? 0}）`,
  );
  return `${all}有 ${clear.length} 个超出随机波动（Holm 校正后 p ≤ 0.05）：${named.join('，')}。`;
}
