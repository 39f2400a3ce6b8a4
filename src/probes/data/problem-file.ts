/** GSM8K, MATH-500, RL data of EasyR1 and verl, VLMEvalKit's tables, lists of visual questions: read as they come. */
import { NamedError } from '../../named-error.ts';
import { cellOf, cellText, describeCell, isMissing } from './cell.ts';
import { type ColumnChoice, checkColumns, filledColumn, namesFor } from './columns.ts';
import { type JsonLine, lineName } from './json-lines.ts';
import type { Picture } from './picture.ts';
import type { Problem } from './problem.ts';
import { taggedAtEnd } from '../../tagged.ts';
import { parseTextList } from './python-list.ts';
import { answersCount, rowChoices } from './row-choices.ts';
import { readRows } from './row-file.ts';
import { RowPictures } from './row-pictures.ts';
import { placePictures, questionText } from './row-question.ts';

/** GSM8K ends its reasoning with `#### 42`. */
const GSM8K_ANSWER = /####\s*(.+)/;

/** A problem and the row it was read from. */
export interface ProblemRow {
  readonly problem: Problem;
  readonly row: JsonLine;
}

/**
 * Reads a list of problems: `readProblemRows` without the rows.
 *
 * @throws NamedError those of `readProblemRows`
 */
export async function readProblems(
  path: string,
  files: ReadonlyMap<string, Blob>,
  choice: ColumnChoice = {},
): Promise<readonly Problem[]> {
  return (await readProblemRows(path, files, choice)).map(({ problem }) => problem);
}

/**
 * Reads a list of problems, as the page and every command do. `path` is the list's own among `files`; images are looked for
 * beside it. Which columns hold what: `KNOWN_COLUMNS`, or `choice`. Without an id a problem is called by its index, as the
 * reference numbers GSM8K. VLMEvalKit's `hint` stands before the question, as VLMEvalKit puts it. Every picture of a row is
 * read, or the row is refused.
 *
 * @throws NamedError `NoProblems`; `MissingField`, `UnknownColumn`, `UnreadPicture` (`UnknownColumns`: a page can ask);
 * `MissingImage`, `ImageMarkers`, `Conversation`, `BadChoices`, `DuplicateId`, and those of `readRows`
 */
export async function readProblemRows(
  path: string,
  files: ReadonlyMap<string, Blob>,
  choice: ColumnChoice = {},
): Promise<readonly ProblemRow[]> {
  const file = files.get(path);
  if (!file) throw new NamedError('NoProblems', 'no such file', { file: path }, 'name a file of the folder');
  const rows = await readRows(file, path);
  if (rows.length === 0) {
    throw new NamedError('NoProblems', 'the list is empty', { file: path }, 'give at least one problem');
  }
  refuseConversations(rows, path, choice);
  checkColumns(path, { rows, choice });
  const pictures = new RowPictures(path, files, { rows, choice });
  const idOf = idsOf(rows, choice);
  const chosen = rows.map((row) => ({
    answer: answerCell(row, choice).value,
    choices: rowChoices(row, choice, path),
  }));
  const count = answersCount(chosen);
  const seen = new Set<string>();
  const shown: (readonly Picture[])[] = [];
  for (const row of rows) shown.push(await pictures.of(row));
  return rows.map((row, index) => {
    const choices = chosen[index]?.choices;
    const id = idOf(row, index);
    if (seen.has(id)) {
      throw new NamedError(
        'DuplicateId',
        `${lineName(row)} repeats ${id}`,
        { file: path, field: 'id' },
        'give each problem its own id',
      );
    }
    seen.add(id);
    const column = filledColumn(row, 'question', choice) as string;
    const text = questionText(cellOf(row, column), column, row, path);
    const level = Number(row.value['level']);
    const problem: Problem = {
      id,
      ...placePictures(hinted(text, row), shown[index] ?? [], column, row, path),
      answer: goldAnswer(answerText(row, path, choice, count ? choices : undefined)),
      ...(choices ? { choices } : {}),
      ...(!isMissing(row.value['level']) && Number.isFinite(level) ? { level } : {}),
    };
    return { problem, row };
  });
}

/** Rows of chats alone (LLaVA, ShareGPT) have no right answers to grade by. */
function refuseConversations(rows: readonly JsonLine[], path: string, choice: ColumnChoice): void {
  const column = ['conversations', 'messages', 'conversation'].find((name) =>
    rows.every((row) => Array.isArray(row.value[name])),
  );
  const isAsked = (row: JsonLine): boolean => filledColumn(row, 'question', choice) !== undefined;
  if (column === undefined || rows.some(isAsked)) return;
  throw new NamedError(
    'Conversation',
    `all ${rows.length} rows are conversations, which have no right answers to grade by`,
    { file: path, field: column },
    'put question and answer into columns of their own',
  );
}

/** What a row is called: `index` names rows only where all are different, for pandas' does not always. */
function idsOf(rows: readonly JsonLine[], choice: ColumnChoice): (row: JsonLine, index: number) => string {
  const textOf = (row: JsonLine, names: readonly string[]): string | undefined =>
    names
      .map((name) => cellOf(row, name))
      .flatMap((cell) => (isMissing(cell) ? [] : (cellText(cell) ?? [])))[0];
  const indices = new Set(rows.map((row) => textOf(row, ['index'])));
  const names = [...namesFor('id', choice), ...(indices.size === rows.length && !choice.id ? ['index'] : [])];
  return (row, index) => textOf(row, names) ?? String(index);
}

/** VLMEvalKit's words (`ImageMCQDataset.build_prompt`); without a hint the question is as it is. */
function hinted(text: string, { value }: JsonLine): string {
  const hint = isMissing(value['hint']) ? undefined : cellText(value['hint']);
  return hint === undefined ? text : `Hint: ${hint}\nQuestion: ${text}`;
}

function answerCell(
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
