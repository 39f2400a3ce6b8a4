import type { Random } from '../random/random.ts';

/** Column, row; from 0, the upper left square. */
export type Square = readonly [number, number];

export const DIRECTIONS: readonly { name: string; by: Square }[] = [
  { name: 'up', by: [0, -1] },
  { name: 'down', by: [0, 1] },
  { name: 'left', by: [-1, 0] },
  { name: 'right', by: [1, 0] },
];

export function step([x, y]: Square, [dx, dy]: Square): Square {
  return [x + dx, y + dy];
}

/** What stands on a square; undefined off the floor. */
export function squareAt(rows: readonly string[], [x, y]: Square): string | undefined {
  return rows[y]?.[x];
}

/** The first square, by rows, on which `what` stands. */
export function findSquare(rows: readonly string[], what: string): Square | undefined {
  const y = rows.findIndex((row) => row.includes(what));
  const row = rows[y];
  return row === undefined ? undefined : [row.indexOf(what), y];
}

/** A square floor of 0 (free) and 1 (wall), with each of `pieces` on a free square; undefined where there are too few. */
export function randomFloor(
  random: Random,
  size: number,
  walls: number,
  pieces: readonly string[],
): string[] | undefined {
  const squares: string[] = Array.from({ length: size * size }, () => (random.chance(walls) ? '1' : '0'));
  const free = squares.flatMap((square, i) => (square === '0' ? [i] : []));
  if (free.length < pieces.length) return undefined;
  random.some(free, pieces.length).forEach((at, i) => (squares[at] = pieces[i] ?? '0'));
  return Array.from({ length: size }, (_, y) => squares.slice(y * size, (y + 1) * size).join(''));
}
