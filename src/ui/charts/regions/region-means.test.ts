import { expect, test } from 'vitest';
import { AS_PERCENT, plainNumber } from '../axis/value-axis.ts';
import { meanTexts, regionMeans, averagedRanges } from './region-means.ts';

const points = [-2, -1, 0, 1, 2, 3, 4, 5, 6].map((layer) => ({ layer, value: (layer * 2) as number | null }));

test('means follow the cuts; the spread is the sample deviation over layers', () => {
  const means = regionMeans({ points }, averagedRanges([2, 4], 6, 2, 'all'));
  expect(means.map(({ name, mean, layers }) => [name, mean, layers])).toEqual([
    ['Vision', -3, 2],
    ['Early', 3, 2],
    ['Mid', 7, 2],
    ['Late', 11, 2],
  ]);
  expect(means[1]?.deviation).toBeCloseTo(Math.SQRT2, 12);
});

test('layers without a value do not count, a range without any is left out, one layer has no spread', () => {
  const some = points.map((point) => (point.layer === 2 ? { ...point, value: null } : point)).slice(0, 5);
  const means = regionMeans({ points: some }, averagedRanges([2, 4], 6, 2, 'llm'));
  expect(means).toEqual([{ name: 'Early', first: 1, last: 2, mean: 2, deviation: null, layers: 1 }]);
});

const region = { name: 'Early', first: 1, last: 2, layers: 2 };

test('a spread has two digits, and the mean as many decimals', () => {
  const axis = { title: '' };
  expect(meanTexts({ ...region, mean: 0.04399, deviation: 0.002094 }, axis)).toEqual([
    '0.0440 ± 0.0021',
    '0.0440',
  ]);
  const plain = { title: '', format: plainNumber };
  expect(meanTexts({ ...region, mean: 0.04399, deviation: 0.002094 }, plain)[0]).toBe('0.0440 ± 0.0021');
  expect(meanTexts({ ...region, mean: 0.5, deviation: null }, axis)).toEqual(['0.5']);
  const percent = { title: '', ...AS_PERCENT };
  expect(meanTexts({ ...region, mean: 0.52, deviation: 0.1 }, percent)[0]).toBe('52 % ± 10 %');
  expect(meanTexts({ ...region, mean: 0.091, deviation: 0.08 }, percent)[0]).toBe('9.1 % ± 8.0 %');
});

test('where items give the numbers, a mean has its interval over them, and of few nothing is said', () => {
  const pooled = (n: number) => () => ({ mean: 0.25, interval: { low: 0.125, high: 0.5 }, n });
  const found = (n: number) =>
    regionMeans({ points, pooled: pooled(n) }, averagedRanges([2, 4], 6, 0, 'llm'));
  expect(found(12)[0]).toMatchObject({ mean: 0.25, interval: { low: 0.125 }, n: 12, deviation: null });
  const texts = (n: number) => found(n).map((one) => meanTexts(one, { title: '', ...AS_PERCENT }));
  expect(texts(12)[0]).toEqual(['25 % (12.5 % to 50 %)', '25 %']);
  expect(texts(3)[0]).toEqual(['–']);
  expect(regionMeans({ points, pooled: () => null }, averagedRanges([2, 4], 6, 0, 'llm'))).toEqual([]);
});
