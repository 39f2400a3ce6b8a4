import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LoadProgress } from '../protocol/loading.ts';
import { progressMeter } from './progress.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('reports sum, rate and time left, ten times a second at most, and always the end', () => {
  const seen: LoadProgress[] = [];
  const meter = progressMeter('reading', 1000, (progress) => seen.push(progress));
  vi.advanceTimersByTime(500);
  meter(100, 'a');
  vi.advanceTimersByTime(50);
  meter(100, 'b');
  vi.advanceTimersByTime(50);
  meter(100, 'c');
  vi.advanceTimersByTime(10);
  meter(700);
  expect(seen).toEqual([
    { phase: 'reading', bytesDone: 100, bytesTotal: 1000, bytesPerSecond: 200, etaSeconds: 4.5, tensor: 'a' },
    { phase: 'reading', bytesDone: 300, bytesTotal: 1000, bytesPerSecond: 500, etaSeconds: 1.4, tensor: 'c' },
    { phase: 'reading', bytesDone: 1000, bytesTotal: 1000, bytesPerSecond: 1000 / 0.61, etaSeconds: 0 },
  ]);
});

it('needs nobody to report to', () => {
  expect(() => progressMeter('reading', 1, undefined)(1)).not.toThrow();
});
