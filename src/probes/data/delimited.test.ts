import { csvFormatRows, csvParseRows, tsvFormatRows, tsvParseRows } from 'd3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LongBase64 } from './cell.ts';
import { DelimitedRows } from './delimited.ts';
import type { JsonLine } from './json-lines.ts';

const readBytes = async (bytes: BlobPart, path = 'a.csv', pieceBytes = 2 ** 21): Promise<JsonLine[]> => {
  const rows: JsonLine[] = [];
  await new DelimitedRows(new Blob([bytes]), path).each((row) => void rows.push(row), { pieceBytes });
  return rows;
};
const read = (text: string, path?: string, pieceBytes?: number) => readBytes(text, path, pieceBytes);

describe('tables', () => {
  const cell = fc.string();
  const awkward = fc.oneof(
    cell,
    fc.constantFrom(
      'a,b',
      'a\tb',
      'say "no"',
      '"',
      'two\nlines',
      'two\r\nlines',
      'größer',
      '𝑥²',
      'None',
      ' ',
    ),
  );
  const table = fc
    .integer({ min: 2, max: 4 })
    .chain((width) => fc.array(fc.array(awkward, { minLength: width, maxLength: width }), { maxLength: 6 }));

  it.each([
    ['a.csv', csvFormatRows, csvParseRows],
    ['a.tsv', tsvFormatRows, tsvParseRows],
  ] as const)('%s is read as d3-dsv reads it, however it is cut into pieces', async (path, format, parse) => {
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), async (rows, pieceBytes) => {
        const names = ['p', 'q', 'r', 's'].slice(0, rows[0]?.length ?? 2);
        const text = format([names, ...rows]);
        const found = await read(text, path, pieceBytes);
        const expected = parse(text)
          .slice(1)
          .map((cells) => cells.map((value) => (value === '' ? null : value)));
        expect(found.map(({ value }) => Object.values(value))).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('leave long base64 in the file, to be read when it is asked about', async () => {
    const picture = 'iVBORw0K'.repeat(1000);
    const rows = await read(`index\timage\n1\t${picture}\n2\t['${picture}', '${picture}']\n`, 'a.tsv', 777);
    const [one, two] = rows.map(({ value }) => value['image']);
    expect(one).toBeInstanceOf(LongBase64);
    expect(await (one as LongBase64).text.text()).toBe(picture);
    expect(await Promise.all((two as LongBase64[]).map(({ text }) => text.text()))).toEqual([
      picture,
      picture,
    ]);
  });

  it('call a column without a name as pandas does', async () => {
    expect((await read(',q\n0,a\n'))[0]?.value).toEqual({ 'Unnamed: 0': '0', q: 'a' });
  });

  it('may end without a line end, in CR alone, and hold blank lines and short rows', async () => {
    const rows = await read('a,b\r1,2\r\r3');
    expect(rows.map(({ line, value }) => [line, value])).toEqual([
      [1, { a: '1', b: '2' }],
      [2, { a: '3', b: null }],
    ]);
  });

  it.each([
    ['BadTable', 'a,b\n1,2,3\n', /row 1 has 3 cells, the first row names 2/],
    ['BadTable', 'a,b\n1,2\n"3,4\n', /row 2 is never closed/],
    ['BadTable', 'a,a\n1,2\n', /two columns are called a/],
  ])('that hold something else are refused: %s', async (name, text, what) => {
    await expect(read(text)).rejects.toMatchObject({ name, what: expect.stringMatching(what) as string });
  });

  it.each([
    ['Latin-1', Uint8Array.of(0x61, 0x2c, 0x62, 0x0a, 0xe9, 0x2c, 0x31)],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x61, 0x00)],
  ])('in %s are refused, not read with letters lost', async (_, bytes) => {
    await expect(readBytes(bytes)).rejects.toMatchObject({ name: 'NotUtf8' });
  });
});
