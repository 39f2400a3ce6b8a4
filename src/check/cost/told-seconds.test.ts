import { expect, test } from 'vitest';
import { runSeconds, sizesOf, speedsOf } from './run-seconds.ts';
import { toldSeconds } from './told-seconds.ts';

const rate = (median: number) => ({ median, least: median / 2, most: median * 2, n: 5 });
const speeds = speedsOf({
  roundTripSeconds: rate(1),
  dispatchSeconds: rate(1e-5),
  uploadBytesPerSecond: rate(1),
  copyBytesPerSecond: rate(2e9),
  multiplyPerSecond: rate(1e10),
});

// 1e6 parameters in two bytes each: a tenth of them vision, six tenths layers, a head of 100 × 1000 beside the embeddings.
const sizes = sizesOf(
  {
    ...{ layers: 10, parameters: 1e6, bytes: 2e6, hiddenSize: 100, vocabSize: 1000 },
    layerBytes: [
      { index: -1, bytes: 0.2e6 },
      { index: 0, bytes: 0.1e6 },
      ...Array.from({ length: 10 }, (_, layer) => ({ index: layer + 1, bytes: 0.12e6 })),
    ],
  },
  { weightBytes: 4e6 },
);

test('a model is what tokens of text and patches of images go through', () => {
  expect(sizes.layerParameters).toBeCloseTo(0.6e6, 3);
  expect(sizes.headParameters).toBe(0.1e6);
  expect(sizes.visionParameters).toBeCloseTo(0.1e6, 3);
  expect(sizes.textBytes).toBeCloseTo(2.8e6, 3);
});

test('reading is bound by arithmetic, saying by what is read: recomputed by hand', () => {
  const reads = { before: 1, image: 25, after: 40, answer: 5 };
  const counts = { answers: 20, reads, prompts: 15, images: 12, batches: 10, newTokens: 8 };
  const dispatched = (10 * 18 + 4) * 1e-5;
  const positions = 1 * 14 + 25 * 16 + 40 * 20 + 5 * 8;
  const head = 20 * 0.1e6;
  const reading = (2 * (positions * 0.6e6 + head) + 2 * 12 * 0.1e6 * 4 * 16) / 1e10 + 15 * dispatched;
  const saying = Math.max((10 * 8 * 2.8e6) / 4e9, (2 * 20 * 8 * 0.7e6) / 1e10) + 80 * dispatched;
  const lengths = { before: 14, image: 16, after: 20 };
  expect(runSeconds(counts, [sizes], lengths, speeds)).toBeCloseTo(reading + saying, 9);
  // Each of two equal models does half of it.
  expect(runSeconds(counts, [sizes, sizes], lengths, speeds)).toBeCloseTo(reading + saying, 9);
  // No answer is taken for longer than a short one.
  const longer = (2 * 5 * (32 - 8) * 0.6e6) / 1e10;
  expect(runSeconds({ ...counts, newTokens: 256 }, [sizes], lengths, speeds)).toBeCloseTo(
    reading + longer + 4 * (saying - 80 * dispatched) + 320 * dispatched,
    9,
  );
});

test('what was measured of the same comes first, then of others, then rates; of nothing nothing is told', () => {
  const byRates = { seconds: 10, measured: true };
  expect(toldSeconds(byRates, { same: [2, 2.2, 3], others: [9] })).toEqual({
    least: 10 * (2.2 / 1.2),
    most: 30,
  });
  expect(toldSeconds(byRates, { same: [], others: [1, 3] })).toEqual({ least: 10, most: 40 });
  expect(toldSeconds(byRates, { same: [], others: [] })).toEqual({ least: 10 / 3, most: 30 });
  expect(toldSeconds({ ...byRates, measured: false }, { same: [], others: [] })).toBeNull();
  expect(toldSeconds({ ...byRates, measured: false }, { same: [2], others: [] })).not.toBeNull();
});
