import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StoredBytes } from './cell.ts';
import { ParquetRows } from './parquet.ts';

/** Files of many small pages, and what pyarrow reads of them: `tools/goldens/pages.py`. */
const PAGES = fileURLToPath(new URL('testing/pages/', import.meta.url));
const expected = JSON.parse(await readFile(join(PAGES, 'rows.json'), 'utf8')) as readonly unknown[];

/** As the script writes it. */
function plain(value: unknown): unknown {
  if (value instanceof StoredBytes || value instanceof Blob) throw new Error('no bytes here are long');
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString('hex') };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

const NAMES = ['v1', 'v1-dictionary', 'v2', 'v2-groups', 'v1-groups'];

describe('Parquet read page by page', () => {
  it.each(NAMES)('has the rows that pyarrow reads: %s', async (name) => {
    const rows = new ParquetRows(new Blob([await readFile(join(PAGES, `${name}.parquet`))]), name);
    const found: unknown[] = [];
    await rows.each(({ value }, index) => {
      expect(index).toBe(found.length);
      found.push(plain(value));
    });
    expect(found).toEqual(expected);
    expect(rows.count).toBe(expected.length);
  });

  it.each(NAMES)('has any rows again, without those before: %s', async (name) => {
    const rows = new ParquetRows(new Blob([await readFile(join(PAGES, `${name}.parquet`))]), name);
    await rows.each(() => undefined);
    const some = fc.array(fc.nat({ max: expected.length - 1 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(some, async (indices) => {
        const found = await rows.at(indices);
        expect(found.map(({ value }) => plain(value))).toEqual(indices.map((index) => expected[index]));
        expect(found.map(({ line }) => line)).toEqual(indices.map((index) => index + 1));
      }),
      { numRuns: 40 },
    );
  });
});
