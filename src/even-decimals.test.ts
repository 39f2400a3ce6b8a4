import { expect, test } from 'vitest';
import { evenDecimals } from './even-decimals.mjs';
import { signed } from './number-text.mjs';

test.each([
  [[0.01097, 0.0076361, 0.014312], '+0.01097, +0.00764, +0.01431'],
  [[-0.5, -1.25, 0.0012], '−0.500, −1.250, +0.001'],
  [[1234.2, 1200, 1300], '+1234, +1200, +1300'],
  [[0.3, 0.2, 0.4], '+0.3, +0.2, +0.4'],
  [[0, 0, 0], '+0, +0, +0'],
  [[2e-6, 1e-6, 0.5], '+2e−6, +1e−6, +0.5'],
])('%j are told together as %s', (values, texts) => {
  expect(values.map(evenDecimals(values, signed)).join(', ')).toBe(texts);
});
