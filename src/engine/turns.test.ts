import { describe, expect, it } from 'vitest';
import { seededRandom } from '../work/seeded-random.ts';
import { cheapOrder, priceOf, toGiveBack, type Weighed } from './turns.ts';

const turn = (contents: string): readonly Weighed[] =>
  [...contents].map((content) => ({ content, bytes: 1 }));

/** Fewest units that can be read over the turns, whatever is given back: all choices are tried. */
function leastRead(turns: readonly string[], room: number, held: string): number {
  const [needed, ...rest] = turns;
  if (needed === undefined) return 0;
  const missing = [...needed].filter((unit) => !held.includes(unit));
  const others = [...held].filter((unit) => !needed.includes(unit));
  const stay = Math.min(others.length, room - needed.length);
  const choices = subsets(others, stay).map((kept) => leastRead(rest, room, needed + kept.join('')));
  return missing.length + Math.min(...choices);
}

function subsets(items: readonly string[], size: number): readonly (readonly string[])[] {
  if (size === 0) return [[]];
  return items.flatMap((item, at) => subsets(items.slice(at + 1), size - 1).map((rest) => [item, ...rest]));
}

describe('what is given back', () => {
  it('is nothing where all fits, and never what is needed now', () => {
    const held = new Map([...'abc'].map((content) => [content, 1]));
    expect(toGiveBack(held, turn('cd'), [], 4)).toEqual([]);
    expect(toGiveBack(held, turn('abc'), [], 2)).toEqual([]);
  });

  it('is what is needed last: never, then farthest; of one turn the latest in the list', () => {
    const held = new Map([...'abcde'].map((content) => [content, 1]));
    const later = ['b', 'a', 'de'].map((contents) => new Set(contents));
    expect(toGiveBack(held, turn('x'), later, 5)).toEqual(['c']);
    expect(toGiveBack(held, turn('x'), later, 3)).toEqual(['c', 'e', 'd']);
    expect(toGiveBack(held, turn('x'), later, 1)).toEqual(['c', 'e', 'd', 'a', 'b']);
  });

  it('reads as few units over random turns as any choice does', () => {
    const random = seededRandom(7);
    const units = 'abcdef';
    const reads = Array.from({ length: 150 }, () => {
      const size = 1 + Math.floor(random() * 3);
      const room = size + Math.floor(random() * 2);
      const turns = Array.from({ length: 5 }, () =>
        [...units]
          .map((unit) => [random(), unit] as const)
          .sort(([a], [b]) => a - b)
          .slice(0, size)
          .map(([, unit]) => unit)
          .join(''),
      );
      const held = units.slice(0, Math.floor(random() * (room + 1)));
      const now = new Map([...held].map((unit) => [unit, 1]));
      const price = priceOf(turns.map(turn), room, now);
      expect(price.bytesRead, `${turns.join(' ')} in ${room} from "${held}"`).toBe(
        leastRead(turns, room, held),
      );
      expect(price.peakBytes).toBeLessThanOrEqual(room);
      return price.bytesRead;
    });
    expect(new Set(reads).size).toBeGreaterThan(5);
  });
});

describe('the order of turns', () => {
  it('puts those side by side that need the same', () => {
    const turns = ['abc', 'xyz', 'abz', 'xyc'].map(turn);
    const order = cheapOrder(turns, 3);
    const read = (by: readonly number[]): number =>
      priceOf(
        by.map((index) => turns[index] ?? []),
        3,
      ).bytesRead;
    // As given: three, three, all but z, and all three. At best three, one, two and one.
    expect([read([0, 1, 2, 3]), read(order)]).toEqual([11, 7]);
    expect(order.toSorted()).toEqual([0, 1, 2, 3]);
  });

  it('stays as given where another saves nothing', () => {
    expect(cheapOrder(['ab', 'ba', 'ab'].map(turn), 2)).toEqual([0, 1, 2]);
    expect(cheapOrder([], 2)).toEqual([]);
  });
});
