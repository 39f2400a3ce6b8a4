/** Rows of one row group, put together from its columns. */
import type { FileMetaData, RowGroup, SchemaTree } from 'hyparquet';
import { NamedError } from '../../named-error.ts';
import { readBytes } from './file-pieces.ts';
import { ColumnCursor, type ColumnPages, type ColumnPlace } from './parquet-column.ts';
import type { ParquetTools } from './parquet-tools.ts';

/** A row group so small is read at once, as row groups of hundreds of rows are. */
const SMALL_GROUP_BYTES = 2 ** 22;
/** Held of all columns together: a quarter of a gigabyte where each is a number. */
const MOST_VALUES = 2 ** 25;
/** Put together at once. */
const MOST_ROWS = 1024;

type Row = Record<string, unknown>;

/** A row group's columns; what `rows` finds of their pages lets `row` begin in the middle. */
export class ParquetGroup {
  readonly rowCount: number;
  /** Bytes of the file. */
  readonly start: number;
  readonly end: number;
  readonly #file: Blob;
  readonly #path: string;
  readonly #tools: ParquetTools;
  readonly #schema: SchemaTree;
  readonly #places: readonly ColumnPlace[];
  readonly #pages: readonly ColumnPages[];

  /** @throws Error where columns lie in other files */
  constructor(file: Blob, path: string, tools: ParquetTools, metadata: FileMetaData, group: RowGroup) {
    this.#file = file;
    this.#path = path;
    this.#tools = tools;
    this.#schema = tools.parquetSchema(metadata);
    this.rowCount = Number(group.num_rows);
    this.#places = group.columns.map(({ meta_data: meta, file_path: elsewhere }): ColumnPlace => {
      if (elsewhere) throw new Error('parquet file_path not supported');
      if (!meta) throw new Error('parquet column metadata is undefined');
      const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
      const schemaPath = tools.getTreePath(this.#schema, meta.path_in_schema);
      const element = schemaPath.at(-1)?.element as SchemaTree['element'];
      const { compressors, DEFAULT_PARSERS: parsers } = tools;
      return {
        // Bytes without a text type are bytes: images lie in such columns.
        decoder: {
          ...meta,
          pathInSchema: meta.path_in_schema,
          element,
          schemaPath,
          utf8: false,
          compressors,
          parsers,
        },
        start,
        end: Math.min(file.size, start + Number(meta.total_compressed_size)),
        repeated: tools.getMaxRepetitionLevel(schemaPath) > 0,
        rows: this.rowCount,
      };
    });
    this.#pages = this.#places.map(() => ({ dictionary: undefined, offsets: [], begun: [] }));
    this.start = Math.min(file.size, ...this.#places.map((place) => place.start));
    this.end = Math.max(0, ...this.#places.map(({ end }) => end));
  }

  /** All rows in order, some at a time. @throws Error of hyparquet, NamedError those of `ColumnCursor` */
  async *rows(): AsyncGenerator<readonly Row[]> {
    const cursors = await this.#cursors();
    for (let done = 0; done < this.rowCount;) {
      const waiting = cursors.filter((cursor) => cursor.available === 0 && !cursor.hasEnded);
      for (const cursor of waiting) {
        await cursor.fill();
        this.#checkHeld(cursors);
      }
      const count = Math.min(this.rowCount - done, MOST_ROWS, ...cursors.map(({ available }) => available));
      if (count === 0) {
        if (cursors.some(({ available, hasEnded }) => hasEnded && available === 0)) {
          throw new Error(`a row group of ${this.rowCount} rows ends after ${done}`);
        }
        continue;
      }
      yield this.#assembled(cursors, count);
      done += count;
    }
  }

  /** @throws NamedError `PageTooLarge` */
  #checkHeld(cursors: readonly ColumnCursor[]): void {
    const values = cursors.reduce((sum, { available }) => sum + available, 0);
    if (values <= MOST_VALUES) return;
    throw new NamedError(
      'PageTooLarge',
      `the pages of ${cursors.length} columns hold ${values} values side by side; the limit is ${MOST_VALUES}`,
      { file: this.#path },
      'write it again with row groups of 100 rows (row_group_size=100)',
    );
  }

  /** Single rows, in rising order, once `rows` has been through. */
  async *at(rows: readonly number[]): AsyncGenerator<Row> {
    const cursors = await this.#cursors();
    for (const row of rows) {
      for (const cursor of cursors) await cursor.seek(row);
      yield this.#assembled(cursors, 1)[0] as Row;
    }
  }

  #assembled(cursors: readonly ColumnCursor[], count: number): readonly Row[] {
    const { assembleNested, DEFAULT_PARSERS } = this.#tools;
    const rows: Row[] = Array.from({ length: count }, () => ({}));
    for (const child of this.#schema.children) {
      const { name } = child.element;
      const values = new Map<string, unknown[]>();
      for (const [index, { decoder }] of this.#places.entries()) {
        if (decoder.pathInSchema[0] !== name) continue;
        values.set(decoder.pathInSchema.join('.'), (cursors[index] as ColumnCursor).take(count));
      }
      if (values.size === 0) continue;
      if (child.children.length > 0) assembleNested(values as never, child, DEFAULT_PARSERS);
      const column = values.get(name);
      if (!column) throw new Error('parquet column data not assembled');
      for (const [index, row] of rows.entries()) row[name] = column[index];
    }
    return rows;
  }

  async #cursors(): Promise<readonly ColumnCursor[]> {
    const { start } = this;
    const isSmall = this.end - start <= SMALL_GROUP_BYTES;
    const bytes = isSmall ? await readBytes(this.#file, start, this.end, this.#path) : new Uint8Array();
    return this.#places.map(
      (place, index) =>
        new ColumnCursor(this.#file, this.#path, place, this.#tools, this.#pages[index] as ColumnPages, {
          start,
          bytes,
        }),
    );
  }
}
