import { expect, test } from 'vitest';
import { meanTexts, regionMeans, averagedRanges } from './region-means.ts';

const points = [-2, -1, 0, 1, 2, 3, 4, 5, 6].map((layer) => ({ layer, value: (layer * 2) as number | null }));

test('means follow the cuts; the spread is the sample deviation over layers', () => {
  const means = regionMeans(points, averagedRanges([2, 4], 6, 2, 'all'));
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
  const means = regionMeans(some, averagedRanges([2, 4], 6, 2, 'llm'));
  expect(means).toEqual([{ name: 'Early', first: 1, last: 2, mean: 2, deviation: null, layers: 1 }]);
});

test('a spread has two digits, and the mean as many decimals', () => {
  const axis = { title: '' };
  expect(meanTexts(0.04399, 0.002094, axis)).toEqual(['0.0440 ± 0.0021', '0.0440']);
  expect(meanTexts(0.5, null, axis)).toEqual(['0.5']);
  expect(meanTexts(0.52, 0.1, { title: '', format: (v) => `${v * 100} %` })[0]).toBe('52 % ± 10 %');
});
