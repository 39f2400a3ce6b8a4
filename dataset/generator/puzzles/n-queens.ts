import { PALE, PAPER } from '../drawing/palette.ts';
import type { Random } from '../random/random.ts';
import { boardMarks, pieceMark, placeBoard } from '../scene/board.ts';
import { like } from './like.ts';
import { puzzles, type PuzzleFamily } from './puzzle.ts';

/** Queens by column: the row from 0, or -1 for a column without. Asked: pairs that attack, or the missing queen. */
type State = { rows: readonly number[]; ask: string };

const COLUMNS = 'abcdefgh';

const family: PuzzleFamily<State> = {
  name: 'n_queens',
  domain: 'in-domain',
  levels: 3,
  draw(random, level) {
    const size = level === 1 ? 4 : level === 2 ? random.whole(5, 6) : random.whole(5, 8);
    if (level < 3)
      return { rows: Array.from({ length: size }, () => random.whole(0, size - 1)), ask: 'attacks' };
    const missing = random.whole(0, size - 1);
    const rows = peaceful(random, size);
    return rows && { rows: rows.map((row, column) => (column === missing ? -1 : row)), ask: 'missing' };
  },
  picture({ rows }, { alignment }, random) {
    const board = placeBoard(random, rows.length, rows.length, alignment);
    const fills = rows.map((_, r) => rows.map((_column, c) => ((r + c) % 2 === 0 ? PAPER : PALE)));
    const queens = rows.flatMap((row, column) => (row < 0 ? [] : [pieceMark(board, column, row, 'purple')]));
    return { background: PAPER, marks: [...boardMarks(board, fills), ...queens] };
  },
  content: ({ rows }) => `queens ${rows.join(' ')}`,
  question: ({ ask }) =>
    ask === 'attacks'
      ? 'How many pairs of queens attack each other, also over other pieces?'
      : 'One queen is missing so that every column has one and none attacks another. On which square must it stand? ' +
        'Columns are a, b, c from the left, rows 1, 2, 3 from the top.',
  describe: ({ rows }) =>
    `A ${rows.length}x${rows.length} board. Queens: ` +
    rows.flatMap((row, column) => (row < 0 ? [] : [squareName(column, row)])).join(', '),
  solve: ({ rows, ask }) => (ask === 'attacks' ? attackingPairs(rows) : missingQueen(rows)),
};

function squareName(column: number, row: number): string {
  return `${COLUMNS.charAt(column)}${row + 1}`;
}

function attacks(a: number, rowA: number, b: number, rowB: number): boolean {
  return rowA === rowB || Math.abs(a - b) === Math.abs(rowA - rowB);
}

function attackingPairs(rows: readonly number[]) {
  const pairs = rows.flatMap((row, a) =>
    rows.flatMap((other, b) =>
      b > a && attacks(a, row, b, other) ? [`${squareName(a, row)}-${squareName(b, other)}`] : [],
    ),
  );
  return {
    answer: String(pairs.length),
    steps: pairs,
    rationale: `${pairs.length > 0 ? pairs.join(', ') : 'No pair'}. That makes ${pairs.length}.`,
  };
}

function missingQueen(rows: readonly number[]) {
  const column = rows.indexOf(-1);
  const row = rows.findIndex((_, r) =>
    rows.every((other, c) => c === column || !attacks(column, r, c, other)),
  );
  if (column < 0 || row < 0) return undefined;
  const name = squareName(column, row);
  return {
    answer: name,
    steps: [name],
    rationale: `Column ${COLUMNS.charAt(column)} is empty, row ${row + 1} is free. That is ${name}.`,
  };
}

/** A full board on which no queen attacks another; undefined where a random order of columns led nowhere. */
function peaceful(random: Random, size: number): number[] | undefined {
  const rows: number[] = [];
  const all = Array.from({ length: size }, (_, row) => row);
  const fill = (): boolean =>
    rows.length === size ||
    random.shuffled(all).some((row) => {
      if (rows.some((other, column) => attacks(column, other, rows.length, row))) return false;
      rows.push(row);
      if (fill()) return true;
      rows.pop();
      return false;
    });
  return fill() ? rows : undefined;
}

export const nQueens = puzzles(family, like<State>({ rows: [0], ask: '' }));
