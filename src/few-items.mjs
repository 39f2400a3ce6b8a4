/** How many items it takes before a point says something (docs/method.md §13). */

/** From so many on, none of them and all of them are told from one half: Wilson's interval of 0 of 4 ends at 49 %, of 0 of 3 at 56 %. */
export const LEAST = 4;

/** From so many on, one item more or less moves a share by no more than ten points. */
export const FEW = 10;

/**
 * "n = 20"; of few items what they are worth: "n = 3: too few to tell", "n = 6: few".
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
  return n < LEAST ? ': too few to tell' : ': few';
}

/**
 * "n = 12", "n = 3 to 48": of several points.
 * @param {readonly number[]} counts
 */
export function rangeOfN(counts) {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return `n = ${least === most ? least : `${least} to ${most}`}`;
}
