import { flow } from '../marks/flow.ts';
import { spread } from '../marks/spread.ts';

/** A text above a panel that speaks of a place in it. */
export interface Tag {
  readonly key: string;
  /** x of what it speaks of, and the width it takes, pixels. */
  readonly at: number;
  readonly width: number;
}

interface PlacedTag {
  /** Middle of the text, and its row from the top. */
  readonly x: number;
  readonly row: number;
  /** Where its leader passes the rows below. */
  readonly via: readonly number[];
}

/** Pixels that a leader takes among the texts of a row, at scale 1. */
const LEADER = 12;

/** Puts tags into as many rows as they need; `name` pixels at the left of the first row are taken. */
export function tagRows(tags: readonly Tag[], name: number, room: number): number[] {
  return flow([name, ...tags.map(({ width }) => width)], room, 0)
    .slice(1)
    .map(({ line }) => line);
}

/**
 * Where tags stand between `left` and `right`: in their rows, near what they speak of, apart from each other and from the leaders
 * of the rows above. By their keys.
 */
export function placeTags(
  tags: readonly Tag[],
  { name, left, right, scale }: { name: number; left: number; right: number; scale: number },
): Map<string, PlacedTag> {
  const rows = tagRows(tags, name, right - left);
  const last = Math.max(0, ...rows);
  const placed = new Map(tags.map(({ key }, i) => [key, { x: 0, row: rows[i] ?? 0, via: [] as number[] }]));
  for (let row = 0; row <= last; row++) {
    const here = tags.flatMap((tag, i) => {
      const own = rows[i] ?? 0;
      return own > row ? [] : [{ ...tag, own, width: own === row ? tag.width : LEADER * scale }];
    });
    const places = spread(
      here.map(({ at, width }) => ({ at, size: width })),
      row === 0 ? left + name : left,
      right,
    );
    here.forEach(({ key, own }, i) => {
      const tag = placed.get(key);
      const x = places[i] ?? 0;
      if (tag && own === row) tag.x = x;
      else tag?.via.push(x);
    });
  }
  return placed;
}
