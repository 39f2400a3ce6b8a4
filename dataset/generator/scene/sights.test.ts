import { describe, expect, test } from 'vitest';
import { CANVAS } from '../drawing/drawing.ts';
import { INK } from '../drawing/palette.ts';
import { shapeMark } from '../drawing/shapes.ts';
import { textMarks } from '../drawing/text.ts';
import { SIGHT_CELLS, SIGHT_FIELDS, sights } from './sights.ts';

const cell = (found: Uint8Array, row: number, column: number) =>
  [...found].slice((row * 4 + column) * SIGHT_FIELDS.length, (row * 4 + column + 1) * SIGHT_FIELDS.length);

describe('what stands in each cell', () => {
  test('letters by the third of the cell they stand in', () => {
    const marks = textMarks('b7', [24, 48], { pitch: 48, height: 68, colour: INK });
    const found = sights({ background: INK, marks });
    expect(cell(found, 0, 0)).toEqual([2, 0, 34, 0, 0, 0, 0, 0, 0]);
    expect(found.filter((byte) => byte > 0)).toHaveLength(2);
  });

  test('things with shape, colour, place and size', () => {
    const found = sights({ background: INK, marks: [shapeMark('square', [192, 288, 288, 384], 'green')] });
    const share = Math.round((255 * 96) / CANVAS);
    expect(cell(found, 3, 2)).toEqual([0, 0, 0, 2, 2, 128, 128, share, share]);
  });

  test('nothing where nothing is', () => {
    expect(sights({ background: INK, marks: [] })).toEqual(new Uint8Array(SIGHT_CELLS * SIGHT_FIELDS.length));
  });
});
