import { expect, test } from 'vitest';
import { PaceMeter } from './pace.ts';

const at = (phase: string, done: number) => ({ phase, done, total: 100, unit: 'samples' as const });

test('what an earlier run had finished is no speed of this one', () => {
  let now = 100;
  const meter = new PaceMeter(() => now);
  expect(meter.observe(at('answering', 37))).toEqual({ rate: null, etaSeconds: null });
  now += 4;
  expect(meter.observe(at('answering', 39))).toEqual({ rate: 0.5, etaSeconds: 122 });
});

test('the rate follows a change of speed, and begins anew with a phase', () => {
  let now = 0;
  const meter = new PaceMeter(() => now);
  for (let done = 0; done <= 20; done++, now += 1) meter.observe(at('reading', done));
  let pace = meter.observe(at('reading', 20));
  for (let done = 20; done < 80; done += 2, now += 1) pace = meter.observe(at('reading', done));
  expect(pace.rate).toBeCloseTo(2, 6);
  expect(meter.observe(at('writing', 1)).rate).toBeNull();
});
