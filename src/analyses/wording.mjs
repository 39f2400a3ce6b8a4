/** Numbers as findings say them, in every analysis alike. Layers are named by their unified index (1 … L). */

import { plainNumber } from '../plain-number.mjs';

/**
 * @import {MetricCell} from '../evaluation/tables/metric-table.ts'
 * @import {FactorCounts} from './factor-counts.ts'
 * @import {LayerMeans} from './layer-means.ts'
 * @import {Spread} from '../statistics/spread.ts'
 * @typedef {{readonly low: number, readonly high: number}} Interval
 */

/**
 * "12 %".
 * @param {number} share
 */
export function percent(share) {
  return `${Math.round(100 * share)} %`.replace('-', '\u2212');
}

/**
 * "79 to 92 %".
 * @param {Interval} interval
 */
export function span({ low, high }) {
  return `${Math.round(100 * low)} to ${Math.round(100 * high)} %`.replaceAll('-', '\u2212');
}

/**
 * A difference of shares in percentage points, signed: "+4.0".
 * @param {number} share
 */
export function points(share) {
  const text = Math.abs(share * 100).toFixed(1);
  return share < 0 && text !== '0.0' ? `\u2212${text}` : `+${text}`;
}

/** @param {number} p */
export function pText(p) {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/**
 * "+4.0 points against IN (−3.1 to +11.0), McNemar p = 0.340, Holm 1.000".
 * @param {NonNullable<MetricCell['against']>} against
 * @param {string} reference
 */
export function comparisonText({ delta, interval, p, adjustedP }, reference) {
  const range = `${points(interval.low)} to ${points(interval.high)}`;
  return `${points(delta)} points against ${reference} (${range}), McNemar p = ${pText(p)}, Holm ${pText(adjustedP)}`;
}

/**
 * "layer 12", "layers 3, 4 and 9"; of more than three equals the first and last are named.
 * @param {readonly number[]} layers counted from 0
 */
export function layerNames(layers) {
  const names = layers.map((layer) => String(layer + 1));
  if (names.length === 1) return `layer ${names[0]}`;
  if (names.length > 3) return `${names.length} layers alike, from ${names[0]} to ${names.at(-1)}`;
  return `layers ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
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
 * "RL − IN: mean ‖Δ‖/‖W‖ and its spread between layers, Early 0.5 ± 0.1 (9 layers), …; largest in layer 12 (0.9)."
 * @param {LayerMeans} found
 * @param {string} what
 */
export function layerMeansSentence({ label, regions, largest }, what) {
  if (regions.length === 0 || !largest) return `${label}: no layer of the language model so far.`;
  const zero = (/** @type {Spread} */ { mean, deviation }) => mean === 0 && (deviation ?? 0) === 0;
  if (regions.every(zero)) return `${label}: ${what} is exactly zero in every layer.`;
  const parts = regions.map((region) => {
    if (zero(region)) return `${region.name} exactly zero`;
    const { name, mean, deviation, n } = region;
    const spread = deviation === null ? '' : ` ± ${plainNumber(Number(deviation.toPrecision(2)))}`;
    return `${name} ${plainNumber(mean)}${spread} (${countOf(n, 'layer', 'layers')})`;
  });
  return `${label}: mean ${what} and its spread between layers, ${parts.join(', ')}; largest in layer ${largest.layer} (${plainNumber(largest.value)}).`;
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
