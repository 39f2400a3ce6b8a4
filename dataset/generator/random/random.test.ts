import { expect, test } from 'vitest';
import { contentHash } from './content-hash.ts';
import { randomFrom } from './random.ts';
import { itemNumber, splitOf } from './split.ts';

test('equal seeds give equal choices, other seeds others', () => {
  const draws = (seed: string): number[] => {
    const random = randomFrom(seed);
    return Array.from({ length: 8 }, () => random.unit());
  };
  expect(draws('a 1')).toEqual(draws('a 1'));
  expect(draws('a 1')).not.toEqual(draws('a 2'));
});

test('whole numbers fall evenly, both ends included', () => {
  const random = randomFrom('even');
  const counts = new Map<number, number>();
  for (let i = 0; i < 6000; i++) {
    const value = random.whole(3, 8);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual([3, 4, 5, 6, 7, 8]);
  // Chi-square with five degrees of freedom: above 20.5 once in a thousand.
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  expect(chiSquare).toBeLessThan(20.5);
});

test('a shuffle keeps every member', () => {
  const list = [1, 2, 3, 4, 5, 6, 7];
  const shuffled = randomFrom('shuffle').shuffled(list);
  expect(shuffled).not.toEqual(list);
  expect(shuffled.toSorted()).toEqual(list);
});

test('one content in eight is held out', () => {
  const held = Array.from({ length: 8000 }, (_, i) => splitOf(`content ${i}`)).filter((s) => s === 'eval');
  expect(held.length).toBeGreaterThan(900);
  expect(held.length).toBeLessThan(1100);
});

test('hashes tell contents apart', () => {
  const hashes = new Set(Array.from({ length: 20_000 }, (_, i) => contentHash(`content ${i}`)));
  expect(hashes.size).toBe(20_000);
  expect([...hashes].every((hash) => /^[0-9a-f]{16}$/.test(hash))).toBe(true);
});

test('the numbers of the splits do not meet', () => {
  expect(itemNumber('train', 0)).toBeGreaterThan(itemNumber('eval', 999_999_999));
  expect(() => itemNumber('eval', 1_000_000_000)).toThrow(RangeError);
  expect(() => itemNumber('train', -1)).toThrow(RangeError);
});
