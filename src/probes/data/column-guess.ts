import { cellOf, cellText, isRecord } from './cell.ts';
import { type ColumnChoice, type ColumnRole, filledColumn } from './columns.ts';
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

export type AskedRole = (typeof ASKED_ROLES)[number];

const NAMES: Readonly<Record<AskedRole, RegExp>> = {
  question: /quest|problem|prompt|query|instr|input/i,
  answer: /answer|solution|label|target|truth|gold|^gt/i,
  image: /image|img|pic|photo|figure/i,
  choices: /choice|option|candidate/i,
};

/** How many rows are looked at. */
export const LOOKED_AT = 20;

/**
 * All columns, and the members of those that hold objects (`reward_model.ground_truth`), as one may choose them.
 *
 * @param some the first rows @param columns of all rows
 */
export function choosableColumns(some: readonly JsonLine[], columns: readonly string[]): readonly string[] {
  return columns.flatMap((column) => {
    const members = new Set(
      some.flatMap(({ value }) => {
        const cell = value[column];
        return isRecord(cell) && !('bytes' in cell) ? Object.keys(cell) : [];
      }),
    );
    return [column, ...[...members].map((member) => `${column}.${member}`)];
  });
}

/**
 * Which column is probably what: by known names, by what cells hold, by names that sound alike. One for each at most.
 *
 * @param some the first rows @param all columns of all rows
 */
export function guessColumns(
  some: readonly JsonLine[],
  choice: ColumnChoice,
  all: readonly string[],
): Partial<Readonly<Record<AskedRole, string>>> {
  const columns = choosableColumns(some, all);
  const guess: Partial<Record<AskedRole, string>> = {};
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

function fits(role: AskedRole, cell: unknown): boolean {
  // Not a record or a chat that holds some further down.
  if (role === 'image') return picturesHeld(cell, '').some(({ at }) => at === '');
  const isList = Array.isArray(cell) || (typeof cell === 'string' && parseTextList(cell) !== undefined);
  if (role === 'choices') return isList && heldPictures(cell) === 0;
  return cellText(cell) !== undefined && heldPictures(cell) === 0;
}
