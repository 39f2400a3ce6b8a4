import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { studyDifferences } from './differences.ts';
import { Journals } from './journal/journals.ts';
import type { ShownWork } from './journal/shown-part.ts';
import { readStudyFile } from './study-file.ts';

const DEMO = join(import.meta.dirname, '../../public/study/demo.frankenscope');

test('what differs between two studies is said, and what is the same is not', async () => {
  const { study, storage } = await readStudyFile(new Uint8Array(await readFile(DEMO)), 'x');
  const works = await new Journals(storage).shown();
  const one = { result: study, works };
  expect(studyDifferences(one, { ...one, result: { ...study, name: 'Another' } })).toEqual([]);
  const swap = study.analyses.find(({ name }) => name === 'swap');
  const isSwap = ({ key }: ShownWork) => key === swap?.works[0]?.key;
  const other = {
    result: {
      ...study,
      spec: { models: { rl: 'qwen-rl' }, seed: 7 },
      analyses: study.analyses.filter(({ name }) => name !== 'energy'),
      frankenscope: { version: '9', run: { build: '9 (00000000)' } },
    },
    works: works.map((work) =>
      isSwap(work)
        ? {
            ...work,
            total: 8,
            settings: { ...(work.settings as object), mode: 'from-layer' },
            inputs: { ...work.inputs, pairs: 'f'.repeat(64) },
          }
        : work,
    ),
  };
  const found = studyDifferences(one, other);
  expect(found).toEqual(
    expect.arrayContaining([
      { what: 'models', one: 'the demo family', other: 'none' },
      { what: 'model: rl', one: 'none', other: 'qwen-rl' },
      { what: 'seed', one: 'none', other: '7' },
      { what: 'energy', one: 'in it', other: 'none' },
      { what: 'swap: mode', one: 'single', other: 'from-layer' },
      { what: 'swap: records', one: '100', other: '8' },
      { what: 'swap: pairs', one: expect.any(String) as string, other: 'ffffffffffff' },
    ]),
  );
  expect(found.some(({ what }) => /^(lens|energy: )/.test(what))).toBe(false);
});
