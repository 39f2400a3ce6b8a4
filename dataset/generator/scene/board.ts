import { CANVAS, rectangle, type Box, type Mark, type Point, type Rgb } from '../drawing/drawing.ts';
import { COLOURS, INK, PALE, type Colour } from '../drawing/palette.ts';
import type { Random } from '../random/random.ts';
import { CELL, type Alignment } from './alignment.ts';

/** Where a board of equal squares lies on the canvas. */
export interface Board {
  origin: Point;
  side: number;
}

/** Squares are a merge cell wide, or half of one where there are more than four in a row. */
export function placeBoard(random: Random, columns: number, rows: number, alignment: Alignment): Board {
  const side = Math.max(columns, rows) <= CANVAS / CELL ? CELL : CELL / 2;
  const edge = (count: number): number => {
    const free = random.whole(0, CANVAS - count * side);
    return Math.round(alignment * Math.round(free / side) * side + (1 - alignment) * free);
  };
  return { origin: [edge(columns), edge(rows)], side };
}

/** The box of a square, less a margin on every side. */
export function squareBox({ origin: [x, y], side }: Board, column: number, row: number, margin = 0): Box {
  return [
    x + column * side + margin,
    y + row * side + margin,
    x + (column + 1) * side - margin,
    y + (row + 1) * side - margin,
  ];
}

export function squareCentre({ origin: [x, y], side }: Board, column: number, row: number): Point {
  return [x + (column + 0.5) * side, y + (row + 0.5) * side];
}

/** Squares in one colour each, with thin lines between. */
export function boardMarks(board: Board, fills: readonly (readonly Rgb[])[]): Mark[] {
  return fills.flatMap((row, r) =>
    row.map((fill, c) => rectangle(squareBox(board, c, r), fill, { colour: PALE, width: 2 })),
  );
}

/** A round piece on a square. */
export function pieceMark(board: Board, column: number, row: number, colour: Colour | 'ink'): Mark {
  const fill = colour === 'ink' ? INK : COLOURS[colour];
  const box = squareBox(board, column, row, board.side * 0.16);
  return { kind: 'ellipse', box, fill, outline: { colour: INK, width: 3 } };
}
