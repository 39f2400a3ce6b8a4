import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openItemFolder } from '../../evaluation/samples/item-folder.ts';
import { readItemFolder } from '../../evaluation/samples/testing/item-folder.ts';
import { drawSets } from '../../evaluation/samples/draw.ts';
import { DelimitedRows } from './delimited.ts';
import type { JsonLine } from './json-lines.ts';
import { JsonRows } from './json-rows.ts';
import { openProblems } from './problem-list.ts';
import type { Problem } from './problem.ts';
import { parsePythonJson } from './python-json.ts';

/** Every border falls everywhere. */
const SIZES = [1, 2, 3, 7, 64, 2 ** 16];
const LISTS = fileURLToPath(new URL('testing/lists/', import.meta.url));
const expected = JSON.parse(await readFile(join(LISTS, 'expected.json'), 'utf8')) as Record<string, object[]>;
const TEXTS = Object.keys(expected).filter((name) => !name.endsWith('.parquet'));

async function rowsIn(
  bytes: BlobPart | Blob,
  path = 'list.jsonl',
  pieceBytes = 2 ** 21,
): Promise<readonly JsonLine[]> {
  const file = bytes instanceof Blob ? bytes : new Blob([bytes]);
  const rows = /\.[ct]sv$/.test(path) ? new DelimitedRows(file, path) : new JsonRows(file, path);
  const found: JsonLine[] = [];
  await rows.each((row, index) => void (found[index] = row), { pieceBytes });
  expect(await rows.at(found.map((_, index) => index))).toEqual(found);
  return found;
}
const thrown = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

describe('lists that others wrote, cut into pieces anywhere', () => {
  it.each(TEXTS)('%s holds the same', async (name) => {
    const files = new Map<string, Blob>();
    for (const path of [name, 'images/0.png', 'images/1.png']) {
      files.set(path, new Blob([await readFile(join(LISTS, path))]));
    }
    const all = async (pieceBytes: number): Promise<readonly Problem[]> => {
      const list = await openProblems(name, files, {}, { pieceBytes });
      return (await list.at(Array.from({ length: list.count }, (_, at) => at))).map(({ problem }) => problem);
    };
    const whole = await all(2 ** 21);
    const asked = ({ id, question, answer }: Problem): object => ({ id, question, answer });
    expect(whole.map(asked)).toMatchObject((expected[name] ?? []).map((row) => asked(row as Problem)));
    for (const size of SIZES) expect(await all(size), `pieces of ${size}`).toEqual(whole);
  });
});

const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
);
const row = fc.dictionary(fc.string({ maxLength: 3 }), fc.oneof(value, fc.array(value, { maxLength: 3 })));
const pieceBytes = fc.integer({ min: 1, max: 40 });

describe('JSON', () => {
  it('by lines is what each line holds, whatever ends it', async () => {
    const end = fc.constantFrom('\n', '\r\n', '\n\n', '\n \t\r\n', '\r', '\r\r\n');
    const lines = fc.array(fc.tuple(row, end), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(lines, fc.boolean(), fc.boolean(), pieceBytes, async (given, mark, closed, size) => {
        const all = given.map(([one, ending]) => JSON.stringify(one) + ending).join('');
        const text = (mark ? '\uFEFF' : '') + (closed ? all : all.trimEnd());
        const wanted = text
          .replace(/^\uFEFF/, '')
          .split(/\r\n|[\r\n]/)
          .flatMap((one, at) => (one.trim() === '' ? [] : [{ line: at + 1, value: parsePythonJson(one) }]));
        expect(await rowsIn(text, 'list.jsonl', size)).toEqual(wanted);
      }),
      { numRuns: 150 },
    );
  });

  it('as an array is what the whole text says', async () => {
    const rows = fc.array(row, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(0, 2, '\t'), pieceBytes, async (given, indent, size) => {
        const found = await rowsIn(` ${JSON.stringify(given, null, indent)}\n`, 'list.json', size);
        const parsed = parsePythonJson(JSON.stringify(given)) as readonly unknown[];
        expect(found).toEqual(parsed.map((one, at) => ({ line: at + 1, unit: 'row', value: one })));
      }),
      { numRuns: 150 },
    );
  });

  it('that is damaged is refused wherever JSON.parse refuses it, and only there', async () => {
    const text = JSON.stringify([{ a: '"[{' }, { b: [1, { c: '\\' }] }, {}, { d: 'é' }]);
    const change = fc.tuple(
      fc.nat({ max: text.length }),
      fc.constantFrom('', ...'[]{},:"\\ 1\n'),
      fc.boolean(),
    );
    await fc.assert(
      fc.asyncProperty(change, pieceBytes, async ([at, character, replaces], size) => {
        const damaged = text.slice(0, at) + character + text.slice(at + (replaces ? 1 : 0));
        fc.pre(damaged.trimStart().startsWith('['));
        let whole: unknown;
        try {
          whole = JSON.parse(damaged);
        } catch {
          whole = null;
        }
        const isList =
          Array.isArray(whole) && whole.every((one) => typeof one === 'object' && one && !Array.isArray(one));
        const found = await thrown(rowsIn(damaged, 'list.json', size));
        if (isList) expect((found as readonly JsonLine[]).map((one) => one.value)).toEqual(whole);
        else expect(found).toMatchObject({ name: 'BadJson' });
      }),
      { numRuns: 400 },
    );
  });
});

