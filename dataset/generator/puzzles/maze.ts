import type { Rgb } from '../drawing/drawing.ts';
import { COLOURS, INK, PAPER } from '../drawing/palette.ts';
import { boardMarks, placeBoard } from '../scene/board.ts';
import { DIRECTIONS, findSquare, randomFloor, squareAt, step } from './floor.ts';
import { ofLevel, type Range } from '../level.ts';
import { like } from './like.ts';
import { puzzles, type PuzzleFamily } from './puzzle.ts';
import { isWithin, shortestWay, wayRationale } from './search.ts';

/** Rows of 0 (free), 1 (wall), s (start) and e (exit). */
type State = { rows: readonly string[] };

/** Smallest and largest floor, shortest and longest way, of a level. */
const LEVELS: readonly { sizes: Range; way: Range }[] = [
  { sizes: [3, 4], way: [2, 4] },
  { sizes: [5, 6], way: [4, 8] },
  { sizes: [7, 8], way: [6, 14] },
];
const WALLS = 0.35;

const FILLS: Readonly<Record<string, Rgb>> = { '0': PAPER, '1': INK, s: COLOURS.green, e: COLOURS.red };

const family: PuzzleFamily<State> = {
  name: 'maze',
  domain: 'in-domain',
  levels: LEVELS.length,
  draw(random, level) {
    const { sizes, way: range } = ofLevel(LEVELS, level);
    const size = random.whole(...sizes);
    const rows = randomFloor(random, size, WALLS, ['s', 'e']);
    const way = rows && solveWay(rows);
    return rows && isWithin(way, range) ? { rows } : undefined;
  },
  picture({ rows }, { alignment }, random) {
    const board = placeBoard(random, rows.length, rows.length, alignment);
    return {
      background: PAPER,
      marks: boardMarks(
        board,
        rows.map((row) => [...row].map((square) => FILLS[square] ?? PAPER)),
      ),
    };
  },
  content: ({ rows }) => `maze ${rows.join(' ')}`,
  question: () => 'What is the least number of steps from the green start to the red exit?',
  describe: ({ rows }) => `Maze by rows (1 wall, 0 free, s green start, e red exit): ${rows.join(' / ')}`,
  solve({ rows }) {
    const way = solveWay(rows);
    return way && { answer: String(way.length), steps: way, rationale: wayRationale(way) };
  },
};

function solveWay(rows: readonly string[]): string[] | undefined {
  const start = findSquare(rows, 's');
  return (
    start &&
    shortestWay(
      start,
      (at) => squareAt(rows, at) === 'e',
      (at) =>
        DIRECTIONS.map(({ name, by }) => ({ name, to: step(at, by) })).filter(
          ({ to }) => (squareAt(rows, to) ?? '1') !== '1',
        ),
      String,
    )
  );
}

export const maze = puzzles(family, like<State>({ rows: [''] }));
