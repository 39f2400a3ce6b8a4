import { NamedError } from '../../named-error.ts';
import { isRecord } from './cell.ts';
import type { JsonLine } from './json-lines.ts';
import { decimalValue, takeDecimals } from './parquet-decimals.ts';

/**
 * Rows of a Parquet file, as the lines of a JSON-lines file would be; integers and decimals that no double holds are texts. Compressed by
 * snappy, gzip, brotli, zstd or lz4, or not at all. One row group is decoded at a time; its pictures become Blobs, which a
 * browser keeps outside the page's memory.
 *
 * @throws NamedError `BadParquet`
 */
export async function readParquet(file: Blob, path: string): Promise<readonly JsonLine[]> {
  if (file.size === 0) {
    throw new NamedError('BadParquet', 'the file is empty', { file: path }, 'write or download it again');
  }
  // Loaded where a Parquet file is met: few are.
  const [{ parquetMetadataAsync, parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  const buffer = {
    byteLength: file.size,
    slice: (start: number, end?: number) => file.slice(start, end).arrayBuffer(),
  };
  try {
    const metadata = await parquetMetadataAsync(buffer);
    const decimals = takeDecimals(metadata);
    const rows: JsonLine[] = [];
    for (const { num_rows: count } of metadata.row_groups) {
      const rowStart = rows.length;
      const range = { rowStart, rowEnd: rowStart + Number(count) };
      // Bytes without a text type are bytes: images lie in such columns.
      const group = await parquetReadObjects({ file: buffer, metadata, compressors, utf8: false, ...range });
      for (const row of group) {
        for (const [name, scale] of decimals) row[name] = decimalValue(row[name], scale);
        rows.push({ line: rows.length + 1, unit: 'row', value: plain(row) as JsonLine['value'] });
      }
    }
    return rows;
  } catch (cause) {
    throw new NamedError(
      'BadParquet',
      cause instanceof Error ? cause.message : String(cause),
      { file: path },
      'write it again with snappy or no compression, or give JSON lines',
      { cause },
    );
  }
}

/** Longer bytes are pictures: kept as a Blob, they can leave the page's memory. */
const LONG_BYTES = 2 ** 12;

/** As JSON would hold it, but for bytes. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array && value.length >= LONG_BYTES) return new Blob([Uint8Array.from(value)]);
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
