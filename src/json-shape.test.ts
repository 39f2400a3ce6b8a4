import { expect, test } from 'vitest';
import { shown } from './json-shape.ts';

test.each([
  [Infinity, 'Infinity'],
  ['a', '"a"'],
  [undefined, 'nothing'],
  [JSON.parse('['.repeat(1e5) + ']'.repeat(1e5)) as unknown, 'what nests too deep to be written out'],
  ['x'.repeat(100), `"${'x'.repeat(56)}…`],
  [Array(101).fill(0), 'a list of 101 items'],
])('a value is shown as %#', (value, text) => {
  expect(shown(value)).toBe(text);
});
