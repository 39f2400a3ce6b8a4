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

/** The names of all columns that any row has, in order. */
export function columnsOf(rows: readonly JsonLine[]): readonly string[] {
  return [...new Set(rows.flatMap(({ value }) => Object.keys(value)))];
}

/** The names to look for: those chosen, else those known. */
export function namesFor(role: ColumnRole, choice: ColumnChoice): readonly string[] {
  return choice[role] ?? KNOWN_COLUMNS[role];
}

/** The first of a role's columns that the row fills. */
export function filledColumn(row: JsonLine, role: ColumnRole, choice: ColumnChoice): string | undefined {
  return namesFor(role, choice).find((name) => !isMissing(cellOf(row, name)));
}

/**
 * A row's fields cannot be told: carries the rows, so that a page can ask. As an error it says what was looked for, in how many
 * rows, and what there is.
 */
export class UnknownColumns extends NamedError {
  /** The list's. */
  readonly path: string;
  readonly rows: readonly JsonLine[];
  readonly choice: ColumnChoice;

  constructor(
    name: string,
    what: string,
    place: { readonly file: string; readonly field: string },
    from: ReadFrom,
    remedy = `say which columns hold what: --columns ${EXAMPLE}`,
  ) {
    super(name, `${what}; columns: ${columnsOf(from.rows).join(', ')}`, place, remedy);
    this.path = place.file;
    this.rows = from.rows;
    this.choice = from.choice;
  }
}

/** All rows of a list, and how they are read. */
export interface ReadFrom {
  readonly rows: readonly JsonLine[];
  readonly choice: ColumnChoice;
}

/**
 * Checks before anything is read that questions and answers can be found in every row.
 *
 * @throws UnknownColumns `MissingField`, where all rows lack one; `UnknownColumn`, where a chosen column is in no row
 * @throws NamedError `MissingField`, where only some lack one: no column would help
 */
export function checkColumns(path: string, from: ReadFrom): void {
  const { rows, choice } = from;
  for (const role of COLUMN_ROLES) {
    const absent = choice[role]?.find((name) => rows.every((row) => cellOf(row, name) === undefined));
    if (absent !== undefined) {
      throw new UnknownColumns(
        'UnknownColumn',
        `no row has a column ${absent}`,
        { file: path, field: role },
        from,
      );
    }
  }
  for (const role of ['question', 'answer'] as const) {
    const lacking = rows.filter((row) => filledColumn(row, role, choice) === undefined);
    const [first] = lacking;
    if (!first) continue;
    const unit = first.unit ?? 'line';
    const looked = namesFor(role, choice).join(', ');
    const missing = `${lacking.length} of ${rows.length} ${unit}s have no ${role} (looked for: ${looked})`;
    if (lacking.length === rows.length)
      throw new UnknownColumns('MissingField', missing, { file: path, field: role }, from);
    const what = `${missing}, the first is ${unit} ${first.line}; columns: ${columnsOf(rows).join(', ')}`;
    throw new NamedError(
      'MissingField',
      what,
      { file: path, field: role },
      'fill them, or leave these rows out',
    );
  }
}
