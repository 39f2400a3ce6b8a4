/** Which columns of a list hold what. */
import { NamedError } from '../../named-error.ts';
import { cellOf, isMissing } from './cell.ts';
import type { JsonLine } from './json-lines.ts';

/** What a row may say. */
export const COLUMN_ROLES = [
  ...['question', 'answer', 'image', 'choices', 'id', 'category', 'description'],
] as const satisfies readonly string[];
export type ColumnRole = 'question' | 'answer' | 'image' | 'choices' | 'id' | 'category' | 'description';

/** Columns a person chose, by what they hold. Images and choices may lie in several. */
export type ColumnChoice = Partial<Readonly<Record<ColumnRole, readonly string[]>>>;

/** Names looked for, the first that a row fills; `a.b` is member `b` of column `a`. */
export const KNOWN_COLUMNS = {
  /** GSM8K and MathVista; MATH and EasyR1; verl and TRL. */
  question: ['question', 'problem', 'prompt'],
  answer: ['answer', 'ground_truth', 'reward_model.ground_truth'],
  /** MATH-500, most, MathVista; VLMEvalKit's `index` where it tells rows apart. */
  id: ['unique_id', 'id', 'pid'],
  /** The picture itself before the path it had; EasyR1, verl and TRL keep lists. */
  image: ['decoded_image', 'image', 'images', 'image_path'],
  choices: ['choices', 'options'],
  category: ['category', 'metadata.category'],
  description: ['description'],
} as const satisfies Readonly<Record<ColumnRole, readonly string[]>>;

const EXAMPLE = 'question=…,answer=…,image=…,choices=…';

/**
 * Reads `question=prompt,answer=reward_model.ground_truth,image=front+back`: a role, `=`, and a column, several joined by `+`.
 * Column names may hold commas.
 *
 * @throws NamedError `BadValue`
 */
export function parseColumns(text: string): ColumnChoice {
  const parts: string[] = [];
  for (const piece of text.split(',')) {
    const begins = COLUMN_ROLES.some((role) => piece.startsWith(`${role}=`));
    parts.push(begins || parts.length === 0 ? piece : `${parts.pop() ?? ''},${piece}`);
  }
  const chosen: Partial<Record<ColumnRole, readonly string[]>> = {};
  for (const part of parts) {
    const [, name = '', columns = ''] = /^(\w+)=([\s\S]+)$/.exec(part) ?? [];
    const role = COLUMN_ROLES.find((known) => known === name);
    if (role === undefined || chosen[role]) {
      const what = role ? `"${role}" is given twice` : `"${part}" names none of ${COLUMN_ROLES.join(', ')}`;
      throw new NamedError('BadValue', what, { field: '--columns' }, `give ${EXAMPLE}`);
    }
    chosen[role] = columns.split('+');
  }
  return chosen;
}

/** The names to look for: those chosen, else those known. */
export function namesFor(role: ColumnRole, choice: ColumnChoice): readonly string[] {
  return choice[role] ?? KNOWN_COLUMNS[role];
}

/** The first of a role's columns that the row fills. */
export function filledColumn(row: JsonLine, role: ColumnRole, choice: ColumnChoice): string | undefined {
  return namesFor(role, choice).find((name) => !isMissing(cellOf(row, name)));
}
