/** The least and the most, both included. */
export type Range = readonly [number, number];

/** What a family sets for a level, counted from 1. Throws RangeError where there is no such level. */
export function ofLevel<T>(levels: readonly T[], level: number): T {
  const [found] = levels.slice(level - 1, level);
  if (found === undefined) throw new RangeError(`no level ${level} of ${levels.length}`);
  return found;
}
