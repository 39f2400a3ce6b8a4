/** Numbers as findings say them, in every analysis alike. Layers are named by their unified index (1 … L). */

import { itemsText, LEAST, rangeOfN } from '../few-items.mjs';
import { INTERVAL_KINDS } from '../interval-kinds.mjs';
import { listed } from '../listed.mjs';
import { evenShares, points, pSaid, spanText, spreadTexts } from '../number-text.mjs';
import { plainNumber } from '../plain-number.mjs';

/**
 * @import {MetricCell} from '../evaluation/tables/metric-table.ts'
 * @import {PairedComparison} from '../statistics/paired.ts'
 * @import {FactorCounts} from './factor-counts.ts'
 * @import {LayerMeans} from './layer-means.ts'
 * @import {Spread} from '../statistics/spread.ts'
 * @typedef {{readonly low: number, readonly high: number}} Interval
 * @typedef {{readonly hits: number, readonly n: number, readonly interval: Interval}} Counted
 * @typedef {{readonly name: string, readonly cell: MetricCell}} Compared
 */

/**
 * "85.0 % (Wilson 95 %: 64.0 % to 94.8 %, n = 20)"; of so few items that a share would say nothing, what was counted: "2 of 3 (too few to
 * tell)".
 * @param {Counted} counted
 */
export function shareText({ hits, n, interval }) {
  if (n < LEAST) return `${hits} of ${n} (too few to tell)`;
  const form = evenShares([hits / n, interval.low, interval.high]);
  return `${form(hits / n)} (${INTERVAL_KINDS.wilson}: ${spanText(interval, form)}, ${itemsText(n)})`;
}

/**
 * "−60.0 points against IN (Newcombe for pairs, 95 %: −77.6 to −32.3; McNemar p < 0.001)"; of few items what was counted: "1 lost,
 * 0 gained against IN".
 * @param {Pick<PairedComparison, 'n' | 'lost' | 'gained' | 'delta' | 'interval' | 'p'>} compared
 * @param {readonly string[]} [more] what is said of it besides
 * @param {string} [from] " against IN"
 */
export function differenceText({ n, lost, gained, delta, interval, p }, more = [], from = '') {
  if (n < LEAST) return [`${lost} lost, ${gained} gained${from}`, ...more].join('; ');
  const form = evenShares([delta, interval.low, interval.high], points);
  const said = [`${INTERVAL_KINDS.newcombe}: ${spanText(interval, form)}`, `McNemar ${pSaid(p)}`, ...more];
  return `${form(delta)} points${from} (${said.join('; ')})`;
}

/**
 * "+4.0 points against IN (Newcombe for pairs, 95 %: −3.1 to +11.0; McNemar p = 0.340; Holm p = 1.000; n = 100)".
 * @param {NonNullable<MetricCell['against']>} against
 * @param {string} reference
 */
export function comparisonText(against, reference) {
  const more = against.n < LEAST ? [] : [`Holm ${pSaid(against.adjustedP)}`];
  return differenceText(against, [...more, itemsText(against.n)], ` against ${reference}`);
}

/**
 * Sentences one after the other, those that there are: a space parts them, but for Chinese ones.
 * @param {readonly (string | null)[]} sentences
 */
export function inTurn(sentences) {
  return sentences.filter(Boolean).join(' ').replaceAll('。 ', '。');
}

/**
 * "layer 12", "layers 3, 4 and 9"; of more than three equals the first and last are named.
 * @param {readonly number[]} layers counted from 0
 */
export function layerNames(layers) {
  const names = layers.map((layer) => String(layer + 1));
  if (names.length > LISTED) return `${names.length} layers alike, from ${names[0]} to ${names.at(-1)}`;
  return `${names.length === 1 ? 'layer' : 'layers'} ${listed(names)}`;
}

/** So many are named one by one. */
const LISTED = 3;

/**
 * "256, 68 and 45": what several layers have, in their order; of more than three, or of equals, from the least to the most.
 * @param {readonly number[]} values
 * @param {(value: number) => string} form
 */
export function eachText(values, form) {
  const [least, most] = [form(Math.min(...values)), form(Math.max(...values))];
  if (least === most) return least;
  return values.length > LISTED ? `${least} to ${most}` : listed(values.map((value) => form(value)));
}

/**
 * "12 spectra", "1 spectrum", with thin spaces between thousands.
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
export function countOf(count, one, many) {
  const digits = String(count).replace(/\B(?=(?:\d{3}){1,6}$)/g, '\u2009');
  return `${digits} ${count === 1 ? one : many}`;
}

/**
 * "RL − IN: mean ‖Δ‖/‖W‖ ± standard deviation between layers, Early 0.50 ± 0.10 (9 layers), …; largest in layer 12 (0.9)."
 * @param {LayerMeans} found
 * @param {string} what
 * @param {(region: string) => string} [beside] what is said of a region besides
 */
export function layerMeansSentence({ label, regions, undefinedIn, largest }, what, beside = () => '') {
  const names = undefinedIn.map(({ name, n }) => `${name} (${countOf(n, 'layer', 'layers')})`);
  const without = names.length > 0 ? `; not defined in ${names.join(', ')}` : '';
  if (!largest && without) return `${label}: ${what} is not defined in ${names.join(', ')}.`;
  if (regions.length === 0 || !largest) return `${label}: no layer of the language model so far.`;
  const zero = (/** @type {Spread} */ { mean, deviation }) => mean === 0 && (deviation ?? 0) === 0;
  if (regions.every(zero)) return `${label}: ${what} is exactly zero in every layer${without}.`;
  const texts = spreadTexts(regions);
  const parts = regions.map((region, at) => {
    const { name, n } = region;
    const text = zero(region) ? 'exactly zero' : texts[at]?.[0];
    return `${name} ${text} (${[countOf(n, 'layer', 'layers'), beside(name)].filter(Boolean).join(', ')})`;
  });
  return `${label}: mean ${what} ± standard deviation between layers, ${parts.join(', ')}${without}; largest in layer ${largest.layer} (${plainNumber(largest.value)}).`;
}

/**
 * "RL − IN: 28 of 196 matrices exactly, by the factors of an adapter (rank 64 at most); the others densely."
 * @param {string} label
 * @param {FactorCounts} counts
 */
export function factorsSentence(label, { matrices, factored, largestRank }) {
  const all = factored === matrices;
  const which = all
    ? countOf(matrices, 'matrix', 'matrices')
    : `${factored} of ${countOf(matrices, 'matrix', 'matrices')}`;
  return `${label}: ${which} exactly, by the factors of an adapter (rank ${largestRank} at most)${all ? '' : '; the others densely'}.`;
}

/**
 * Which differences from the reference are beyond chance.
 * @param {readonly Compared[]} compared
 * @param {string} reference
 */
export function beyondChanceSentence(compared, reference) {
  if (compared.length === 0) return '';
  const clear = compared.filter(({ cell }) => cell.against && cell.against.adjustedP <= 0.05);
  if (clear.length === 0)
    return `None of ${compared.length} differences from ${reference} is beyond chance at this number of samples (${rangeOfN(compared.map(({ cell }) => cell.against?.n ?? 0))}; Holm-adjusted p above 0.05 for each).`;
  const named = clear.map(
    ({ name, cell }) =>
      `${name} ${cell.metric} ${points(cell.against?.delta ?? 0)} points (n = ${cell.against?.n ?? 0})`,
  );
  return `${clear.length} of ${compared.length} differences from ${reference} are beyond chance (Holm-adjusted p ≤ 0.05): ${named.join(', ')}.`;
}
