/** Engines beside the first: when they end. */
import { expect, test } from 'vitest';
import type { SharedModel } from './engine-contents.ts';
import { Lanes } from './lanes.ts';

test('all lanes end at once, whatever they load; who asks again has others', async () => {
  const made: { ended: boolean }[] = [];
  let loading: (() => void) | undefined;
  const lanes = new Lanes(() => {
    const state = { ended: false };
    made.push(state);
    return {
      state,
      holdsAny: true,
      hold: () => new Promise<void>((_, reject) => (loading = () => reject(new Error('ended')))),
      close: () => Promise.resolve(),
      end: () => Promise.resolve(void (state.ended = true)),
    };
  });
  const models: readonly SharedModel[] = [];
  const taken = lanes.take(2, models);
  await lanes.end();
  expect(made.map(({ ended }) => ended)).toEqual([true, true]);
  loading?.();
  await expect(taken[1]).rejects.toThrow('ended');
  lanes.take(1, models);
  expect(made.map(({ ended }) => ended)).toEqual([true, true, false]);
});
