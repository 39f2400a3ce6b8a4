import { expect, test } from 'vitest';
import { paceText } from './progress.ts';

test.each([
  [
    { phase: 'reading updates', done: 2 ** 30, total: 4 * 2 ** 30, unit: 'bytes' as const },
    { rate: 2 ** 28, etaSeconds: 12 },
    'Reading updates · 1 GiB of 4 GiB · 256 MiB/s · 12 s left',
  ],
  [
    { phase: 'answering', done: 37, total: 100, unit: 'samples' as const },
    { rate: 0.482, etaSeconds: 131 },
    'Answering · 37 of 100 samples · 0.48 samples/s · 2 min 11 s left',
  ],
  [
    { phase: 'answering', done: 100, total: 100, unit: 'samples' as const },
    { rate: null, etaSeconds: null },
    'Answering · 100 of 100 samples',
  ],
])('%s', (progress, pace, words) => {
  expect(paceText(progress, pace)).toBe(words);
});
