import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { encode } from 'fast-png';
import { join } from 'node:path';
import { ROOT } from '../../../../scripts/paths.mjs';
import { intervalName } from '../../../statistics/interval-kind.ts';
import { PAGE_FACTS } from '../testing/page-facts.ts';
import { csv } from './csv.ts';
import { factsOf } from './facts-of.ts';
import { factLines, figureName } from './figure-facts.ts';
import { chartJson } from './json.ts';
import { withTexts } from './png-texts.ts';
import { inUnicodeRange } from './unicode-range.ts';
import { unpackWoff } from './woff.ts';

const table = {
  columns: ['layer', 'rate, "IN"'],
  rows: [
    [-1, 0.1 + 0.2],
    [0, null],
  ],
};

const chart = {
  ...{ title: 'Change rate per layer', description: 'Share of pairs that changed.', finding: null },
  models: undefined,
  ...{ sources: [], state: '37 of 100 so far', unit: 'pairs', interval: 'Wilson 95 %' },
  points: [{ n: 12 }, {}, { n: 3 }],
};
const facts = factsOf(PAGE_FACTS, chart, new Date('2026-11-29T05:00:00Z'));
const block = JSON.stringify(facts);

/** RFC 4180, § 2. */
function parsed(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '') break;
    if (end === '\r\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

test('comma-separated values keep every digit, quote what needs it, and say where they come from in the first row', () => {
  expect(parsed(csv(table, facts))).toEqual([
    ['layer', 'rate, "IN"', 'frankenscope'],
    ['-1', '0.30000000000000004', block],
    ['0', '', ''],
  ]);
});

test('comma-separated values hold no formula, in a cell or in the header', () => {
  const columns = ['=layer', '@task', '-note'];
  const rows = [
    ['+IN', '=HYPERLINK("http://x")', -1],
    ['\t=1', '\uff1d1', 'a=1'],
  ];
  expect(parsed(csv({ columns, rows }, facts))).toEqual([
    ["'=layer", "'@task", "'-note", 'frankenscope'],
    ["'+IN", `'=HYPERLINK("http://x")`, '-1', block],
    ["'\t=1", "'\uff1d1", 'a=1', ''],
  ]);
  expect(csv({ columns: ['\uff1d1+1', '\n=1'], rows: [] }, facts)).toBe(
    `'\uff1d1+1,"'\n=1",frankenscope\r\n`,
  );
});

test('JSON carries rows by column name, and where they come from', () => {
  expect(JSON.parse(chartJson(table, facts))).toEqual({
    rows: [
      { layer: -1, 'rate, "IN"': 0.1 + 0.2 },
      { layer: 0, 'rate, "IN"': null },
    ],
    frankenscope: facts,
  });
});

test('a figure says in sentences what it is, and how many items its points rest on', () => {
  expect(facts).toMatchObject({
    title: 'Change rate per layer: IN.',
    measured: 'Token swap of IN (demo:in) on pairs; n = 3 to 12 pairs a point.',
    definition: 'Share of pairs that changed.',
    n: { least: 3, most: 12, of: 'pairs' },
    date: '2026-11-29T05:00:00.000Z',
  });
  const found = factsOf(
    PAGE_FACTS,
    { ...chart, points: [], finding: 'OCR changes at no layer.' },
    new Date(0),
  );
  // Whatever heads it, quantity, work and model stand in the two lines.
  expect(found).toMatchObject({
    title: 'OCR changes at no layer.',
    measured: 'Change rate per layer: token swap of IN (demo:in) on pairs.',
    n: null,
  });
  expect(() => factsOf(PAGE_FACTS, { ...chart, description: '' }, new Date(0))).toThrow();
});

test('the lines below a picture name models, intervals, seed, rounding, device and version', () => {
  expect(factLines(facts)).toEqual([
    'IN (demo:in, 0123456789ab)',
    `Intervals: Wilson 95 % · no seed · f32 · wasm: one thread · Frankenscope ${facts.version} · docs/method.md §2 · 2026-11-29`,
  ]);
  const more = { ...facts, seed: 0, interval: null, published: ['arXiv:1, Table 2'], remarks: ['By hand.'] };
  expect(factLines(more).slice(1)).toEqual([
    `drawn with seed 0 · f32 · wasm: one thread · Frankenscope ${facts.version} · docs/method.md §2 · 2026-11-29`,
    'Published: arXiv:1, Table 2',
    'By hand.',
  ]);
});

test('an interval that is drawn names its own seed, and no line says that there is none', () => {
  const interval = intervalName('pooled');
  expect(interval).toContain('seed 0');
  expect(factLines({ ...facts, interval })[1]).not.toContain('no seed');
  expect(factLines({ ...facts, interval, seed: 123 })[1]).toContain(
    `${interval} · drawn with seed 123 · f32`,
  );
});

test('every text calls a checkpoint as legends do, with its folder where that is another name', () => {
  const checkpoints = [
    { name: 'rl-frozen-early', folder: 'demo:rl-frozen-early', fingerprint: null },
    { name: 'mine', folder: 'mine', fingerprint: 'abcdef0123456789' },
  ];
  const page = { ...PAGE_FACTS, checkpoints, done: 'Update energy', on: null };
  const work = 'Update energy of rl-frozen-early (demo:rl-frozen-early) and mine';
  const named = factsOf(page, chart, new Date(0));
  expect(named.work).toBe(work);
  expect(named.title).toBe('Change rate per layer: rl-frozen-early and mine.');
  expect(named.measured).toBe(`${work}; n = 3 to 12 pairs a point.`);
  // A chart of some of them says so, be it by its title.
  const one = factsOf(page, { ...chart, title: 'Heads, mine', models: ['mine'] }, new Date(0));
  expect([one.title, one.measured]).toEqual([
    'Heads, mine.',
    'Update energy of mine; n = 3 to 12 pairs a point.',
  ]);
  expect([one.work, one.checkpoints]).toEqual([work, checkpoints]);
  expect(factLines(named)[0]).toBe('rl-frozen-early (demo:rl-frozen-early) · mine (abcdef012345)');
});

test('a file is named after analysis, chart and models', () => {
  expect(figureName(PAGE_FACTS, 'Attention on the image, head by head')).toBe(
    'swap-attention-on-the-image-head-by-head-in',
  );
  expect(figureName({ ...PAGE_FACTS, checkpoints: [] }, 'σ')).toBe('swap');
});

test('texts stand in a PNG in chunks of their own, whose sums hold', () => {
  const png = encode({ width: 1, height: 1, data: new Uint8Array([1, 2, 3]), channels: 3 });
  const texts = { Title: 'Was ist ‖Δ‖?', frankenscope: block };
  const bytes = Buffer.from(withTexts(png, texts));
  const found: Record<string, string> = {};
  const names: string[] = [];
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const name = bytes.toString('latin1', at + 4, at + 8);
    names.push(name);
    expect(bytes.readUInt32BE(at + 8 + length), name).toBe(crc32(bytes.subarray(at + 4, at + 8 + length)));
    // Keyword, not compressed, no language, no translation: § 11.3.3.4.
    const [, keyword, text] =
      /^([^\0]+)\0\0\0\0\0(.*)$/s.exec(bytes.toString('utf8', at + 8, at + 8 + length)) ?? [];
    if (name === 'iTXt' && keyword !== undefined && text !== undefined) found[keyword] = text;
    at += 12 + length;
  }
  expect(names.slice(0, 3)).toEqual(['IHDR', 'iTXt', 'iTXt']);
  expect(names.at(-1)).toBe('IEND');
  expect(found).toEqual(texts);
});

