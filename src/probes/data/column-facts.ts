/** Small facts about a list's columns, gathered while its rows go by. */
import type { ErrorName } from '../../error-name.ts';
import { NamedError } from '../../named-error.ts';
import { cellHull, cellOf } from './cell.ts';
import { LOOKED_AT } from './column-guess.ts';
import { COLUMN_ROLES, type ColumnChoice, filledColumn, namesFor } from './columns.ts';
import type { JsonLine } from './json-lines.ts';
import { columnList, columnsFound, MOST_COLUMNS, UnknownColumns } from './unknown-columns.ts';

const REQUIRED = ['question', 'answer'] as const;
const CHATS = ['conversations', 'messages', 'conversation'];

/** Says of a list, once all its rows were seen, whether questions and answers can be found in each. */
export class ColumnFacts {
  readonly #path: string;
  readonly #choice: ColumnChoice;
  readonly #columns = new Set<string>();
  readonly #some: JsonLine[] = [];
  readonly #absent: Map<string, readonly [role: string, name: string]>;
  readonly #lacking = new Map<string, { count: number; readonly first: JsonLine }>();
  #chats = CHATS;
  #asked = 0;
  #rows = 0;

  constructor(path: string, choice: ColumnChoice) {
    this.#path = path;
    this.#choice = choice;
    const chosen = COLUMN_ROLES.flatMap((role) => (choice[role] ?? []).map((name) => [role, name] as const));
    this.#absent = new Map(chosen.map((named) => [named.join('='), named]));
  }

  /** Whether the row has both question and answer. */
  add(row: JsonLine): boolean {
    this.#rows += 1;
    for (const name in row.value) {
      if (this.#columns.size > MOST_COLUMNS) break;
      this.#columns.add(name);
    }
    if (this.#some.length < LOOKED_AT) {
      this.#some.push({ ...row, value: cellHull(row.value) as JsonLine['value'] });
    }
    for (const [key, [, name]] of this.#absent) {
      if (cellOf(row, name) !== undefined) this.#absent.delete(key);
    }
    if (this.#chats.length > 0) this.#chats = this.#chats.filter((name) => Array.isArray(row.value[name]));
    const lacked = REQUIRED.filter((role) => filledColumn(row, role, this.#choice) === undefined);
    if (!lacked.includes('question')) this.#asked += 1;
    for (const role of lacked) {
      const known = this.#lacking.get(role);
      if (known) known.count += 1;
      else this.#lacking.set(role, { count: 1, first: { ...row, value: {} } });
    }
    return lacked.length === 0;
  }

  /**
   * @throws UnknownColumns `MissingField`, where all rows lack one; `UnknownColumn`, where a chosen column is in no row
   * @throws NamedError `NoProblems`; `Conversation`, where rows are chats alone (LLaVA, ShareGPT): there are no right answers to
   * grade by; `MissingField`, where only some lack one: no column would help
   */
  check(): void {
    const [file, rows] = [this.#path, this.#rows];
    if (rows === 0) {
      throw new NamedError('NoProblems', 'the list is empty', { file }, 'give at least one problem');
    }
    const [chat] = this.#chats;
    if (chat !== undefined && this.#asked === 0) {
      throw new NamedError(
        'Conversation',
        `all ${rows} rows are conversations, which have no right answers to grade by`,
        { file, field: chat },
        'put question and answer into columns of their own',
      );
    }
    for (const [role, name] of this.#absent.values()) {
      throw this.unknown('UnknownColumn', `no row has a column ${name}`, role);
    }
    for (const role of REQUIRED) {
      const lacking = this.#lacking.get(role);
      if (!lacking) continue;
      const unit = lacking.first.unit ?? 'line';
      const looked = namesFor(role, this.#choice).join(', ');
      const missing = `${lacking.count} of ${rows} ${unit}s have no ${role} (looked for: ${looked})`;
      if (lacking.count === rows) throw this.unknown('MissingField', missing, role);
      const what = `${missing}, the first is ${unit} ${lacking.first.line}; columns: ${columnList([...this.#columns].slice(0, MOST_COLUMNS))}`;
      throw new NamedError('MissingField', what, { file, field: role }, 'fill them, or leave these rows out');
    }
  }

  /** An error that a page can ask about, unless there are too many columns. */
  unknown(name: ErrorName, what: string, field: string, remedy?: string): NamedError {
    if (this.#columns.size > MOST_COLUMNS) {
      const some = columnList([...this.#columns].slice(0, MOST_COLUMNS));
      return new NamedError(
        name,
        `${what}; more than ${MOST_COLUMNS} columns: ${some}`,
        { file: this.#path, field },
        'write a list of one row for each question, with columns question and answer',
      );
    }
    const found = columnsFound(this.#some, this.#rows, [...this.#columns], this.#choice);
    const from = { found, choice: this.#choice };
    return new UnknownColumns(name, what, { file: this.#path, field }, from, remedy);
  }
}
