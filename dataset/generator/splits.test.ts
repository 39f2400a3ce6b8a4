import { expect, test } from 'vitest';
import { makeItem } from './make-item.ts';
import { FAMILY_NAMES, isOutOfDomain } from './puzzles/families.ts';
import { TASK_NAMES } from './tasks.ts';

const TRAINED = TASK_NAMES.filter((task) => !isOutOfDomain(task));

function hashes(split: 'train' | 'eval', count: number): Set<string> {
  const found = new Set<string>();
  for (const task of TRAINED) {
    for (let index = 0; index < count; index++)
      found.add(makeItem(task, { split, index, alignment: [0, 1] }).hash);
  }
  return found;
}

test('nothing asked in evaluation is met in training, in any task or at any alignment', () => {
  const [train, held] = [hashes('train', 700), hashes('eval', 150)];
  expect(train.size).toBeGreaterThan(6000);
  expect([...held].filter((hash) => train.has(hash))).toEqual([]);
});

test('out-of-domain families are never trained on', () => {
  const families = FAMILY_NAMES.filter(isOutOfDomain);
  expect(families).toEqual(['number_slide', 'water_jugs', 'tower_of_hanoi', 'checker_move']);
  for (const family of families)
    expect(() => makeItem(family, { split: 'train', index: 0, alignment: 1 })).toThrow(RangeError);
});

test('placement is no content: a held-out word is held out everywhere', () => {
  const words = (split: 'train' | 'eval'): Set<string> =>
    new Set(
      [0, 0.5, 1].flatMap((alignment) =>
        Array.from({ length: 400 }, (_, index) => makeItem('ocr', { split, index, alignment }).answer),
      ),
    );
  const [train, held] = [words('train'), words('eval')];
  expect([...held].filter((word) => train.has(word))).toEqual([]);
});

test('alignment 1 puts everything at centres of cells', () => {
  for (let index = 0; index < 50; index++) {
    const { meta } = makeItem('grounding', { split: 'train', index, alignment: 1 });
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = Array.isArray(meta.bbox_xyxy) ? meta.bbox_xyxy.map(Number) : [];
    // Odd sides leave half a unit.
    for (const centre of [(x1 + x2) / 2, (y1 + y2) / 2])
      expect(Math.abs(((centre - 48) / 96) % 1)).toBeLessThan(0.01);
  }
});
