/** Numbers as findings say them, in every analysis alike. Layers are named by their unified index (1 … L). */

/** @typedef {{readonly low: number, readonly high: number}} Interval */

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
 * "layer 12", "layers 3, 4 and 9"; of more than three equals the first and last are named.
 * @param {readonly number[]} layers counted from 0
 */
export function layerNames(layers) {
  const names = layers.map((layer) => String(layer + 1));
  if (names.length === 1) return `layer ${names[0]}`;
  if (names.length > 3) return `${names.length} layers alike, from ${names[0]} to ${names.at(-1)}`;
  return `layers ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
