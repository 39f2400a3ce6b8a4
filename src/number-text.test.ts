import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evenNumbers, evenShares, percentText, points, spreadTexts } from './number-text.mjs';
import { plainNumber } from './plain-number.mjs';

const textsOf = (mean: number, deviation: number | null, inPercent = false): readonly string[] =>
  spreadTexts([{ mean, deviation }], inPercent)[0] ?? [];

test('a mean and its spread have as many decimals, whatever their size', () => {
  const size = fc.tuple(fc.double({ min: 1, max: 9.99, noNaN: true }), fc.integer({ min: -12, max: 8 }));
  const number = size.map(([lead, power]) => lead * 10 ** power);
  const share = fc.double({ min: 1e-9, max: 1, noNaN: true });
  const decimals = (text: string) => /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
  const check = (texts: readonly string[]): true => {
    const [mean = '', spread] = (texts[0] ?? '').split(' ± ');
    if (spread !== undefined) expect(decimals(spread)).toBe(decimals(mean));
    return true;
  };
  // A mean far below its spread has a digit of its own: it is no zero.
  const seen = (mean: number, spread: number) => mean >= spread / 10;
  fc.assert(
    fc.property(number, number, (mean, spread) => !seen(mean, spread) || check(textsOf(mean, spread))),
  );
  fc.assert(
    fc.property(share, share, (mean, spread) => !seen(mean, spread) || check(textsOf(mean, spread, true))),
  );
});

test.each([
  [0.04399, 0.002094, false, '0.0440 ± 0.0021'],
  [1234.5, 123.4, false, '1235 ± 123'],
  [1.234e-8, 4e-9, false, '1.23e−8 ± 0.40e−8'],
  [-0.5, 0.25, false, '−0.50 ± 0.25'],
  [2, 0, false, '2'],
  [0.091, 0.08, true, '9.1 % ± 8.0 %'],
  [0.52, 0.1, true, '52 % ± 10 %'],
  [0.9997, 0.0004, true, '99.970 % ± 0.040 %'],
  // Layers that are all alike have no spread to speak of.
  [1, 0, true, '100 %'],
  [1, null, true, '100 %'],
] as const)('%d and %d read %#', (mean, spread, inPercent, text) => {
  expect(textsOf(mean, spread, inPercent)[0]).toBe(text);
});

test('of a spread that is next to nothing there is text, too', () => {
  expect(textsOf(0.5, 5e-324, true)[0]).toContain(' % ± ');
});

test.each([
  [[0.54, 0.404, 0.67], percentText, '54.0 %, 40.4 %, 67.0 %'],
  [[0.54, 0.4, 0.67], percentText, '54 %, 40 %, 67 %'],
  // None and all are told exactly, and next to them as many decimals as it takes.
  [[0, 0, 0.242], percentText, '0 %, 0 %, 24.2 %'],
  [[1, 0.758, 1], percentText, '100 %, 75.8 %, 100 %'],
  [[0.9997, 0.9, 0.99999], percentText, '99.97 %, 90.0 %, 99.999 %'],
  [[-0.6, -0.776, 0.04], points, '−60.0, −77.6, +4.0'],
  [[0.1, 0, 1], points, '+10, +0, +100'],
  [[0.1, 0, 0.005], points, '+10.0, +0, +0.5'],
] as const)('shares told together: %j', (values, form, texts) => {
  expect(values.map(evenShares(values, form)).join(', ')).toBe(texts);
});

test.each([
  [[0.3791, 0.335, 0.2032], '0.3791, 0.3350, 0.2032'],
  [[0.02362, 0.0172], '0.02362, 0.01720'],
  // No zero is put in for a digit that is known.
  [[0.12344, 0.01472], '0.12344, 0.01472'],
  [[-0.5, 12, 0], '\u22120.5, 12.0, 0'],
  [[3, 12], '3, 12'],
  [[0.335, 2e-6], '0.335, 2e\u22126'],
])('%j stand below each other as %s', (values, texts) => {
  const form = evenNumbers(values, (value) => plainNumber(value));
  expect(values.map((value) => form(value)).join(', ')).toBe(texts);
});

test('numbers with a unit keep their own form', () => {
  expect(evenNumbers([0.5, 0.251], percentText)(0.5)).toBe('50 %');
});
