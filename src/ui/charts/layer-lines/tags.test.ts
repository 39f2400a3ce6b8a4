import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeTags, tagRows, type Tag } from './tags.ts';

const EDGES = { left: 50, right: 450 };
const tag = fc.record({
  key: fc.uuid(),
  at: fc.double({ min: 50, max: 450, noNaN: true }),
  width: fc.integer({ min: 30, max: 300 }),
});

test('what fits stands in one row, beside the name; what does not flows on', () => {
  const tags = [100, 200, 150].map((width, i) => ({ key: String(i), at: 200, width }));
  expect(tagRows(tags, 100, 400)).toEqual([0, 0, 1]);
  expect(tagRows(tags, 0, 450)).toEqual([0, 0, 0]);
  expect(tagRows([], 100, 400)).toEqual([]);
});

test('a tag with room stands over what it speaks of', () => {
  const tags = [{ key: 'a', at: 200, width: 80 }];
  const place = placeTags(tags, { ...EDGES, name: 60, scale: 1 });
  expect(place.get('a')).toEqual({ x: 200, row: 0, via: [] });
});

test('tags of a row keep apart from each other, from the name, and from leaders of the rows above', () => {
  fc.assert(
    fc.property(fc.array(tag, { minLength: 1, maxLength: 5 }), (tags: Tag[]) => {
      const name = 80;
      const places = placeTags(tags, { ...EDGES, name, scale: 1 });
      const spans = tags.flatMap(({ key, width }) => {
        const place = places.get(key);
        return place
          ? [
              { row: place.row, x: place.x, half: width / 2 },
              ...place.via.map((x, i) => ({ row: place.row + 1 + i, x, half: 6 })),
            ]
          : [];
      });
      for (const row of new Set(spans.map((one) => one.row))) {
        const here = spans.filter((one) => one.row === row).sort((a, b) => a.x - b.x);
        const width = here.reduce((sum, { half }) => sum + 2 * half, row === 0 ? name : 0);
        // Leaders come on top of what was counted as fitting: a full row is squeezed.
        if (width > EDGES.right - EDGES.left) continue;
        let edge = EDGES.left + (row === 0 ? name : 0);
        for (const { x, half } of here) {
          expect(x - half).toBeGreaterThanOrEqual(edge - 1e-6);
          edge = x + half;
        }
        expect(edge).toBeLessThanOrEqual(EDGES.right + 1e-6);
      }
      for (const { key } of tags) {
        const place = places.get(key);
        const rows = Math.max(...spans.map((one) => one.row));
        expect(place?.via).toHaveLength(rows - (place?.row ?? 0));
      }
    }),
  );
});
