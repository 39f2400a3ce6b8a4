import fc from 'fast-check';
import { parquetMetadata, parquetRead, parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { PAGE_FACTS } from '../testing/page-facts.ts';
import type { DataTable, TableCell } from '../figure/data-table.ts';
import { csv } from './csv.ts';
import { factsOf } from './facts-of.ts';
import { parquet } from './parquet.ts';

const facts = factsOf(
  PAGE_FACTS,
  {
    ...{ title: 'Change rate per layer', description: 'Share of pairs that changed.', finding: null },
    ...{ models: undefined, sources: [], state: '', unit: 'pairs', interval: null, points: [] },
  },
  new Date('2026-11-29T05:00:00Z'),
);

async function read(table: DataTable): Promise<Record<string, TableCell>[]> {
  return (await parquetReadObjects({ file: parquet(table, facts) })) as Record<string, TableCell>[];
}

/** Rows in the order of the columns. */
function readRows(table: DataTable): Promise<readonly TableCell[][]> {
  return new Promise((resolve, reject) => {
    const onComplete = (rows: unknown[][]): void => resolve(rows as TableCell[][]);
    parquetRead({ file: parquet(table, facts), rowFormat: 'array', onComplete }).catch(reject);
  });
}

/** Of the columns, as the file has them. */
function typesOf(table: DataTable): readonly string[] {
  return parquetMetadata(parquet(table, facts))
    .schema.slice(1)
    .map(({ type = '', converted_type = '' }) => [type, converted_type].filter(Boolean).join(' '));
}

test('numbers are doubles with every digit, texts are strings, what is not there is null', async () => {
  const table: DataTable = {
    columns: ['layer', 'rate, "IN" (%)', 'region', 'nothing', 'mixed'],
    rows: [
      [-1, 0.1 + 0.2, 'Vision', null, 5],
      [0, null, null, null, '=1+1'],
      [1, 5e-324, '早い\u0000\n', null, null],
    ],
  };
  expect(await read(table)).toEqual([
    { layer: -1, 'rate, "IN" (%)': 0.1 + 0.2, region: 'Vision', nothing: null, mixed: '5' },
    { layer: 0, 'rate, "IN" (%)': null, region: null, nothing: null, mixed: '=1+1' },
    { layer: 1, 'rate, "IN" (%)': 5e-324, region: '早い\u0000\n', nothing: null, mixed: null },
  ]);
  expect(typesOf(table)).toEqual(['DOUBLE', 'DOUBLE', 'BYTE_ARRAY UTF8', 'DOUBLE', 'BYTE_ARRAY UTF8']);
});

test('the file says where its numbers come from, as the CSV does', () => {
  const table = { columns: ['layer'], rows: [[1]] };
  const { key_value_metadata: found, created_by: by } = parquetMetadata(parquet(table, facts));
  expect(found).toEqual([{ key: 'frankenscope', value: JSON.stringify(facts) }]);
  expect(csv(table, facts)).toContain(JSON.stringify(facts).replaceAll('"', '""'));
  expect(by).toBe(`frankenscope version ${facts.version}`);
});

test('columns that are called the same are kept apart', async () => {
  const table = { columns: ['IN', 'IN', 'IN (2)', 'IN'], rows: [[1, 2, 3, 4]] };
  expect(await read(table)).toEqual([{ IN: 1, 'IN (2)': 2, 'IN (2) (2)': 3, 'IN (3)': 4 }]);
});

const cell = fc.oneof(
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('=1+1', '\u0000', '', '<script>'),
);
const name = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '__proto__', 'a.b', '\u0000'));

test('any table comes back as it was, of however many rows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(name, { minLength: 1, maxLength: 5 }).chain((columns) =>
        fc.tuple(
          fc.constant(columns),
          fc.array(fc.array(cell, { minLength: columns.length, maxLength: columns.length }), {
            minLength: 1,
            maxLength: 50,
          }),
        ),
      ),
      async ([columns, rows]) => {
        const isText = columns.map((_, at) => rows.some((row) => typeof row[at] === 'string'));
        const asText = (given: TableCell, at: number) =>
          isText[at] && given !== null ? String(given) : given;
        expect(await readRows({ columns, rows })).toEqual(rows.map((row) => row.map(asText)));
      },
    ),
    { numRuns: 200 },
  );
  const long = Array.from({ length: 3000 }, (_, at) => [at / 7, at % 3 === 0 ? null : `row ${at}`]);
  expect(await readRows({ columns: ['a', 'b'], rows: long })).toEqual(long);
});
