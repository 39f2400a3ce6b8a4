import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentText, spreadTexts } from './number-text.mjs';

const PERCENT = { format: percentText, tabled: (share: number) => share * 100 };

test('a mean and its spread have as many decimals, in every form and size', () => {
  const size = fc.tuple(fc.double({ min: 1, max: 9.99, noNaN: true }), fc.integer({ min: -12, max: 8 }));
  const number = size.map(([lead, power]) => lead * 10 ** power);
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const decimals = (text: string) => /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
  const check = (texts: readonly string[]): void => {
    const [mean = '', spread] = (texts[0] ?? '').split(' ± ');
    if (spread !== undefined) expect(decimals(spread)).toBe(decimals(mean));
  };
  fc.assert(fc.property(number, number, (mean, spread) => check(spreadTexts(mean, spread))));
  fc.assert(fc.property(share, share, (mean, spread) => check(spreadTexts(mean, spread, PERCENT))));
});

test.each([
  [0.04399, 0.002094, undefined, '0.0440 ± 0.0021'],
  [1234.5, 123.4, undefined, '1235 ± 123'],
  [1.234e-8, 4e-9, undefined, '(1.23 ± 0.40)e−8'],
  [-0.5, 0.25, undefined, '−0.50 ± 0.25'],
  [2, 0, undefined, '2'],
  [0.091, 0.08, PERCENT, '9.1 % ± 8.0 %'],
  [0.52, 0.1, PERCENT, '52 % ± 10 %'],
  [0.9997, 0.0004, PERCENT, '99.97 % ± 0.04 %'],
  // Layers that are all alike have no spread to speak of.
  [1, 0, PERCENT, '100 %'],
  [1, null, PERCENT, '100 %'],
] as const)('%d and %d read %#', (mean, spread, form, text) => {
  expect(spreadTexts(mean, spread, form)[0]).toBe(text);
});
