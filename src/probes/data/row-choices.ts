/** A row's options, and the answer among them. */
import { CHOICE_LETTERS } from '../../grading/answers/choice.ts';
import { NamedError } from '../../named-error.ts';
import { cellOf, cellText, describeCell, isMissing, isRecord } from './cell.ts';
import { type ColumnChoice, namesFor } from './columns.ts';
import { type JsonLine, lineName } from './json-lines.ts';
import { parseTextList } from './python-list.ts';
import { IMAGE_MARKER } from './row-question.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * The options of a row: a list (`choices`, `options`), the same printed as text, an object by letters, or VLMEvalKit's columns
 * A, B, C …; undefined where it has none.
 *
 * @throws NamedError `BadChoices`: an option missing among others, a picture for an option, something that is no list
 */
export function rowChoices(row: JsonLine, choice: ColumnChoice, path: string): readonly string[] | undefined {
  const chosen = choice.choices;
  const filled = namesFor('choices', choice).filter((name) => !isMissing(cellOf(row, name)));
  const [column = ''] = filled;
  const found = chosen && chosen.length > 1 ? lettered(row, chosen, path) : listed(row, column, path);
  const choices = found ?? (chosen || !('A' in row.value) ? undefined : lettered(row, [...LETTERS], path));
  const pictured = choices?.find((text) => text.search(IMAGE_MARKER) >= 0);
  if (pictured !== undefined) {
    throw bad(row, column, path, `an option is a picture (${pictured})`, 'leave such rows out');
  }
  if (choices && choices.length > CHOICE_LETTERS.length) {
    const what = `${choices.length} options: no more than ${CHOICE_LETTERS.length} have letters`;
    throw bad(row, column, path, what, 'leave such rows out');
  }
  return choices && choices.length > 0 ? choices : undefined;
}

function listed(row: JsonLine, column: string, path: string): readonly string[] | undefined {
  const value = column === '' ? undefined : cellOf(row, column);
  if (value === undefined) return undefined;
  const items = typeof value === 'string' ? parseTextList(value) : isRecord(value) ? labelled(value) : value;
  const texts = Array.isArray(items) ? items.map((item: unknown) => cellText(item)) : [undefined];
  if (!texts.includes(undefined)) return texts as readonly string[];
  throw bad(row, column, path, `the options are ${describeCell(value)}`, 'give a list of texts');
}

/** { A: "cat", B: "dog" }, or ARC's { text: ["cat", "dog"], label: ["A", "B"] }, whose labels are the letters in order. */
function labelled(value: Readonly<Record<string, unknown>>): unknown {
  const { text, label } = value;
  const filled = Object.entries(value).filter(([, option]) => !isMissing(option));
  const [names, options] =
    Array.isArray(text) && Array.isArray(label)
      ? [label, text]
      : [filled.map(([name]) => name), filled.map(([, option]) => option)];
  const inOrder = names.length === options.length && names.every((name, index) => name === LETTERS[index]);
  return inOrder ? options : value;
}

/** Options of columns of their own, to the last that is filled. */
function lettered(row: JsonLine, columns: readonly string[], path: string): readonly string[] {
  const cells = columns.map((name) => cellOf(row, name));
  const count = cells.findLastIndex((cell) => !isMissing(cell)) + 1;
  return cells.slice(0, count).map((cell, index) => {
    const text = isMissing(cell) ? undefined : cellText(cell);
    if (text !== undefined) return text;
    const column = columns[index] as string;
    throw bad(
      row,
      column,
      path,
      `option ${column} is missing before others`,
      'fill it, or move the others up',
    );
  });
}

function bad(row: JsonLine, column: string, path: string, what: string, remedy: string): NamedError {
  return new NamedError('BadChoices', `${lineName(row)}: ${what}`, { file: path, field: column }, remedy);
}
