/** Parquet files of some hundred bytes that claim gigabytes, or that never end: each is refused by name, at once. */
import { gzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { ParquetRows } from './parquet.ts';

type Field = readonly [type: number, bytes: readonly number[]];

const varint = (value: number): number[] => {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
};
const zigzag = (value: number): number[] => varint(value < 0 ? -2 * value - 1 : 2 * value);
const u32 = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);

// Thrift's compact protocol.
const i32 = (value: number): Field => [5, zigzag(value)];
const i64 = (value: number): Field => [6, zigzag(value)];
const text = (value: string): Field => [8, [...varint(value.length), ...new TextEncoder().encode(value)]];
const list = (items: readonly Field[]): Field => [
  9,
  [0xf0 | (items[0]?.[0] ?? 5), ...varint(items.length), ...items.flatMap(([, bytes]) => bytes)],
];
const struct = (fields: Readonly<Record<number, Field>>): Field => {
  let before = 0;
  const bytes = Object.entries(fields).flatMap(([id, [type, own]]) => {
    const step = Number(id) - before;
    before = Number(id);
    return [(step << 4) | type, ...own];
  });
  return [12, [...bytes, 0]];
};

const [BOOLEAN, INT32, BYTE_ARRAY] = [0, 1, 6];
const [PLAIN, RLE, DELTA_BYTE_ARRAY, RLE_DICTIONARY] = [0, 3, 7, 8];

interface Page {
  readonly values: number;
  readonly encoding?: number;
  readonly body?: readonly number[];
  /** Its bytes once unpacked, as it says. */
  readonly unpacked?: number;
  readonly kind?: 'v1' | 'v2' | 'dictionary';
}

function pageBytes({ values, encoding = PLAIN, body = [], unpacked, kind = 'v1' }: Page): number[] {
  const sizes = { 2: i32(unpacked ?? body.length), 3: i32(body.length) };
  const headers = {
    v1: { 1: i32(0), ...sizes, 5: struct({ 1: i32(values), 2: i32(encoding), 3: i32(RLE), 4: i32(RLE) }) },
    v2: {
      ...{ 1: i32(3), ...sizes },
      8: struct({
        ...{ 1: i32(values), 2: i32(0), 3: i32(values), 4: i32(encoding), 5: i32(0), 6: i32(0) },
      }),
    },
    dictionary: { 1: i32(2), ...sizes, 7: struct({ 1: i32(values), 2: i32(encoding) }) },
  };
  return [...struct(headers[kind])[1], ...body];
}

/** A file of one row group, each column of it the same pages. */
function parquet(
  pages: readonly Page[],
  { type = INT32, optional = false, codec = 0, rows = 5, columns = 1 } = {},
): Blob {
  const bytes = pages.flatMap(pageBytes);
  const names = Array.from({ length: columns }, (_, at) => `c${at}`);
  const schema = [
    struct({ 4: text('root'), 5: i32(columns) }),
    ...names.map((name) => struct({ 1: i32(type), 3: i32(Number(optional)), 4: text(name) })),
  ];
  const chunks = names.map((name) =>
    struct({
      2: i64(4),
      3: struct({
        ...{ 1: i32(type), 2: list([i32(PLAIN)]), 3: list([text(name)]), 4: i32(codec), 5: i64(rows) },
        ...{ 6: i64(bytes.length), 7: i64(bytes.length), 9: i64(4) },
      }),
    }),
  );
  const group = struct({ 1: list(chunks), 2: i64(bytes.length), 3: i64(rows) });
  const footer = struct({ 1: i32(1), 2: list(schema), 3: i64(rows), 4: list([group]) })[1];
  const magic = [...new TextEncoder().encode('PAR1')];
  return new Blob([Uint8Array.from([...magic, ...bytes, ...footer, ...u32(footer.length), ...magic])]);
}

async function read(file: Blob): Promise<readonly unknown[]> {
  const rows: unknown[] = [];
  await new ParquetRows(file, 'p.parquet').each(({ value }) => void rows.push(value));
  return rows;
}

