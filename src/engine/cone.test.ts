import { expect, test } from 'vitest';
import { coneOf } from './cone.ts';

const LAYERS = 4;
const swap = (layers: readonly number[], reads?: 'text') => ({
  swap: { source: 's', layers, ...(reads ? { reads } : {}) },
});
const from = (layer: number) => Array.from({ length: LAYERS - layer }, (_, at) => layer + at);

test('rows read what follows the template, each from its layer on', () => {
  expect(coneOf([{}], LAYERS)).toEqual({ before: 0, image: 1, after: 1 });
  // The plain run, and 4/4 + 3/4 + 2/4 + 1/4 of the model.
  const each = [{}, ...[0, 1, 2, 3].map((layer) => swap([layer]))];
  expect(coneOf(each, LAYERS)).toEqual({ before: 0, image: 3.5, after: 3.5 });
  const ablated = [{}, ...[1, 3].map((layer) => ({ ablate: [{ layer, part: 'mlp' as const }] }))];
  expect(coneOf(ablated, LAYERS)).toEqual({ before: 0, image: 2, after: 2 });
});

test('the image is read once where its states are no longer read', () => {
  const onwards = [{}, ...[0, 1, 2, 3].map((layer) => swap(from(layer)))];
  expect(coneOf(onwards, LAYERS)).toEqual({ before: 0, image: 1, after: 3.5 });
  const byText = [{}, ...[0, 1, 2, 3].map((layer) => swap([layer], 'text'))];
  expect(coneOf(byText, LAYERS)).toEqual({ before: 0, image: 1, after: 3.5 });
});