describe('what is wrong is told alike, however the file is cut', () => {
  const bytes = (...parts: readonly (string | number)[]): Uint8Array<ArrayBuffer> =>
    Uint8Array.from(
      parts.flatMap((part) => (typeof part === 'number' ? [part] : [...new TextEncoder().encode(part)])),
    );

  it.each<[string, string, Uint8Array<ArrayBuffer>, string, string]>([
    ['a line that is no JSON', 'a.jsonl', bytes('{"a": 1}\n{"a": \n'), 'BadJsonLine', 'line 2 is not JSON'],
    [
      'a line that is a list',
      'a.jsonl',
      bytes('{"a": 1}\n\n[1]'),
      'BadJsonLine',
      'line 3 is not a JSON object',
    ],
    [
      'an element that is no object',
      'a.json',
      bytes('[{"a": 1}, 5, {"a": 2}]'),
      'BadJson',
      'row 2 is not an object',
    ],
    ['an array that ends early', 'a.json', bytes('[{"a": 1}, {"a": 2}'), 'BadJson', 'the list is not JSON'],
    // Places as Python's UnicodeDecodeError has them.
    ['Latin-1', 'a.jsonl', bytes('{"a": "k', 0xe9, 'n"}\n'), 'NotUtf8', 'line 1 is not UTF-8 at byte 8'],
    [
      'a letter cut off',
      'a.jsonl',
      bytes('{"a": 1}\n{"a": "', 0xe2, 0x82, '"}\n'),
      'NotUtf8',
      'line 2 is not UTF-8 at byte 16',
    ],
    [
      'the file cut within a letter',
      'a.jsonl',
      bytes('{"a": "', 0xf0, 0x9f, 0x98),
      'NotUtf8',
      'line 1 is not UTF-8 at byte 7',
    ],
    ['a stray byte', 'a.json', bytes('[{"a": "é', 0x80, '"}]'), 'NotUtf8', 'row 1 is not UTF-8 at byte 10'],
    [
      'a surrogate',
      'a.csv',
      bytes('a,b\n1,', 0xed, 0xa0, 0x80, '\n'),
      'NotUtf8',
      'row 1 is not UTF-8 at byte 6',
    ],
    [
      'a quote never closed',
      'a.csv',
      bytes('a,b\n1,2\n"3,4\n'),
      'BadTable',
      'a quote in row 2 is never closed',
    ],
  ])('%s', async (_, path, content, name, what) => {
    for (const size of SIZES) {
      expect(await thrown(rowsIn(content, path, size)), `pieces of ${size}`).toMatchObject({
        name,
        what,
        place: { file: path },
      });
    }
  });

  it('a file that gives fewer bytes than it has is told, never taken as empty', async () => {
    class Cut extends Blob {
      override slice(): Blob {
        return new Blob([]);
      }
    }
    const cut = new Cut(['{"question": "q", "answer": "a"}\n']);
    for (const path of ['a.jsonl', 'a.csv', 'a.parquet', 'a.json']) {
      const open = openProblems(path, new Map([[path, cut]]));
      await expect(open, path).rejects.toMatchObject({ name: 'FileChanged', place: { file: path } });
    }
  });

  it('a row without an end is refused with its place and the limit, and not read to the end', async () => {
    let read = 0;
    class Endless extends Blob {
      override get size(): number {
        return 5e9;
      }
      override slice(from = 0, to = 0): Blob {
        read += to - from;
        return new Blob([new Uint8Array(to - from).fill(0x61)]);
      }
    }
    await expect(rowsIn(new Endless([]))).rejects.toMatchObject({
      name: 'RowTooLong',
      what: 'the row that begins at byte 0 is longer than 100663296 bytes, the most that is read as one',
    });
    expect(read).toBeLessThan(96 * 2 ** 20 + 2 ** 22);
  });

  it('cancelled reading stops at the next piece', async () => {
    const controller = new AbortController();
    const file = new Blob(['{"question": "q", "answer": "a"}\n'.repeat(100)]);
    let told = 0;
    const onBytes = (): void => {
      told += 1;
      if (told === 3) controller.abort();
    };
    const reading = { signal: controller.signal, pieceBytes: 100, onBytes };
    const open = openProblems('a.jsonl', new Map([['a.jsonl', file]]), {}, reading);
    await expect(open).rejects.toMatchObject({ name: 'Cancelled' });
    expect(told).toBe(3);
  });
});

