import { NamedError } from '../../named-error.ts';
import type { JsonLine } from './json-lines.ts';

/** Rows of a Parquet file, as the lines of a JSON-lines file would be; integers beyond 32 bits become numbers. */
export async function readParquet(file: Blob, path: string): Promise<readonly JsonLine[]> {
  // Loaded where a Parquet file is met: few are.
  const { parquetReadObjects } = await import('hyparquet');
  const buffer = {
    byteLength: file.size,
    slice: (start: number, end?: number) => file.slice(start, end).arrayBuffer(),
  };
  try {
    // Bytes without a text type are bytes: images lie in such columns.
    const rows = await parquetReadObjects({ file: buffer, utf8: false });
    return rows.map((row, index) => ({ line: index + 1, value: withNumbers(row) }));
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

function withNumbers(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  );
}
