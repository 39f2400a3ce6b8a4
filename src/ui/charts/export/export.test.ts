import { expect, test } from 'vitest';
import { csv } from './csv.ts';
import { chartJson } from './json.ts';
import { fileName } from './save.ts';
import { inUnicodeRange } from './unicode-range.ts';

const table = {
  columns: ['layer', 'rate, "IN"'],
  rows: [
    [-1, 0.1 + 0.2],
    [0, null],
  ],
};

test('comma-separated values keep every digit and quote what needs it', () => {
  expect(csv(table)).toBe('layer,"rate, ""IN"""\r\n-1,0.30000000000000004\r\n0,\r\n');
});

test('comma-separated values hold no formula, in a cell or in the header', () => {
  const columns = ['=layer', '@task', '-note'];
  const rows = [['+IN', '=HYPERLINK("http://x")', -1]];
  expect(csv({ columns, rows })).toBe(`'=layer,'@task,'-note\r\n'+IN,"'=HYPERLINK(""http://x"")",-1\r\n`);
  expect(csv({ columns: ['\uff1d1+1', '\n=1'], rows: [] })).toBe(`'\uff1d1+1,"'\n=1"\r\n`);
});

test('JSON carries rows by column name, the note and the provenance', () => {
  const text = chartJson({ title: 't', description: 'd', note: 'n = 3', table, provenance: { seed: 1 } });
  expect(JSON.parse(text)).toEqual({
    title: 't',
    description: 'd',
    note: 'n = 3',
    rows: [
      { layer: -1, 'rate, "IN"': 0.1 + 0.2 },
      { layer: 0, 'rate, "IN"': null },
    ],
    frankenscope: { seed: 1 },
  });
});

test.each([
  ['U+0000-00FF, U+0131', 0x61, true],
  ['U+0000-00FF, U+0131', 0x131, true],
  ['U+0370-03FF', 0x3c3, true],
  ['U+0000-00FF', 0x3c3, false],
  ['U+4??', 0x4a1, true],
  ['', 0x3c3, true],
])('%s holds %i: %s', (range, point, held) => expect(inUnicodeRange(range, point)).toBe(held));

test('a title becomes a file name', () => {
  expect(fileName('Attention on the image, head by head')).toBe('attention-on-the-image-head-by-head');
  expect(fileName('σ')).toBe('chart');
});
