import { expect, test } from 'vitest';
import { parseLayers } from './layer-list.ts';

test.each([
  ['0-3', [0, 1, 2, 3]],
  ['2', [2]],
  ['5-7,0,3', [0, 3, 5, 6, 7]],
  ['1-3,2-4', [1, 2, 3, 4]],
])('%s', (text, layers) => {
  expect(parseLayers(text, 8, '--layers')).toEqual(layers);
});

test.each([
  ['8', 'there is no layer 8 among 8; --layers; give layers from 0 to 7'],
  ['3-1', '"3-1" runs backwards'],
  ['a', '"a" is neither a layer nor a range'],
  ['', '"" is neither a layer nor a range'],
])('%j is refused', (text, message) => {
  expect(() => parseLayers(text, 8, '--layers')).toThrow(message);
});
