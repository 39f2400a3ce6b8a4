import { expect, it } from 'vitest';
import { isPassing, PATIENCE, retryAfterMs, waitBeforeNext } from './retry.ts';

it('reads both forms of retry-after, and nothing else', () => {
  const now = Date.parse('2026-01-05T10:00:00Z');
  expect(retryAfterMs('20', now)).toBe(20_000);
  expect(retryAfterMs('0.5', now)).toBe(500);
  expect(retryAfterMs('Mon, 05 Jan 2026 10:01:30 GMT', now)).toBe(90_000);
  expect(retryAfterMs('Mon, 05 Jan 2026 09:00:00 GMT', now)).toBe(0);
  expect(retryAfterMs('soon', now)).toBeUndefined();
  expect(retryAfterMs(' ', now)).toBeUndefined();
  expect(retryAfterMs(null, now)).toBeUndefined();
});

it('doubles its waits up to the longest, less up to half', () => {
  const waits = (random: number) =>
    [1, 2, 3, 4, 5, 6].map((attempt) => waitBeforeNext(attempt, undefined, PATIENCE, random));
  expect(waits(0)).toEqual([1000, 2000, 4000, 8000, 16_000, undefined]);
  expect(waits(1)).toEqual([500, 1000, 2000, 4000, 8000, undefined]);
  expect(waitBeforeNext(5, undefined, { ...PATIENCE, longestWaitMs: 3000 }, 0)).toBe(3000);
});

it('waits as long as asked, but not longer than it has patience for', () => {
  expect(waitBeforeNext(1, 0, PATIENCE, 0.5)).toBe(0);
  expect(waitBeforeNext(1, 90_000, PATIENCE, 0.5)).toBe(90_000);
  expect(waitBeforeNext(1, 120_001, PATIENCE, 0.5)).toBeUndefined();
  expect(waitBeforeNext(6, 10, PATIENCE, 0.5)).toBeUndefined();
});

it('knows which errors pass', () => {
  expect([408, 409, 425, 429, 500, 502, 503, 529].every(isPassing)).toBe(true);
  expect([400, 401, 403, 404, 413, 422].some(isPassing)).toBe(false);
});
