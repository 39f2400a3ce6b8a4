import { CANVAS, type Mark } from '../drawing/drawing.ts';
import { PALE, PAPER } from '../drawing/palette.ts';
import { boardMarks, pieceMark, placeBoard, type Board } from '../scene/board.ts';
import { CELL } from '../scene/alignment.ts';
import { ofLevel, type Range } from '../level.ts';
import { like } from './like.ts';
import { puzzles, type PuzzleFamily } from './puzzle.ts';
import { isWithin, shortestWay, wayRationale, type Move } from './search.ts';

/** A row of r (red, goes right), g (green, goes left) and one _ (empty), now and as it shall be. */
type State = { start: string; goal: string };

/** Smallest and largest row, shortest and longest way, of a level. */
const LEVELS: readonly { sizes: Range; way: Range }[] = [
  { sizes: [3, 4], way: [1, 2] },
  { sizes: [5, 6], way: [3, 4] },
  { sizes: [7, 8], way: [5, 9] },
];

const family: PuzzleFamily<State> = {
  name: 'checker_move',
  domain: 'out-of-domain',
  levels: LEVELS.length,
  draw(random, level) {
    const { sizes, way } = ofLevel(LEVELS, level);
    const pieces = random.whole(sizes[0], sizes[1]) - 1;
    const start = random
      .shuffled(['_', ...Array.from({ length: pieces }, (_, i) => (i % 2 === 0 ? 'r' : 'g'))])
      .join('');
    let goal = start;
    for (let i = random.whole(...way); i > 0; i--) {
      const options = moves(goal);
      if (options.length > 0) goal = random.pick(options).to;
    }
    return isWithin(solveWay(start, goal), way) ? { start, goal } : undefined;
  },
  picture({ start, goal }, { alignment }, random) {
    const side = start.length <= CANVAS / CELL ? 4 : 8;
    const board = placeBoard(random, start.length, side / 2 + 1, alignment);
    return { background: PAPER, marks: [...rowMarks(board, start, 0), ...rowMarks(board, goal, side / 2)] };
  },
  content: ({ start, goal }) => `checkers ${start} ${goal}`,
  question: () =>
    'Red pieces go right, green ones left: one square into the empty one, or over one piece into it. What is the ' +
    'least number of moves from the upper row to the lower?',
  describe: ({ start, goal }) => `Upper row: ${start}. Lower row: ${goal}. (r red, g green, _ empty)`,
  solve({ start, goal }) {
    const way = solveWay(start, goal);
    return way && { answer: String(way.length), steps: way, rationale: wayRationale(way) };
  },
};

function solveWay(start: string, goal: string): string[] | undefined {
  return shortestWay(start, (state) => state === goal, moves, String);
}

function rowMarks({ origin: [x, y], side }: Board, row: string, below: number): Mark[] {
  const board: Board = { origin: [x, y + below * side], side };
  return [
    ...boardMarks(board, [[...row].map(() => PALE)]),
    ...[...row].flatMap((piece, i) =>
      piece === '_' ? [] : [pieceMark(board, i, 0, piece === 'r' ? 'red' : 'green')],
    ),
  ];
}

/** Moves are named by what is done: "r slides", "g jumps". */
function moves(row: string): Move<string>[] {
  const empty = row.indexOf('_');
  return [-2, -1, 1, 2].flatMap((offset) => {
    const piece = row[empty + offset];
    if (piece !== (offset < 0 ? 'r' : 'g')) return [];
    const squares = [...row];
    squares[empty] = piece;
    squares[empty + offset] = '_';
    return [{ name: `${piece} ${Math.abs(offset) === 1 ? 'slides' : 'jumps'}`, to: squares.join('') }];
  });
}

export const checkerMove = puzzles(family, like<State>({ start: '', goal: '' }));
