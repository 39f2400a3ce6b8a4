/** A list of rows beside some pictures, read. */
import type { ColumnChoice } from '../columns.ts';
import { readProblems } from './problem-file.ts';
import type { Problem } from '../problem.ts';

export type Row = Readonly<Record<string, unknown>>;

const PICTURES = ['images/0.png', 'images/1.png', 'more/deep/2.jpg'];

/** Reads rows as JSON lines; each picture holds its own path. */
export function readRows(rows: readonly Row[], choice?: ColumnChoice): Promise<readonly Problem[]> {
  const text = rows.map((row) => JSON.stringify(row)).join('\n');
  const files = new Map([
    ['set/list.jsonl', new Blob([text])],
    ...PICTURES.map((path) => [`set/${path}`, new Blob([path])] as const),
  ]);
  return readProblems('set/list.jsonl', files, choice);
}

/** What every row has, unless it says otherwise. */
export const BASE = { question: 'q', answer: 'a' };

/** The problem of one row. */
export async function readRow(row: Row, choice?: ColumnChoice): Promise<Problem> {
  const [problem] = await readRows([{ ...BASE, ...row }], choice);
  return problem as Problem;
}
