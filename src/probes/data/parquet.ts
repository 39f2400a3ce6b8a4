import type { FileMetaData } from 'hyparquet';
import { overLimit } from '../../checkpoint/limits.ts';
import { NamedError } from '../../named-error.ts';
import { isRecord, StoredBytes } from './cell.ts';
import { readBytes, type Reading } from './file-pieces.ts';
import type { JsonLine } from './json-lines.ts';
import { decimalValue, takeDecimals } from './parquet-decimals.ts';
import { ParquetGroup } from './parquet-group.ts';
import type { RowReader, RowVisit } from './row-reader.ts';
import { throwIfCancelled } from '../../work/cancel.ts';

/** Longer bytes are pictures. */
const LONG_BYTES = 2 ** 12;

/**
 * Rows of a Parquet file, as the lines of a JSON-lines file would be; integers and decimals that no double holds are texts. Compressed by
 * snappy, gzip, brotli, zstd or lz4, or not at all. One page of each column is unpacked at a time.
 */
export class ParquetRows implements RowReader {
  readonly #file: Blob;
  readonly #path: string;
  #groups: readonly ParquetGroup[] = [];
  #decimals: ReadonlyMap<string, number> = new Map();
  #count = 0;

  constructor(file: Blob, path: string) {
    this.#file = file;
    this.#path = path;
  }

  get count(): number {
    return this.#count;
  }

  /** @throws NamedError `BadParquet`, `PageTooLarge`, `Cancelled`, those of `readBytes` */
  async each(visit: RowVisit, { signal, onBytes }: Reading = {}): Promise<void> {
    this.#count = 0;
    await this.#named(() => this.#open());
    for (const group of this.#groups) {
      const batches = group.rows();
      for (let done = 0; ;) {
        throwIfCancelled(signal);
        const { value: batch = [], done: isOver } = await this.#named(() => batches.next());
        if (isOver) break;
        for (const row of batch) {
          this.#count += 1;
          // Seen, not kept: pictures stay where they were unpacked.
          const value = this.#row(row, (bytes) => new StoredBytes(bytes));
          const visited = visit({ line: this.#count, unit: 'row', value }, this.#count - 1);
          if (visited) await visited;
        }
        done += batch.length;
        onBytes?.(group.start + ((group.end - group.start) * done) / group.rowCount);
      }
    }
    onBytes?.(this.#file.size);
  }

  async at(
    indices: readonly number[],
    { signal }: Pick<Reading, 'signal'> = {},
  ): Promise<readonly JsonLine[]> {
    const found = new Map<number, JsonLine>();
    const wanted = [...new Set(indices)].sort((a, b) => a - b);
    let first = 0;
    for (const group of this.#groups) {
      const start = first;
      first += group.rowCount;
      const own = wanted.filter((index) => index >= start && index < first).map((index) => index - start);
      if (own.length === 0) continue;
      const rows = group.at(own);
      for (const at of own) {
        throwIfCancelled(signal);
        const { value: row } = await this.#named(() => rows.next());
        // A Blob lies outside the page's memory; a page of the file is not kept for one row's sake.
        const value = this.#row(
          row as Record<string, unknown>,
          (bytes) => new Blob([Uint8Array.from(bytes)]),
        );
        found.set(start + at, { line: start + at + 1, unit: 'row', value });
      }
    }
    return indices.flatMap((index) => found.get(index) ?? []);
  }

  async #open(): Promise<void> {
    const [file, path] = [this.#file, this.#path];
    if (file.size === 0) {
      throw new NamedError('BadParquet', 'the file is empty', { file: path }, 'write or download it again');
    }
    const { parquetTools: tools } = await import('./parquet-tools.ts');
    const metadata: FileMetaData = await tools.parquetMetadataAsync({
      byteLength: file.size,
      slice: async (start, end = file.size) => {
        if (end - start > MOST_FOOTER_BYTES) {
          throw overLimit(
            'bytes of the footer',
            end - start,
            MOST_FOOTER_BYTES,
            { file: path },
            FEWER_GROUPS,
          );
        }
        return (await readBytes(file, start, Math.min(end, file.size), path)).buffer;
      },
    });
    this.#decimals = takeDecimals(metadata);
    this.#groups = metadata.row_groups.map((group) => new ParquetGroup(file, path, tools, metadata, group));
  }

  #row(row: Record<string, unknown>, long: (bytes: Uint8Array) => unknown): JsonLine['value'] {
    for (const [name, scale] of this.#decimals) row[name] = decimalValue(row[name], scale);
    return plain(row, long) as JsonLine['value'];
  }

  /** @throws NamedError `BadParquet` for what hyparquet throws */
  async #named<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof NamedError) throw cause;
      throw new NamedError(
        'BadParquet',
        damage(cause),
        { file: this.#path },
        'write it again with snappy or no compression, or give JSON lines',
        { cause },
      );
    }
  }
}

/** What hyparquet says; an error of its own code, which went on with what it had read, says nothing to a person. */
function damage(cause: unknown): string {
  if (cause instanceof TypeError || cause instanceof RangeError)
    return 'its bytes are not as Parquet has them';
  return cause instanceof Error ? cause.message : String(cause);
}

/** Footers have some kilobytes, with a million rows in small groups a megabyte; taking this one apart takes seconds. */
const MOST_FOOTER_BYTES = 2 ** 24;
const FEWER_GROUPS = 'write it again, in fewer row groups, or give JSON lines';

/** As JSON would hold it, but for bytes. */
function plain(value: unknown, long: (bytes: Uint8Array) => unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array && value.length >= LONG_BYTES) return long(value);
  if (Array.isArray(value)) return value.map((item) => plain(item, long));
  if (!isRecord(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member, long)]));
}
