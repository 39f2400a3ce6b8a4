import { readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readPairFolder } from './pair-folder.ts';
import { readProblems } from './testing/problem-file.ts';

const DATASET = new URL('../../../dataset/data/', import.meta.url);

async function folder(below: string): Promise<Map<string, Blob>> {
  const files = new Map<string, Blob>();
  const root = fileURLToPath(new URL(below, DATASET));
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(root, path), new Blob([await readFile(path)]));
  }
  return files;
}

const line = (changes: object = {}): string =>
  JSON.stringify({
    id: 'c0',
    task: 'counting',
    target_image: 'images/t.jpg',
    source_image: 'images/s.jpg',
    prompt: '<image>How many?',
    meta: { target_answer: 3, source_answer: '10' },
    ...changes,
  });
const small = (...lines: string[]): Map<string, Blob> =>
  new Map([
    ['counting/data.jsonl', new Blob([lines.join('\n')])],
    ['counting/images/t.jpg', new Blob(['t'])],
    ['counting/images/s.jpg', new Blob(['s'])],
  ]);
const named = (name: string): Error => expect.objectContaining({ name }) as Error;

describe('pair folders', () => {
  it('are read whole: the committed set has 100 pairs of each task, every one with images and answers', async () => {
    const { pairs, literalImages } = await readPairFolder(await folder('pairs/'));
    expect(literalImages).toBe(0);
    for (const task of ['ocr', 'counting', 'grounding', 'recognition']) {
      const own = pairs.filter((pair) => pair.task === task);
      expect(own).toHaveLength(100);
      for (const { target, source, targetAnswer, sourceAnswer, prompt } of own) {
        expect(target.size * source.size).toBeGreaterThan(0);
        expect([targetAnswer, sourceAnswer, prompt]).not.toContain('');
      }
    }
    expect(pairs.find(({ id }) => id === 'grounding_000000')).toMatchObject({
      targetAnswer: '[187, 199, 273, 281]',
      sourceAnswer: '[202, 105, 274, 187]',
      iouThreshold: 0.5,
    });
  });

  it('leave out a literal <image> unless told to keep it, and count it', async () => {
    const stripped = await readPairFolder(small(line()));
    expect(stripped).toMatchObject({
      literalImages: 1,
      pairs: [{ prompt: 'How many?', targetAnswer: '3', sourceAnswer: '10' }],
    });
    const kept = await readPairFolder(small(line()), { literalImage: 'keep' });
    expect(kept.pairs[0]?.prompt).toBe('<image>How many?');
  });

  it('may be the folder of one task', async () => {
    const files = new Map([...small(line())].map(([path, file]) => [path.replace('counting/', ''), file]));
    expect((await readPairFolder(files)).pairs).toHaveLength(1);
  });

  it('may name images by any path as seen from the list, and hold missing numbers of Python', async () => {
    const stored = line({ target_image: './images/t.jpg', source_image: '..\\counting\\images\\s.jpg' });
    const { pairs } = await readPairFolder(small(stored.replace('{"id"', '{"score": NaN, "id"')));
    expect(await Promise.all(pairs.map(({ target, source }) => [target.size, source.size]))).toEqual([
      [1, 1],
    ]);
  });

  it.each([
    ['MissingImage', [line({ source_image: 'images/none.jpg' })]],
    ['UnknownTask', [line({ task: 'sorting' })]],
    ['MissingField', [line({ prompt: undefined })]],
    ['DuplicateId', [line(), line()]],
    ['BadJsonLine', [line(), '{']],
    ['BadJsonLine', ['[]']],
  ])('are refused by name: %s', async (name, lines) => {
    await expect(readPairFolder(small(...lines))).rejects.toThrow(named(name));
  });

  it('say where there are none', async () => {
    await expect(readPairFolder(new Map())).rejects.toThrow(named('NoPairs'));
  });
});

describe('problems', () => {
  const list = (path: string, ...rows: object[]): Map<string, Blob> =>
    new Map([[path, new Blob([rows.map((row) => JSON.stringify(row)).join('\n')])]]);

  it('of the committed set', async () => {
    const problems = await readProblems('problems.jsonl', await folder('items/'));
    expect(problems).toHaveLength(300);
    expect(problems[0]).toEqual({
      id: 'problems_eval_000000',
      question: 'What is 17 × 4 + 16?',
      answer: '84',
      level: 3,
    });
  });

  it('with images and choices', async () => {
    const questions = await readProblems('general-vqa.jsonl', await folder('items/'));
    expect(questions).toHaveLength(100);
    expect(questions.every(({ image }) => image !== undefined && image.size > 0)).toBe(true);
    expect(questions[0]?.choices).toEqual(['Yes', 'No']);
  });

  it('of GSM8K are numbered from 0 and answered by what follows ####', async () => {
    const files = list('test.jsonl', { question: 'Eggs?', answer: 'She sells 9 * 2.\n#### 1,018' });
    expect(await readProblems('test.jsonl', files)).toEqual([{ id: '0', question: 'Eggs?', answer: '1018' }]);
  });

  it('of MATH-500', async () => {
    const row = {
      problem: '$1+1$',
      answer: '2',
      level: 5,
      unique_id: 'test/algebra/1.json',
      subject: 'Algebra',
    };
    expect(await readProblems('m.jsonl', list('m.jsonl', row))).toEqual([
      { id: 'test/algebra/1.json', question: '$1+1$', answer: '2', level: 5 },
    ]);
  });

  it('from Parquet are the same as from JSON lines, images as bytes', async () => {
    const file = new Blob([await readFile(new URL('testing/problems.parquet', import.meta.url))]);
    const problems = await readProblems('p.parquet', new Map([['p.parquet', file]]));
    expect(problems.map(({ image: _, ...problem }) => problem)).toEqual([
      { id: 'a', question: 'What is 17 × 4 + 16?', answer: '84', level: 3 },
      { id: 'b', question: 'How many?', answer: '7', level: 1, choices: ['7', '8'] },
    ]);
    expect(new Uint8Array(await (problems[1]?.image as Blob).arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('from a Parquet file of no bytes are refused as such', async () => {
    const files = new Map([['p.parquet', new Blob([])]]);
    await expect(readProblems('p.parquet', files)).rejects.toMatchObject({
      name: 'BadParquet',
      what: 'the file is empty',
      place: { file: 'p.parquet' },
    });
  });

  it.each([
    ['MissingField', [{ question: 'a' }]],
    ['MissingImage', [{ question: 'a', answer: 'b', image: 'images/x.png' }]],
    [
      'DuplicateId',
      [
        { id: 1, question: 'a', answer: 'b' },
        { id: 1, question: 'a', answer: 'b' },
      ],
    ],
    ['NoProblems', []],
  ])('are refused by name: %s', async (name, rows) => {
    await expect(readProblems('p.jsonl', list('p.jsonl', ...rows))).rejects.toThrow(named(name));
  });

  it('refuse what is no Parquet file', async () => {
    const files = new Map([['p.parquet', new Blob(['PAR1 and nothing more'])]]);
    await expect(readProblems('p.parquet', files)).rejects.toThrow(named('BadParquet'));
  });

  it.each(['p.parquet', 'p.jsonl', 'p.json', 'p.csv'])(
    'are fetched first where Git LFS left %s to be fetched',
    async (path) => {
      const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 386472\n';
      const files = new Map([[path, new Blob([pointer])]]);
      await expect(readProblems(path, files)).rejects.toThrow(named('LfsPointer'));
    },
  );
});
