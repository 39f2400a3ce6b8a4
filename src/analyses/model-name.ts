/** Longest name that stands beside a line of a chart without crowding it. */
export const LONGEST_NAME = 20;

/**
 * What a checkpoint beyond Base, IN and RL is called on charts and in recipes, from its folder's name:
 * `demo:rl-frozen-early` → `rl-frozen-early`. A long name keeps its last words, by which siblings differ.
 */
export function nameFrom(folder: string): string {
  const own =
    folder
      .split(/[:/\\]/)
      .at(-1)
      ?.trim() ?? '';
  if (own.length <= LONGEST_NAME) return own;
  const words = own.split(/(?=[-_. ])/);
  while (words.length > 1 && words.join('').replace(/^[-_. ]/, '').length > LONGEST_NAME) words.shift();
  return words
    .join('')
    .replace(/^[-_. ]/, '')
    .slice(-LONGEST_NAME);
}

/**
 * The name as it may be used: on one line, without the colon of block notation, and unlike every one of `taken`
 * (case does not matter in recipes); `fallback` where nothing is left.
 */
export function freeName(wanted: string, taken: readonly string[], fallback: string): string {
  const plain =
    wanted
      .replace(/[\s:]+/g, ' ')
      .trim()
      .slice(0, LONGEST_NAME)
      .trim() || fallback;
  const used = new Set(taken.map((name) => name.toLowerCase()));
  let name = plain;
  for (let number = 2; used.has(name.toLowerCase()); number++) name = `${plain} ${number}`;
  return name;
}
