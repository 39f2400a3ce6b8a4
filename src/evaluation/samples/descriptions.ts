/** A `descriptions.jsonl` of `id, description`: describes the images of lists that do not themselves. It stays on disk. */
import { NamedError } from '../../named-error.ts';
import type { Reading } from '../../probes/data/file-pieces.ts';
import { textField } from '../../probes/data/json-lines.ts';
import { JsonRows } from '../../probes/data/json-rows.ts';
import { NameHashes, nameHash, NameTable } from '../../probes/data/row-names.ts';

export class Descriptions {
  readonly #path: string;
  readonly #rows: JsonRows;
  readonly #names: NameHashes;
  readonly #table: NameTable;

  /**
   * @param isKnown whether a question has a name of this hash
   * @throws NamedError `UnknownSample` where a line describes a question that is not there; `MissingField`, those of reading
   */
  static async open(
    file: Blob,
    path: string,
    isKnown: (hash: number) => boolean,
    reading: Reading,
  ): Promise<Descriptions> {
    const rows = new JsonRows(file, path);
    const names = new NameHashes();
    let unknown: string | undefined;
    await rows.each((line) => {
      const id = textField(line, path, 'id', 'pid');
      textField(line, path, 'description');
      names.add(id);
      if (unknown === undefined && !isKnown(nameHash(id))) unknown = id;
    }, reading);
    if (unknown !== undefined) {
      const what = `it describes ${unknown}, which is not a question of this folder`;
      throw new NamedError(
        'UnknownSample',
        what,
        { file: path, field: 'id' },
        'use the ids of the questions',
      );
    }
    return new Descriptions(path, rows, names);
  }

  private constructor(path: string, rows: JsonRows, names: NameHashes) {
    this.#path = path;
    this.#rows = rows;
    this.#names = names;
    this.#table = new NameTable(names.count, (index) => this.#names.at(index));
    for (let index = 0; index < names.count; index++) this.#table.add(index);
  }

  /** Whether it has a line of a name of this hash. */
  has(hash: number): boolean {
    return this.#table.last(hash) !== undefined;
  }

  /** The last line's description of this question. */
  async of(id: string): Promise<string | undefined> {
    const index = this.#table.last(nameHash(id));
    const [line] = index === undefined ? [] : await this.#rows.at([index]);
    if (!line || textField(line, this.#path, 'id', 'pid') !== id) return undefined;
    return textField(line, this.#path, 'description');
  }
}
