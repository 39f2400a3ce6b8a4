import { cellOf, cellText, isRecord } from './cell.ts';
import { type ColumnChoice, type ColumnRole, columnsOf, filledColumn } from './columns.ts';
import { heldPictures, picturesHeld } from './held-pictures.ts';
import type { JsonLine } from './json-lines.ts';
import { parseTextList } from './python-list.ts';

/** What a page asks about. */
export const ASKED_ROLES = [
  'question',
  'answer',
  'image',
  'choices',
] as const satisfies readonly ColumnRole[];

const NAMES: Readonly<Record<(typeof ASKED_ROLES)[number], RegExp>> = {
  question: /quest|problem|prompt|query|instr|input/i,
  answer: /answer|solution|label|target|truth|gold|^gt/i,
  image: /image|img|pic|photo|figure/i,
  choices: /choice|option|candidate/i,
};

/** How many rows are looked at. */
const LOOKED_AT = 20;

/** All columns, and the members of those that hold objects (`reward_model.ground_truth`), as one may choose them. */
export function choosableColumns(rows: readonly JsonLine[]): readonly string[] {
  const some = rows.slice(0, LOOKED_AT);
  return columnsOf(rows).flatMap((column) => {
    const members = new Set(
      some.flatMap(({ value }) => {
        const cell = value[column];
        return isRecord(cell) && !('bytes' in cell) ? Object.keys(cell) : [];
      }),
    );
    return [column, ...[...members].map((member) => `${column}.${member}`)];
  });
}

/** Which column is probably what: by known names, by what cells hold, by names that sound alike. One for each at most. */
export function guessColumns(
  rows: readonly JsonLine[],
  choice: ColumnChoice,
): Partial<Readonly<Record<(typeof ASKED_ROLES)[number], string>>> {
  const some = rows.slice(0, LOOKED_AT);
  const columns = choosableColumns(rows);
  const guess: Partial<Record<(typeof ASKED_ROLES)[number], string>> = {};
  for (const role of ASKED_ROLES) {
    const known = some.map((row) => filledColumn(row, role, choice)).find((name) => name !== undefined);
    const free = columns.filter((name) => !Object.values(guess).includes(name));
    const fitting = free.filter((name) => some.some((row) => fits(role, cellOf(row, name))));
    const alone = role === 'image' || role === 'choices' ? fitting[0] : undefined;
    const found = known ?? fitting.find((name) => NAMES[role].test(name)) ?? alone;
    if (found !== undefined) guess[role] = found;
  }
  return guess;
}

function fits(role: (typeof ASKED_ROLES)[number], cell: unknown): boolean {
  // Not a record or a chat that holds some further down.
  if (role === 'image') return picturesHeld(cell, '').some(({ at }) => at === '');
  const isList = Array.isArray(cell) || (typeof cell === 'string' && parseTextList(cell) !== undefined);
  if (role === 'choices') return isList && heldPictures(cell) === 0;
  return cellText(cell) !== undefined && heldPictures(cell) === 0;
}
