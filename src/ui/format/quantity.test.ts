import { expect, test } from 'vitest';
import {
  bytes,
  bytesPerSecond,
  count,
  counted,
  duration,
  layerIndex,
  parameters,
  percent,
} from './quantity.ts';

test.each([
  [0, '0 B'],
  [812, '812 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [135.8 * 1024 ** 2, '136 MiB'],
  [2 * 1024 ** 3, '2 GiB'],
  [16_584_333_312, '15.4 GiB'],
  [1024 ** 3 - 1, '1 GiB'],
  [Number.POSITIVE_INFINITY, 'no limit'],
])('%d bytes read %s', (value, text) => expect(bytes(value)).toBe(text));

test.each([
  [8_292_166_656, '8.29 B'],
  [999_900_000, '1 B'],
  [135_000_000, '135 M'],
  [412_345, '412 k'],
  [12, '12'],
])('%d parameters read %s', (value, text) => expect(parameters(value)).toBe(text));

test.each([
  [0.4159, '0.42 s'],
  [8.13, '8.1 s'],
  [9.97, '10 s'],
  [41.4, '41 s'],
  [59.7, '1 min'],
  [200, '3 min 20 s'],
  [3600, '1 h'],
  [3899, '1 h 5 min'],
])('%d seconds read %s', (value, text) => expect(duration(value)).toBe(text));

test('counts, rates, shares and indices', () => {
  expect(count(152_064)).toBe('152\u2009064');
  expect(counted(1, 'layer')).toBe('1 layer');
  expect(counted(28, 'layer')).toBe('28 layers');
  expect(bytesPerSecond(812 * 1024 ** 2)).toBe('812 MiB/s');
  expect(percent(0.004_123)).toBe('0.412 %');
  expect(layerIndex(-3)).toBe('\u22123');
  expect(layerIndex(0)).toBe('0');
});