describe('what rows are called', () => {
  const name = fc.constantFrom(undefined, null, '', 'a', 'b', 'c', 0, 1, 2, '1', 'zz');
  const named = fc.record({ id: name, unique_id: name, index: name }, { requiredKeys: [] });
  const textOf = (found: unknown): string | undefined =>
    found === undefined || found === null || found === '' ? undefined : String(found);

  it('is told apart over the whole list, as if it were held', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(named, { minLength: 1, maxLength: 7 }), async (given) => {
        const rows = given.map((one) => ({ question: 'q', answer: 'a', ...one }));
        const text = rows.map((one) => JSON.stringify(one)).join('\n');
        const isUnique = new Set(given.map((one) => textOf(one.index))).size === given.length;
        const names = given.map(
          (one, at) =>
            textOf(one.unique_id) ??
            textOf(one.id) ??
            (isUnique ? textOf(one.index) : undefined) ??
            String(at),
        );
        const repeated = names.findIndex((one, at) => names.indexOf(one) < at);
        const found = await thrown(openProblems('a.jsonl', new Map([['a.jsonl', new Blob([text])]])));
        if (repeated < 0) {
          const list = found as Awaited<ReturnType<typeof openProblems>>;
          const all = await list.at(names.map((_, at) => at));
          expect(all.map(({ problem }) => problem.id)).toEqual(names);
        } else {
          const what = `line ${repeated + 1} repeats ${names[repeated]}`;
          expect(found).toMatchObject({ name: 'DuplicateId', what });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('finds the picture of a row that comes later, and of the last row of that index', async () => {
    const picture = btoa('x'.repeat(90));
    const rows = [
      { index: 5, question: 'q', answer: 'a', image: '7' },
      { index: 7, question: 'q', answer: 'a', image: picture },
      { index: 8, question: 'q', answer: 'a', image: '7' },
    ];
    const table = ['index\tquestion\tanswer\timage', ...rows.map((one) => Object.values(one).join('\t'))];
    const files = new Map([
      ['a.jsonl', new Blob([rows.map((one) => JSON.stringify(one)).join('\n')])],
      ['a.tsv', new Blob([table.join('\n')])],
    ]);
    for (const path of files.keys()) {
      const list = await openProblems(path, files, {}, { pieceBytes: 5 });
      const found = await list.at([2, 0]);
      const texts = found.map(async ({ problem: { image } }) => {
        const read = image instanceof Blob ? image : await image?.read();
        return read?.text();
      });
      expect(await Promise.all(texts)).toEqual(['x'.repeat(90), 'x'.repeat(90)]);
    }
  });
});

it('questions drawn by seed are those that were drawn of the whole list', async () => {
  const kinds = [
    {},
    { image: 'x.png' },
    { image: 'x.png', category: 'general-vqa' },
    { image: 'x.png', category: 'math-targeted-vqa' },
  ];
  const lines = Array.from({ length: 400 }, (_, at) =>
    JSON.stringify({ id: `q${at}`, question: `${at}?`, answer: `${at}`, ...kinds[(at * 7) % 4] }),
  );
  const files = new Map([
    ['set/a.jsonl', new Blob([lines.slice(0, 250).join('\n')])],
    ['set/b.jsonl', new Blob([`[${lines.slice(250).join(',')}]`])],
    ['set/x.png', new Blob(['x'])],
    [
      'set/descriptions.jsonl',
      new Blob(['{"id": "q1", "description": "one"}\n{"id": "q257", "description": "late"}\n']),
    ],
  ]);
  const whole = await readItemFolder(files);
  const items = await openItemFolder(files, undefined, { pieceBytes: 33 });
  for (const [samples, seed] of [
    [10, 123],
    [99, 7],
    [1000, 1],
  ] as const) {
    expect(await items.drawn({ samples, seed })).toEqual(drawSets(whole, { samples, seed }));
  }
  expect(
    Object.values(whole)
      .flat()
      .filter(({ description }) => description !== undefined)
      .map(({ id }) => id)
      .sort(),
  ).toEqual(['q1', 'q257']);
});
