import { expect, test } from 'vitest';
import { indexOfRow, rowOfIndex, sectionOf, type LayerIndex, type LayerRow } from './layer-index.ts';

test('row 0 is layer 1 of the LLM, behind projector and vision blocks', () => {
  expect([0, 27].map(indexOfRow)).toEqual([1, 28]);
  expect([1, 28].map(rowOfIndex)).toEqual([0, 27]);
  expect([-32, -1, 0, 1].map(sectionOf)).toEqual([
    ...['Vision Encoder', 'Vision Encoder', 'Projector', 'LLM Backbone'],
  ]);
});

test('an index is not taken for a row, nor a row for an index', () => {
  const [index, row]: [LayerIndex, LayerRow] = [indexOfRow(3), rowOfIndex(3)];
  // @ts-expect-error the compiler says so
  expect(indexOfRow(index)).toBe(5);
  // @ts-expect-error the compiler says so
  expect(rowOfIndex(row)).toBe(1);
});
