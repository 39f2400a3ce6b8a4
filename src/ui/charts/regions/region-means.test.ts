import { expect, test } from 'vitest';
import { AS_PERCENT, plainNumber, type ValueAxis } from '../axis/value-axis.ts';
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

/** The fuller forms of a row of means with their spreads. */
const fuller = (axis: ValueAxis, ...row: readonly (readonly [mean: number, deviation: number | null])[]) =>
  meanTexts(
    row.map(([mean, deviation]) => ({ ...region, mean, deviation })),
    axis,
  ).map(([text]) => text);

test('a row has as many decimals as give its largest spread two digits', () => {
  const axis = { title: '' };
  expect(meanTexts([{ ...region, mean: 0.04399, deviation: 0.002094 }], axis)).toEqual([
    ['0.0440 ± 0.0021', '0.0440'],
  ]);
  const plain = { title: '', format: plainNumber };
  expect(fuller(plain, [0.01609, 0.00039], [0.0284, 0.00149], [0, 0], [0.5, null])).toEqual([
    '0.0161 ± 0.0004',
    '0.0284 ± 0.0015',
    '0',
    '0.5000',
  ]);
  // What the decimals do not show is no zero.
  expect(fuller(plain, [0.4, 0.015], [0.4, 0.0002], [0.0001, 0.00002])).toEqual([
    '0.400 ± 0.015',
    '0.400 ± 0.0002',
    '0.0001 ± 2e\u22125',
  ]);
  expect(fuller(plain, [6.1e-9, 1.23e-9], [5.98e-9, 2e-10])).toEqual([
    '6.1e\u22129 ± 1.2e\u22129',
    '6.0e\u22129 ± 0.2e\u22129',
  ]);
  expect(fuller(plain, [0.5, null])).toEqual(['0.5']);
  expect(fuller(plain, [-1234.5, 120])).toEqual(['\u22121235 ± 120']);
  expect(fuller({ title: '', ...AS_PERCENT }, [0.52, 0.1], [0.04, 0.031])).toEqual([
    '52 % ± 10 %',
    '4 % ± 3 %',
  ]);
});

test('where items give the numbers, a mean has its interval over them, and of few nothing is said', () => {
  const pooled = (n: number) => () => ({ mean: 0.25, interval: { low: 0.125, high: 0.5 }, n });
  const found = (n: number) =>
    regionMeans({ points, pooled: pooled(n) }, averagedRanges([2, 4], 6, 0, 'llm'));
  expect(found(12)[0]).toMatchObject({ mean: 0.25, interval: { low: 0.125 }, n: 12, deviation: null });
  const texts = (n: number) => meanTexts(found(n), { title: '', ...AS_PERCENT });
  expect(texts(12)[0]).toEqual(['25.0 % (12.5 % to 50.0 %)', '25.0 %']);
  expect(texts(3)[0]).toEqual(['–']);
  // Decimals are those of the widest interval.
  const means = [0.3, 0.218].map((mean) => ({
    ...{ ...region, mean, deviation: null, n: 12 },
    interval: { low: mean - 0.0194, high: mean + 0.03 },
  }));
  expect(meanTexts(means, { title: '', format: plainNumber }).map(([text]) => text)).toEqual([
    '0.300 (0.281 to 0.330)',
    '0.218 (0.199 to 0.248)',
  ]);
  expect(regionMeans({ points, pooled: () => null }, averagedRanges([2, 4], 6, 0, 'llm'))).toEqual([]);
});
