/** Lists of problems that stay on disk: checked whole in one pass, read where they are asked about. */
import { NamedError } from '../../named-error.ts';
import { cellText } from './cell.ts';
import { ChoiceFacts } from './choice-facts.ts';
import { ColumnFacts } from './column-facts.ts';
import type { ColumnChoice } from './columns.ts';
import type { Reading } from './file-pieces.ts';
import { FirstErrors } from './first-errors.ts';
import { type JsonLine, lineName } from './json-lines.ts';
import { refusePacked } from './packed.ts';
import type { Problem } from './problem.ts';
import { firstRepeat, NameHashes, nameHash, NameTable, NO_NAME } from './row-names.ts';
import { rowChoices } from './row-choices.ts';
import { rowsOf } from './row-file.ts';
import { RowPictures, UnreadPictures } from './row-pictures.ts';
import { answerCell, nameIn, rowName, rowProblem } from './row-problem.ts';
import type { RowReader } from './row-reader.ts';

/** A problem and the row it was read from. */
export interface ProblemRow {
  readonly problem: Problem;
  readonly row: JsonLine;
}

/** Is told of each row that can be asked, with how many pictures it has; not always in order. */
export type RowNote = (row: JsonLine, index: number, pictures: number) => void;

/** A row names another one that may come later. */
const LATER = new Error('later');

/**
 * Opens a list of problems, as the page and every command do, and checks all of its rows; none is kept. `path` is the list's own
 * among `files`; images are looked for beside it. Which columns hold what: `KNOWN_COLUMNS`, or `choice`. Every picture of a row
 * is read, or the row is refused.
 *
 * @throws NamedError `NoProblems`, `CompressedFile`; `MissingField`, `UnknownColumn`, `UnreadPicture` (`UnknownColumns`: a page can ask);
 * `MissingImage`, `ImageMarkers`, `Conversation`, `BadChoices`, `DuplicateId`, and those of `RowReader.each`
 */
export async function openProblems(
  path: string,
  files: ReadonlyMap<string, Blob>,
  choice: ColumnChoice = {},
  reading: Reading = {},
  note: RowNote = () => undefined,
): Promise<ProblemList> {
  const file = files.get(path);
  if (!file)
    throw new NamedError(
      'NoProblems',
      'the list is not among the files',
      { file: path },
      'name a file of the folder',
    );
  await refusePacked(file, path);
  const list = new ProblemList(path, files, choice, rowsOf(file, path));
  await list.check(reading, note);
  return list;
}

/** An open list. */
export class ProblemList {
  readonly path: string;
  readonly #choice: ColumnChoice;
  readonly #rows: RowReader;
  readonly #pictures: RowPictures;
  /** For the first pass, when rows to come cannot be named yet. */
  readonly #firstPictures: RowPictures;
  #byIndex: Promise<NameTable> | undefined;
  #answersCount = false;
  #hashOf: (index: number) => number = () => NO_NAME;
  /** Whether `index` tells rows apart: pandas' does not always. */
  #indexNames = false;

  constructor(path: string, files: ReadonlyMap<string, Blob>, choice: ColumnChoice, rows: RowReader) {
    this.path = path;
    this.#choice = choice;
    this.#rows = rows;
    this.#pictures = new RowPictures(path, files, choice, (name) => this.#called(name));
    this.#firstPictures = new RowPictures(path, files, choice, () => Promise.reject(LATER));
  }

  get count(): number {
    return this.#rows.count;
  }

