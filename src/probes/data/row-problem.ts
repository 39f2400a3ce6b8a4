/** One row as a question: GSM8K, MATH-500, RL data of EasyR1 and verl, VLMEvalKit's tables, lists of visual questions. */
import { NamedError } from '../../named-error.ts';
import { cellOf, cellText, describeCell, isMissing } from './cell.ts';
import { type ColumnChoice, filledColumn, namesFor } from './columns.ts';
import { type JsonLine, lineName } from './json-lines.ts';
import type { Picture } from './picture.ts';
import type { Problem } from './problem.ts';
import { taggedAtEnd } from '../../tagged.ts';
import { parseTextList } from './python-list.ts';
import { placePictures, questionText } from './row-question.ts';

/** GSM8K ends its reasoning with `#### 42`. */
const GSM8K_ANSWER = /####\s*(.+)/;

/** What a row is called by the columns that name rows; undefined where it fills none. */
export function rowName(row: JsonLine, choice: ColumnChoice): string | undefined {
  return nameIn(row, namesFor('id', choice));
}

/** The text of the first of these columns that is filled. */
export function nameIn(row: JsonLine, columns: readonly string[]): string | undefined {
  for (const column of columns) {
    const cell = cellOf(row, column);
    const text = isMissing(cell) ? undefined : cellText(cell);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** What a row says besides its id, its pictures found. */
export interface RowParts {
  readonly pictures: readonly Picture[];
  readonly choices: readonly string[] | undefined;
  /** Answers count the options from 0. */
  readonly counted: boolean;
}

/**
 * A row as a problem. VLMEvalKit's `hint` stands before the question, as VLMEvalKit puts it.
 *
 * @throws NamedError `MissingField`, `UnreadPicture`, `ImageMarkers`, `Conversation`
 */
export function rowProblem(
  row: JsonLine,
  id: string,
  { pictures, choices, counted }: RowParts,
  choice: ColumnChoice,
  path: string,
): Problem {
  const column = filledColumn(row, 'question', choice) as string;
  const text = questionText(cellOf(row, column), column, row, path);
  const level = Number(row.value['level']);
  return {
    id,
    ...placePictures(hinted(text, row), pictures, column, row, path),
    answer: goldAnswer(answerText(row, path, choice, counted ? choices : undefined)),
    ...(choices ? { choices } : {}),
    ...(!isMissing(row.value['level']) && Number.isFinite(level) ? { level } : {}),
  };
}

/** VLMEvalKit's words (`ImageMCQDataset.build_prompt`); without a hint the question is as it is. */
function hinted(text: string, { value }: JsonLine): string {
  const hint = isMissing(value['hint']) ? undefined : cellText(value['hint']);
  return hint === undefined ? text : `Hint: ${hint}\nQuestion: ${text}`;
}

/** The cell that answers, and its column. */
export function answerCell(
  row: JsonLine,
  choice: ColumnChoice,
): { readonly column: string; readonly value: unknown } {
  const column = filledColumn(row, 'answer', choice) as string;
  return { column, value: cellOf(row, column) };
}

/** `counted`: the options, where answers count them from 0. */
function answerText(
  row: JsonLine,
  path: string,
  choice: ColumnChoice,
  counted: readonly string[] | undefined,
): string {
  const { column, value } = answerCell(row, choice);
  const text = counted ? counted[Number(cellText(value))] : cellText(value);
  if (text !== undefined) return text;
  throw new NamedError(
    'MissingField',
    `${lineName(row)} holds ${describeCell(value)}`,
    { file: path, field: column },
    'put the answer there as text or number',
  );
}

/**
 * What stands after `####`, thousands unseparated as in the reference; else the answer as it is. verl's `["42"]`, a list of one
 * text printed as text, is that text; `<answer>42</answer>` at the end is what it encloses.
 */
function goldAnswer(stored: string): string {
  const [only, ...others] = (/^\s*\[\s*["']/.test(stored) ? parseTextList(stored) : undefined) ?? [];
  const text = only !== undefined && others.length === 0 ? only : stored;
  const tagged = taggedAtEnd(text) ?? text;
  const marked = GSM8K_ANSWER.exec(tagged)?.[1];
  return marked === undefined ? tagged.trim() : marked.trim().replaceAll(',', '');
}
