import { describe, expect, test } from 'vitest';
import { makeItem } from '../make-item.ts';
import { COLOUR_NAMES } from '../drawing/palette.ts';
import { SHAPES } from '../drawing/shapes.ts';
import { CELL } from './alignment.ts';
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

/** The cells of an item's picture, row by row, its own bytes each. */
function cellsOf(
  task: 'ocr' | 'grounding' | 'counting',
  index: number,
  alignment: readonly [number, number],
) {
  const item = makeItem(task, { split: 'train', index, alignment });
  const found = sights(item.drawing ?? { background: INK, marks: [] });
  const cells = Array.from({ length: SIGHT_CELLS }, (_, at) => cell(found, Math.floor(at / 4), at % 4));
  return { item, cells };
}

describe('what is told of items can be read back', () => {
  test('a word, from cell to cell and left to right', () => {
    for (let index = 0; index < 300; index++) {
      const { item, cells } = cellsOf('ocr', index, [0, 1]);
      const read = cells
        .flatMap((bytes) => bytes.slice(0, 3))
        .map((byte) => '_abcdefghijklmnopqrstuvwxyz0123456789'.charAt(byte).replace('_', ''))
        .join('');
      expect(read).toBe(item.answer);
    }
  });

  test('the look and box of a thing that stands alone, to a canvas unit', () => {
    let alone = 0;
    for (let index = 0; index < 200; index++) {
      const { item, cells } = cellsOf('grounding', index, [0, 1]);
      if (item.level > 1) continue;
      alone++;
      const at = cells.findIndex((bytes) => bytes[3] !== 0);
      const [shape = 0, colour = 0, ...place] = cells[at]?.slice(3) ?? [];
      expect(`${COLOUR_NAMES[colour - 1]} ${SHAPES[shape - 1]}`).toBe(item.meta.object_name);
      const [u = NaN, v = NaN, width = NaN, height = NaN] = place.map((byte) => byte / 255);
      const [x, y] = [((at % 4) + u) * CELL, (Math.floor(at / 4) + v) * CELL];
      const [w, h] = [width * CANVAS, height * CANVAS];
      const box = item.answer.split(',').map(Number);
      [x - w / 2, y - h / 2, x + w / 2, y + h / 2].forEach((edge, side) =>
        expect(Math.abs(edge - (box[side] ?? NaN))).toBeLessThan(1),
      );
    }
    expect(alone).toBeGreaterThan(100);
  });

  test('as many things as there are, where each has a cell of its own', () => {
    for (let index = 0; index < 100; index++) {
      const { item, cells } = cellsOf('counting', index, [1, 1]);
      expect(String(cells.filter((bytes) => bytes[3] !== 0).length)).toBe(item.answer);
    }
  });
});