const MANY = 2 ** 30;
/** One run of so many values, 1 each, with its length before it. */
const run = (values: number): number[] => {
  const bytes = [...varint(values * 2), 1];
  return [...u32(bytes.length), ...bytes];
};
const five = (each: (at: number) => readonly number[]): number[] =>
  [0, 1, 2, 3, 4].flatMap((at) => [...each(at)]);

test('such a file is read where it claims what it holds', async () => {
  const numbers = [0, 1, 2, 3, 4].map((c0) => ({ c0 }));
  const body = five(u32);
  expect(await read(parquet([{ values: 5, body }]))).toEqual(numbers);
  expect(await read(parquet([{ values: 5, body: [...run(5), ...body] }], { optional: true }))).toEqual(
    numbers,
  );
  expect(await read(parquet([{ values: 5, body, kind: 'v2' }]))).toEqual(numbers);
  const packed = [...gzipSync(Uint8Array.from(body))];
  expect(await read(parquet([{ values: 5, body: packed, unpacked: body.length }], { codec: 2 }))).toEqual(
    numbers,
  );
  const indices = [2, ...varint(3), 0b11100100, 0];
  expect(
    await read(
      parquet([
        { values: 4, body: body.slice(0, 16), kind: 'dictionary' },
        { values: 5, body: indices, encoding: RLE_DICTIONARY },
      ]),
    ),
  ).toEqual([0, 1, 2, 3, 0].map((c0) => ({ c0 })));
});

test.each<[string, string, Blob]>([
  [
    'more values than a page may have',
    'PageTooLarge',
    parquet([{ values: MANY, body: run(MANY) }], { optional: true, rows: MANY }),
  ],
  [
    'levels that run beyond the values',
    'BadParquet',
    parquet([{ values: 5, body: [...run(MANY - 1), ...five(u32)] }], { optional: true }),
  ],
  [
    'indices that run beyond the values',
    'BadParquet',
    parquet([{ values: 5, body: [1, ...run(MANY - 1).slice(4)], encoding: RLE_DICTIONARY }]),
  ],
  [
    'truths that run beyond the values',
    'BadParquet',
    parquet([{ values: 5, body: run(MANY - 1), encoding: RLE }], { type: BOOLEAN }),
  ],
  ['a page of 512 MiB', 'PageTooLarge', parquet([{ values: 5, unpacked: 2 ** 29 }], { codec: 1 })],
  [
    'values that each repeat the one before',
    'BadParquet',
    parquet(
      [
        {
          values: 2 ** 14,
          encoding: DELTA_BYTE_ARRAY,
          // Beginning at 0, then 2^16 each; one of 2^16 bytes, then none.
          body: [
            ...[...varint(2 ** 14), 1, ...varint(2 ** 14), 0, ...zigzag(2 ** 16), 0],
            ...[...varint(2 ** 14), 1, ...varint(2 ** 14), 0, ...zigzag(0), 0],
          ],
        },
      ],
      { type: BYTE_ARRAY, rows: 2 ** 14 },
    ),
  ],
  [
    'many columns of many values',
    'PageTooLarge',
    parquet([{ values: 2 ** 21, body: [0], encoding: RLE_DICTIONARY }], { rows: 2 ** 21, columns: 17 }),
  ],
])('%s: %s', async (_, name, file) => {
  const before = process.cpuUsage();
  await expect(read(file)).rejects.toMatchObject({ name, place: { file: 'p.parquet' } });
  const { user } = process.cpuUsage(before);
  expect(user / 1e6).toBeLessThan(5);
});

test('a page that unpacks to more than it says is unpacked no further', async () => {
  const body = [...gzipSync(new Uint8Array(2 ** 24), { level: 9 })];
  await expect(read(parquet([{ values: 5, body, unpacked: 20 }], { codec: 2 }))).rejects.toMatchObject({
    ...{ name: 'BadParquet', what: 'a page unpacks to more than the 20 bytes that it says' },
  });
});
