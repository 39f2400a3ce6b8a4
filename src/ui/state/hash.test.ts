import { expect, test } from 'vitest';
import { readHash, writeHash } from './hash.ts';

test('a view survives the way through the address bar', () => {
  const view = {
    page: 'open' as const,
    trying: true,
    cuts: new Map<number, readonly [number, number]>([
      [28, [8, 20]],
      [36, [12, 24]],
    ]),
  };
  expect(writeHash(view)).toBe('#open?try&cuts=28:8-20,36:12-24');
  expect(readHash(writeHash(view))).toEqual(view);
});

test('an unknown page, foreign parameters and impossible cuts are dropped', () => {
  expect(readHash('#nowhere?x=1&cuts=28:20-8,4:1-4,3:1-2')).toEqual({
    page: 'open',
    trying: false,
    cuts: new Map([[3, [1, 2]]]),
  });
  expect(readHash('')).toEqual({ page: 'open', trying: false, cuts: new Map() });
});
