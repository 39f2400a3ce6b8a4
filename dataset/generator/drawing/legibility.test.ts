import { expect, test } from 'vitest';
import { nearestGlyph } from '../testing/nearest-glyph.ts';
import { makeItem } from '../make-item.ts';
import { ocrDraft, placeWord } from '../perception/ocr.ts';
import { randomFrom } from '../random/random.ts';
import { WORDS } from '../language/words.ts';
import { crowd } from '../perception/counting.ts';
import { drawObjects } from '../scene/objects.ts';
import { TASK_NAMES } from '../tasks.ts';
import { CANVAS } from './drawing.ts';
import { COLOUR_NAMES, COLOURS } from './palette.ts';
import { rasteriseThenResize } from './rasterise.ts';

/** Pixels a side of what the demo models see. */
const SEEN = 112;

test.each([1, 0.5, 0])('words can be read at 112 pixels, letter by letter (alignment %f)', (alignment) => {
  const random = randomFrom(`legible ${alignment}`);
  let [right, all] = [0, 0];
  for (let i = 0; i < 120; i++) {
    const word = placeWord(random, random.pick(WORDS), alignment);
    const { drawing } = ocrDraft(word);
    if (!drawing) continue;
    const seen = rasteriseThenResize(drawing, SEEN);
    [...word.text].forEach((letter, at) => {
      all++;
      if (nearestGlyph(seen, SEEN, word, at) === letter) right++;
    });
  }
  expect(all).toBeGreaterThan(400);
  expect(right / all).toBeGreaterThanOrEqual(0.99);
});

test('colours can be told at 112 pixels', () => {
  const random = randomFrom('colours');
  for (let i = 0; i < 60; i++) {
    const objects = crowd(random, 6, 0) ?? [];
    const seen = rasteriseThenResize(drawObjects(objects), SEEN);
    for (const { box, colour } of objects) {
      const x = Math.floor(((box[0] + box[2]) / 2 / CANVAS) * SEEN);
      const y = Math.floor(((box[1] + box[3]) / 2 / CANVAS) * SEEN);
      const pixel = seen.subarray((y * SEEN + x) * 3, (y * SEEN + x) * 3 + 3);
      const away = (name: (typeof COLOUR_NAMES)[number]): number =>
        COLOURS[name].reduce((sum, value, c) => sum + (value - (pixel[c] ?? 0)) ** 2, 0);
      expect(COLOUR_NAMES.toSorted((a, b) => away(a) - away(b))[0]).toBe(colour);
    }
  }
});

test.each(TASK_NAMES)('letters and lines of %s stay on the canvas', (task) => {
  for (let index = 0; index < 60; index++) {
    const { drawing } = makeItem(task, { split: 'eval', index, alignment: [0, 1] });
    for (const mark of drawing?.marks ?? []) {
      if (mark.kind !== 'strokes') continue;
      for (const [x, y] of mark.lines.flat()) {
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(Math.max(x, y)).toBeLessThanOrEqual(CANVAS);
      }
    }
  }
});
