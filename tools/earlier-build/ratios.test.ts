import { expect, it } from 'vitest';
import { compared } from './ratios.mjs';

it('takes seconds beyond the run of one sample, and ratios turn by turn', () => {
  const found = compared([
    { earlier: { whole: 12, one: 2 }, now: { whole: 6, one: 1 } },
    { earlier: { whole: 22, one: 2 }, now: { whole: 7, one: 2 } },
    { earlier: { whole: 6, one: 2 }, now: { whole: 5, one: 2 } },
  ]);
  expect(found.earlier).toEqual([10, 20, 4]);
  expect(found.now).toEqual([5, 5, 3]);
  expect(found.ratios).toEqual([0.5, 0.25, 0.75]);
  expect(found.median).toBe(0.5);
  expect(found.range).toEqual([0.25, 0.75]);
});

it('of an even number of turns takes the mean of the middle two', () => {
  const turn = (now: number) => ({ earlier: { whole: 1, one: 0 }, now: { whole: now, one: 0 } });
  expect(compared([0.25, 1, 0.5, 0.75].map(turn)).median).toBe(0.625);
});
