/** What is kept in English reads in the language of the page where it is listed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { analysis as transfer } from '../../analyses/transfer/analysis.ts';
import { Journals } from '../../study/journal/journals.ts';
import { shownEvaluation } from '../../study/shown/evaluation-given.ts';
import type { ShownModel } from '../../study/shown/model.ts';
import { readStudyFile } from '../../study/study-file.ts';
import { workWords } from '../analyses/work-words.ts';
import { speak } from '../language/texts.ts';
import { listedWork, type ListedWork } from '../state/shown-part.ts';
import { CHINESE } from './chinese.ts';

const FILE = join(import.meta.dirname, '../../../public/study/demo.frankenscope');
const CHINESE_TEXT = /\p{sc=Han}/u;

let works: readonly ListedWork[];
beforeAll(async () => {
  const { storage } = await readStudyFile(new Uint8Array(readFileSync(FILE)), 'demo.frankenscope');
  works = (await new Journals(storage).shown()).flatMap((work) => listedWork(work) ?? []);
});
afterEach(() => speak('en', () => Promise.resolve({})));

const chinese = (): Promise<void> => speak('zh', () => Promise.resolve(CHINESE));

test('in English a work is listed as it was kept, updates by the names that charts have of their checkpoints', () => {
  expect(works).toHaveLength(6);
  for (const work of works) {
    const { title, told, n } = work;
    const said = title.replace('demo:base, demo:in, demo:rl', 'Base, IN, RL');
    expect(workWords(work)).toEqual({ title: said, told, n });
    expect(said).not.toContain('demo:');
  }
});

test('in Chinese it is said again of what it was laid out of: models, set, settings and n', async () => {
  await chinese();
  const said = new Map(works.map((work) => [work.analysis, workWords(work)]));
  expect(said.get('swap')).toEqual({
    title: 'Token 替换：RL，数据：pairs',
    told: expect.stringMatching(CHINESE_TEXT) as string,
    n: '100 个样本',
  });
  expect(said.get('energy')).toMatchObject({ title: '能量：Base、IN、RL', n: '117 个张量' });
  expect(said.get('diversity')?.title).toMatch(/：Base、IN、RL；down_proj$/);
  expect(said.get('attention')?.title).toMatch(/：Base、IN、RL，数据：general-vqa$/);
  for (const { told } of said.values()) expect(told === '' || CHINESE_TEXT.test(told)).toBe(true);
});

test('answers, too, and what another version kept is listed as that kept it', async () => {
  const [swap] = works;
  const kept = works.find(({ analysis }) => analysis === 'attention');
  if (!swap || !kept) throw new Error('no work');
  const { models } = kept.given as unknown as { readonly models: readonly ShownModel[] };
  const values = { samples: 20, seed: 7, style: null, maxNewTokens: 160 };
  const reading = { imageProcessing: 'transformers-5', maxImagePixels: 921_600 } as const;
  const part = await shownEvaluation(transfer, 1024, {
    models,
    values,
    reading,
    cuts: null,
    sets: null,
    stitch: null,
  });
  expect(part.n).toBe('1\u2009024 answers');
  const work = listedWork({ ...kept, part, analysis: 'evaluation' });
  if (!work) throw new Error('not listed');
  expect(work.analysis).toBe('transfer');
  await chinese();
  expect(workWords(work)).toEqual({
    title: '迁移：Base、IN、RL，数据：演示数据集',
    told: '演示数据集 · 每个集合 20 个样本 · 种子 7 · 新 token 160 个',
    n: '1\u2009024 个回答',
  });
  const { title, told, n } = swap;
  expect(workWords({ ...swap, given: { strange: true } })).toEqual({ title, told, n });
});
