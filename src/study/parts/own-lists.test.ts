import { expect, test } from 'vitest';
import type { Json } from '../../identity/canonical-json.ts';
import { ownList, SharedValue } from './own-lists.ts';

/** The next of some numbers from 0 to 1, the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test('a list in any parts, empty ones among them and in any order, is the list again', () => {
  for (let seed = 0; seed < 200; seed++) {
    const next = numbers(seed);
    const [count, length] = [1 + Math.floor(next() * 7), Math.floor(next() * 12)];
    const items: Json[] = Array.from({ length }, (_, at) => ({ id: at, [`__proto__`]: [next()] }));
    const owners = items.map(() => Math.floor(next() * count));
    const parts = Array.from({ length: count }, (_, part) => {
      const places = [...items.keys()].filter((place) => owners[place] === part).sort(() => next() - 0.5);
      return {
        set: {
          name: 'x',
          asked: [
            ownList(
              places.map((place) => items[place] ?? null),
              places,
              length,
            ),
          ],
        },
      };
    }).sort(() => next() - 0.5);
    const shared = new SharedValue(parts[0] ?? null);
    for (const part of parts) expect(shared.add(part)).toBeNull();
    expect(shared.whole()).toEqual({ value: { set: { name: 'x', asked: [items] } } });
  }
});

test('values that differ are told by their field, and what a list lacks by its own', () => {
  const value = (places: readonly number[], more: Json = {}, of = 2): Json => ({
    a: { b: [1, more] },
    list: ownList(
      places.map((place) => `item ${place}`),
      places,
      of,
    ),
  });
  const shared = new SharedValue(value([0]));
  expect(shared.add(value([0]))).toBeNull();
  expect(shared.whole()).toEqual({ incomplete: 'list' });
  expect(shared.add(value([1], { c: null }))).toEqual({ field: 'a.b[1].c', one: undefined, other: null });
  expect(shared.add(value([0]))).toMatchObject({ field: 'list[0]' });
  expect(shared.add(value([2]))).toMatchObject({ field: 'list[2]' });
  expect(shared.add(value([1], {}, 3))).toMatchObject({ field: 'list.of', one: 2, other: 3 });
  expect(shared.add(value([1]))).toBeNull();
  expect(shared.whole()).toEqual({ value: { a: { b: [1, {}] }, list: ['item 0', 'item 1'] } });
});
