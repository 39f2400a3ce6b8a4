import { rectangle, type Mark } from '../drawing/drawing.ts';
import { COLOURS, INK, PAPER } from '../drawing/palette.ts';
import { boardMarks, pieceMark, placeBoard, squareBox } from '../scene/board.ts';
import { DIRECTIONS, findSquare, randomFloor, squareAt, step, type Square } from './floor.ts';
import { ofLevel, type Range } from '../level.ts';
import { like } from './like.ts';
import { puzzles, type PuzzleFamily } from './puzzle.ts';
import { isWithin, shortestWay, wayRationale } from './search.ts';

/** Rows of 0 (free), 1 (wall), p (person), b (box) and g (goal). */
type State = { rows: readonly string[] };

/** Smallest and largest floor, shortest and longest way, of a level. */
const LEVELS: readonly { sizes: Range; way: Range }[] = [
  { sizes: [3, 4], way: [2, 5] },
  { sizes: [4, 5], way: [5, 9] },
  { sizes: [5, 6], way: [8, 14] },
];
const WALLS = 0.12;

const family: PuzzleFamily<State> = {
  name: 'move_box',
  domain: 'in-domain',
  levels: LEVELS.length,
  draw(random, level) {
    const { sizes, way: range } = ofLevel(LEVELS, level);
    const rows = randomFloor(random, random.whole(sizes[0], sizes[1]), WALLS, ['p', 'b', 'g']);
    const way = rows && solveWay(rows);
    return rows && isWithin(way, range) ? { rows } : undefined;
  },
  picture({ rows }, { alignment }, random) {
    const board = placeBoard(random, rows.length, rows.length, alignment);
    const pieces = rows.flatMap((row, y) =>
      [...row].flatMap((square, x): Mark[] => {
        if (square === 'p') return [pieceMark(board, x, y, 'blue')];
        if (square === 'g') return [rectangle(squareBox(board, x, y), COLOURS.green)];
        if (square !== 'b') return [];
        const outline = { colour: INK, width: 3 };
        return [rectangle(squareBox(board, x, y, board.side * 0.14), COLOURS.orange, outline)];
      }),
    );
    const floor = rows.map((row) => [...row].map((square) => (square === '1' ? INK : PAPER)));
    return { background: PAPER, marks: [...boardMarks(board, floor), ...pieces] };
  },
  content: ({ rows }) => `move box ${rows.join(' ')}`,
  question: () =>
    'The blue person pushes the orange box to the green goal. What is the least number of steps the person takes?',
  describe: ({ rows }) =>
    `Floor by rows (1 wall, 0 free, p blue person, b orange box, g green goal): ${rows.join(' / ')}`,
  solve({ rows }) {
    const way = solveWay(rows);
    return way && { answer: String(way.length), steps: way, rationale: wayRationale(way) };
  },
};

/** The person walks to free squares, and pushes the box where the square behind it is free. */
function solveWay(rows: readonly string[]): string[] | undefined {
  const [person, box, goal] = ['p', 'b', 'g'].map((piece) => findSquare(rows, piece));
  if (!person || !box || !goal) return undefined;
  const free = (at: Square): boolean => (squareAt(rows, at) ?? '1') !== '1';
  const same = (a: Square, b: Square): boolean => a[0] === b[0] && a[1] === b[1];
  return shortestWay(
    { person, box },
    (state) => same(state.box, goal),
    (state) =>
      DIRECTIONS.flatMap(({ name, by }) => {
        const to = step(state.person, by);
        const pushed = same(to, state.box) ? step(state.box, by) : state.box;
        return free(to) && free(pushed) ? [{ name, to: { person: to, box: pushed } }] : [];
      }),
    (state) => `${state.person.join()} ${state.box.join()}`,
  );
}

export const moveBox = puzzles(family, like<State>({ rows: [''] }));
