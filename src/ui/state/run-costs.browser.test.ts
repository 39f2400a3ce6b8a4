import { beforeEach, expect, test } from 'vitest';
import {
  keepSpeeds,
  placeOf,
  RunCosts,
  secondsText,
  weightsLoad,
  type Workload,
} from './run-costs.svelte.ts';

const place = placeOf({ device: 'wasm', adapter: 'simd' });
/** 2e10 operations. */
const load: Workload = {
  ...{ analysis: 'swap', place, bySpeeds: true },
  seconds: ({ operationsPerSecond }) => 2e10 / operationsPerSecond,
};
const costs = () => new RunCosts({ found: {} });

beforeEach(() => localStorage.clear());

test('nothing is told of a device that nothing was measured of', () => {
  expect(costs().tell(load)).toBeNull();
  expect(secondsText(null)).toContain('not known');
});

test('a check tells it from then on, in every page of this browser', () => {
  keepSpeeds(place, { operationsPerSecond: 1e9, bytesPerSecond: 1, dispatchSeconds: 0 });
  const told = costs().tell(load);
  expect(told?.least).toBeCloseTo(20 / 3, 9);
  expect(told?.most).toBeCloseTo(60, 9);
  expect(costs().tell(load, 0.5)?.most).toBeCloseTo(30, 9);
  expect(costs().tell({ ...load, place: 'another' })).toBeNull();
});

test('a run tells the next one of its kind, and the half of it that is left', () => {
  const one = costs();
  one.measured(load, 0.5, 40);
  const told = costs().tell(load);
  expect(told?.least).toBeCloseTo(80 / 1.2, 9);
  expect(told?.most).toBeCloseTo(80 * 1.2, 9);
  expect(secondsText(told)).toBe('about 1 min 20 s on this device');
  // Others of the device by it, less surely; what is computed of weights is another thing.
  expect(costs().tell({ ...load, analysis: 'lens' })?.least).toBeCloseTo(40, 9);
  expect(costs().tell(weightsLoad('energy', 1e6, place))).toBeNull();
});

test('what another hand kept is not taken for seconds', () => {
  localStorage.setItem('frankenscope.run-costs', '{"factors":{"wasm: simd":{"swap":["1e9"]}},"speeds":7}');
  expect(costs().tell(load)).toBeNull();
});