const FONT = join(ROOT, 'node_modules/inter-ui/Inter (web)/Inter-Regular.woff');

test('an unpacked font has the tables that its sums say', () => {
  const font = Buffer.from(unpackWoff(readFileSync(FONT)));
  const count = font.readUInt16BE(4);
  expect(count).toBeGreaterThan(8);
  for (let i = 0; i < count; i++) {
    const entry = 12 + 16 * i;
    const name = font.toString('latin1', entry, entry + 4);
    const [sum, offset, length] = [4, 8, 12].map((more) => font.readUInt32BE(entry + more)) as [
      number,
      number,
      number,
    ];
    let words = 0;
    for (let at = offset; at < offset + length; at += 4) {
      // Of the head, without the sum of the whole (OpenType, "Calculating checksums").
      if (name === 'head' && at === offset + 8) continue;
      words = (words + font.readUInt32BE(at)) >>> 0;
    }
    expect(words, name).toBe(sum);
  }
  expect(() => unpackWoff(new Uint8Array(100))).toThrow('no WOFF');
});

test.each([
  ['U+0000-00FF, U+0131', 0x61, true],
  ['U+0000-00FF, U+0131', 0x131, true],
  ['U+0370-03FF', 0x3c3, true],
  ['U+0000-00FF', 0x3c3, false],
  ['U+4??', 0x4a1, true],
  ['', 0x3c3, true],
])('%s holds %i: %s', (range, point, held) => expect(inUnicodeRange(range, point)).toBe(held));
