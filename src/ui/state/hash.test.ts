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
    asked: new Map([
      ['do', 'ablate'],
      ['prefix', 'Look & say 100 %=all'],
    ]),
    talk: { study: 'a study/1', slide: 12 },
  };
  expect(writeHash(view)).toBe(
    '#open?try&talk=a%20study%2F1.12&do=ablate&prefix=Look%20%26%20say%20100%20%25%3Dall&cuts=28:8-20,36:12-24',
  );
  expect(readHash(writeHash(view))).toEqual(view);
});

test('an unknown page, foreign parameters and impossible cuts are dropped', () => {
  expect(readHash('#nowhere?x=1&cuts=28:20-8,4:1-4,3:1-2')).toEqual({
    page: 'open',
    trying: false,
    cuts: new Map([[3, [1, 2]]]),
    asked: new Map(),
    talk: null,
  });
  expect(readHash('').talk).toBeNull();
  for (const talk of ['carried', 'carried.0', '.3', 'carried.1e3', `${'x'.repeat(201)}.1`])
    expect(readHash(`#open?talk=${talk}`).talk).toBeNull();
});

test('what is asked is taken only with the name of an analysis, in names and lengths of settings', () => {
  const { asked } = readHash(`#localize?do=lens&samples=4&<b>=1&seed=${'7'.repeat(1001)}&try&cuts=28:8-20`);
  expect([...asked]).toEqual([
    ['do', 'lens'],
    ['samples', '4'],
  ]);
  expect(readHash('#localize?samples=4').asked.size).toBe(0);
});
