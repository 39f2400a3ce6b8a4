/** Seconds of two builds that took turns. */

/**
 * One turn of a build: a run of the command, and one of the same with a single sample.
 *
 * @typedef {{ readonly whole: number, readonly one: number }} Turn seconds
 * @typedef {{ readonly earlier: number[], readonly now: number[], readonly ratios: number[], readonly median: number, readonly range: [number, number] }} Compared
 */

/**
 * Seconds beyond the run of one sample, turn by turn, and their ratios, now ÷ earlier: those of one turn were measured one after the other,
 * under the same other load.
 *
 * @param {readonly { readonly earlier: Turn, readonly now: Turn }[]} turns
 * @returns {Compared}
 */
export function compared(turns) {
  const beyond = (/** @type {Turn} */ { whole, one }) => whole - one;
  const earlier = turns.map((turn) => beyond(turn.earlier));
  const now = turns.map((turn) => beyond(turn.now));
  const ratios = now.map((seconds, at) => seconds / (earlier[at] ?? NaN));
  return { earlier, now, ratios, median: median(ratios), range: [Math.min(...ratios), Math.max(...ratios)] };
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
