import { onCanvas, rectangle, type Drawing, type Mark, type Point } from '../drawing/drawing.ts';
import { INK, PALE, PAPER } from '../drawing/palette.ts';
import { textMarks } from '../drawing/text.ts';
import type { Random } from '../random/random.ts';
import { CELL } from './alignment.ts';

/** Digits 1 to 9 in rows a, b, c and columns x, y, z. */
export interface Table {
  values: readonly (readonly number[])[];
}

export const ROWS = ['a', 'b', 'c'];
export const COLUMNS = ['x', 'y', 'z'];

/** Two or three rows and columns. */
export function randomTable(random: Random): Table {
  const [rows, columns] = [random.whole(2, 3), random.whole(2, 3)];
  return {
    values: Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.whole(1, 9))),
  };
}

/** Every entry in a cell of its own, under and beside the names on pale ground. */
export function drawTable({ values }: Table, [dx, dy]: Point): Drawing {
  const columns = values[0]?.length ?? 0;
  const [right, bottom] = [(columns + 1) * CELL + dx, (values.length + 1) * CELL + dy];
  const write = (text: string, column: number, row: number): Mark[] =>
    textMarks(text, [(column + 0.5) * CELL + dx, (row + 0.5) * CELL + dy], {
      pitch: CELL,
      height: 78,
      colour: INK,
    });
  const rule = (from: Point, to: Point): Mark => ({
    kind: 'strokes',
    lines: [[onCanvas(from), onCanvas(to)]],
    width: 4,
    fill: INK,
  });
  return {
    background: PAPER,
    marks: [
      rectangle([dx, dy, right, CELL + dy], PALE),
      rectangle([dx, dy, CELL + dx, bottom], PALE),
      ...Array.from({ length: columns }, (_, i) =>
        rule([(i + 1) * CELL + dx, dy], [(i + 1) * CELL + dx, bottom]),
      ),
      ...values.map((_, i) => rule([dx, (i + 1) * CELL + dy], [right, (i + 1) * CELL + dy])),
      ...values.flatMap((row, r) => [
        ...write(ROWS[r] ?? '', 0, r + 1),
        ...row.flatMap((value, c) => write(String(value), c + 1, r + 1)),
      ]),
      ...Array.from({ length: columns }, (_, c) => write(COLUMNS[c] ?? '', c + 1, 0)).flat(),
    ],
  };
}

/** "A table. Row a: x 3, y 5. Row b: x 1, y 9." An entry for which `hidden` is true is left out. */
export function describeTable(
  { values }: Table,
  hidden: (row: number, column: number) => boolean = () => false,
): string {
  const rows = values.map((row, r) => {
    const entries = row.map((value, c) =>
      hidden(r, c) ? (COLUMNS[c] ?? '') : `${COLUMNS[c] ?? ''} ${value}`,
    );
    return `Row ${ROWS[r] ?? ''}: ${entries.join(', ')}.`;
  });
  return `A table. ${rows.join(' ')}`;
}

export function tableContent({ values }: Table): string {
  return `table ${values.map((row) => row.join(' ')).join(' / ')}`;
}
