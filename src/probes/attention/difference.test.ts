import { expect, test } from 'vitest';
import { attentionDifference } from './difference.ts';
import type { AttentionRecord } from './shift.ts';

/** One layer of two heads per model; the mass of a sample is the mean of its heads. */
const record = (id: string, imageTokens: number, from: number[], to: number[]): AttentionRecord => ({
  ...{ id, question: 'q', imageTokens },
  models: [
    { name: 'IN', response: 'r', queries: 1, mass: from.length ? [from] : [] },
    { name: 'RL', response: 'r', queries: 1, mass: to.length ? [to] : [] },
  ],
});

test('is the mean of the samples’ differences, of mass and of mass per image token', () => {
  const records = [record('a', 10, [0.2, 0.4], [0.3, 0.5]), record('b', 20, [0.6, 0.8], [0.9, 0.9])];
  const [layer] = attentionDifference(records, 'IN', 'RL');
  expect(layer?.layer).toBe(0);
  expect(layer?.mass).toMatchObject({ n: 2 });
  expect(layer?.mass.mean).toBeCloseTo((0.1 + 0.2) / 2, 12);
  expect(layer?.mean.mean).toBeCloseTo((0.1 / 10 + 0.2 / 20) / 2, 12);
});

test('its interval knows the pairs: samples that differ alike leave none of their own spread in it', () => {
  const records = [0.1, 0.5, 0.9].map((mass, i) => record(String(i), 4, [mass], [mass + 0.05 + 0.001 * i]));
  const [layer] = attentionDifference(records, 'IN', 'RL');
  const { low = NaN, high = NaN } = layer?.mass.interval ?? {};
  expect(low).toBeGreaterThan(0.04);
  expect(high).toBeLessThan(0.06);
  expect(high - low).toBeGreaterThan(0);
});

test('samples in which one model had no token to look from do not count', () => {
  const records = [record('a', 10, [0.2], [0.3]), record('b', 10, [0.9], [])];
  expect(attentionDifference(records, 'IN', 'RL')[0]?.mass.n).toBe(1);
  expect(attentionDifference([record('b', 10, [0.9], [])], 'IN', 'RL')).toEqual([]);
});