  /** What the row at `index` is called: its id, or its place, as the reference numbers GSM8K. */
  nameOf(row: JsonLine, index: number): string {
    const name = rowName(row, this.#choice) ?? (this.#indexNames ? nameIn(row, ['index']) : undefined);
    return name ?? String(index);
  }

  /** Of what the row at `index` is called. */
  hashOf(index: number): number {
    return this.#hashOf(index);
  }

  /** The problems at these places, counted from 0, in their order, with their rows. @throws NamedError of what changed since */
  async at(indices: readonly number[], reading?: Pick<Reading, 'signal'>): Promise<readonly ProblemRow[]> {
    const found: ProblemRow[] = [];
    for (const [at, row] of (await this.#rows.at(indices, reading)).entries()) {
      found.push({ problem: await this.#problem(row, indices[at] as number), row });
    }
    return found;
  }

  /** Goes through all rows once. @throws NamedError as `openProblems` */
  async check(reading: Reading, note: RowNote): Promise<void> {
    const facts = new ColumnFacts(this.path, this.#choice);
    const first = new FirstErrors();
    const choices = new ChoiceFacts();
    const [names, indices] = [new NameHashes(), new NameHashes()];
    const later: number[] = [];
    let hasIndex = false;
    await this.#rows.each(async (row, index) => {
      names.add(rowName(row, this.#choice));
      const ownIndex = nameIn(row, ['index']);
      hasIndex ||= ownIndex !== undefined;
      if (hasIndex) {
        while (indices.count < index) indices.add(undefined);
        indices.add(ownIndex);
      }
      if (!facts.add(row)) return;
      await first.of('choices', index, () =>
        choices.add(answerCell(row, this.#choice).value, rowChoices(row, this.#choice, this.path)),
      );
      await this.#inspect(row, index, this.#firstPictures, first, note).catch((error: unknown) => {
        if (error !== LATER) throw error;
        later.push(index);
      });
    }, reading);
    facts.check();
    this.#answersCount = choices.answersCount;
    first.throw('choices', facts);
    for (const index of later) {
      if (first.has('pictures')) break;
      const [row] = await this.#rows.at([index], reading);
      if (row) await this.#inspect(row, index, this.#pictures, first, note);
    }
    first.throw('pictures', facts);
    if (hasIndex && !this.#choice.id) this.#indexNames = await this.#areUnique(indices);
    await this.#checkNames(names, indices, first);
    first.throw('question', facts);
  }

  /** Finds what is wrong with a row that has question and answer. @throws LATER */
  async #inspect(
    row: JsonLine,
    index: number,
    from: RowPictures,
    first: FirstErrors,
    note: RowNote,
  ): Promise<void> {
    // Nothing of a later row would be told before that of this one.
    if (first.has('choices') || first.has('pictures', index)) return;
    await first.of('pictures', index, async () => {
      const pictures = await from.of(row);
      note(row, index, pictures.length);
      await first.of('question', index, () =>
        rowProblem(row, '', { pictures, choices: undefined, counted: false }, this.#choice, this.path),
      );
    });
  }

  async #problem(row: JsonLine, index: number): Promise<Problem> {
    const pictures = await this.#pictures.of(row).catch((error: unknown) => {
      // It was read when the list was checked.
      throw error instanceof UnreadPictures ? changed(this.path, error.what) : error;
    });
    const choices = rowChoices(row, this.#choice, this.path);
    const parts = { pictures, choices, counted: this.#answersCount };
    return rowProblem(row, this.nameOf(row, index), parts, this.#choice, this.path);
  }

  /** Whether all rows differ in their `index`, none counting as one. */
  async #areUnique(indices: NameHashes): Promise<boolean> {
    const nameAt = async (index: number): Promise<string | undefined> => {
      const [row] = await this.#rows.at([index]);
      return row && nameIn(row, ['index']);
    };
    const isSame = async (a: number, b: number): Promise<boolean> => (await nameAt(a)) === (await nameAt(b));
    return (await firstRepeat(this.count, (index) => indices.at(index), isSame)) === undefined;
  }

  async #checkNames(names: NameHashes, indices: NameHashes, first: FirstErrors): Promise<void> {
    this.#hashOf = (index) => {
      if (names.at(index) !== NO_NAME) return names.at(index);
      const own = this.#indexNames ? indices.at(index) : NO_NAME;
      return own !== NO_NAME ? own : nameHash(String(index));
    };
    const nameAt = async (index: number): Promise<string> => {
      const [row] = await this.#rows.at([index]);
      return row ? this.nameOf(row, index) : '';
    };
    const isSame = async (a: number, b: number): Promise<boolean> => (await nameAt(a)) === (await nameAt(b));
    const repeated = await firstRepeat(this.count, this.#hashOf, isSame);
    if (repeated === undefined) return;
    const [row] = await this.#rows.at([repeated]);
    first.earlier(
      'question',
      repeated,
      new NamedError(
        'DuplicateId',
        `${row ? lineName(row) : repeated} repeats ${await nameAt(repeated)}`,
        { file: this.path, field: 'id' },
        'give each problem its own id',
      ),
    );
  }

  /** VLMEvalKit's rows share pictures: the last row of this index. */
  async #called(name: string): Promise<JsonLine | undefined> {
    const table = await (this.#byIndex ??= this.#indexed());
    const index = table.last(nameHash(name));
    const [row] = index === undefined ? [] : await this.#rows.at([index]);
    return row && indexName(row) === name ? row : undefined;
  }

  async #indexed(): Promise<NameTable> {
    const hashes = new NameHashes();
    await this.#rows.each((row) => hashes.add(indexName(row)));
    const table = new NameTable(this.count, (index) => hashes.at(index));
    for (let index = 0; index < this.count; index++) table.add(index);
    return table;
  }
}

function indexName({ value }: JsonLine): string {
  return cellText(value['index'] ?? value['id']) ?? '';
}

function changed(path: string, what: string): NamedError {
  return new NamedError('FileChanged', what, { file: path }, 'choose the list again: it changed on disk');
}
