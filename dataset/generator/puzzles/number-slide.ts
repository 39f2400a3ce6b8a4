import { rectangle, type Mark } from '../drawing/drawing.ts';
import { INK, PALE, PAPER } from '../drawing/palette.ts';
import { textMarks } from '../drawing/text.ts';
import { CELL } from '../scene/alignment.ts';
import { placeBoard, squareBox, squareCentre } from '../scene/board.ts';
import { ofLevel, type Range } from '../level.ts';
import { like } from './like.ts';
import { puzzles, type PuzzleFamily } from './puzzle.ts';
import { isWithin, shortestWay, wayRationale, type Move } from './search.ts';

/** Nine squares by rows: the digits of the tiles, and _ for the empty one. */
type State = { tiles: string };

const SIDE = 3;
const GOAL = '12345678_';

/** Shortest and longest way of a level. */
const LEVELS: readonly Range[] = [
  [1, 3],
  [4, 6],
  [7, 9],
];

const family: PuzzleFamily<State> = {
  name: 'number_slide',
  domain: 'out-of-domain',
  levels: LEVELS.length,
  draw(random, level) {
    const range = ofLevel(LEVELS, level);
    let tiles = GOAL;
    for (let i = random.whole(...range); i > 0; i--) tiles = random.pick(slides(tiles)).to;
    return isWithin(solveWay(tiles), range) ? { tiles } : undefined;
  },
  picture({ tiles }, { alignment }, random) {
    const board = placeBoard(random, SIDE, SIDE, alignment);
    const marks = [...tiles].flatMap((tile, i): Mark[] => {
      const [column, row] = [i % SIDE, Math.floor(i / SIDE)];
      if (tile === '_') return [rectangle(squareBox(board, column, row), INK)];
      return [
        rectangle(squareBox(board, column, row), PALE, { colour: INK, width: 4 }),
        ...textMarks(tile, squareCentre(board, column, row), { pitch: CELL, height: 84, colour: INK }),
      ];
    });
    return { background: PAPER, marks };
  },
  content: ({ tiles }) => `slide ${tiles}`,
  question: () =>
    'Tiles slide into the empty square. What is the least number of moves until they stand in order, from 1 at the ' +
    'upper left to 8, the empty square last?',
  describe: ({ tiles }) =>
    `Tiles by rows (_ is empty): ${tiles.slice(0, 3)} / ${tiles.slice(3, 6)} / ${tiles.slice(6)}`,
  solve({ tiles }) {
    const way = solveWay(tiles);
    return way && { answer: String(way.length), steps: way, rationale: `Move ${wayRationale(way)}` };
  },
};

function solveWay(tiles: string): string[] | undefined {
  return shortestWay(tiles, (state) => state === GOAL, slides, String);
}

/** Each move is named by the tile that slides. */
function slides(tiles: string): Move<string>[] {
  const empty = tiles.indexOf('_');
  return [...tiles].flatMap((tile, i) => {
    const across = Math.abs((i % SIDE) - (empty % SIDE));
    const down = Math.abs(Math.floor(i / SIDE) - Math.floor(empty / SIDE));
    if (across + down !== 1) return [];
    const swapped = [...tiles].map((other) => (other === tile ? '_' : other === '_' ? tile : other));
    return [{ name: tile, to: swapped.join('') }];
  });
}

export const numberSlide = puzzles(family, like<State>({ tiles: '' }));
