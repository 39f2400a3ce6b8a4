/** Answers that are withdrawn leave the tables at once, whether a run is under way or not. */
import { expect, test } from 'vitest';
import { planAsks } from '../../evaluation/answers/ask.ts';
import type { Asking } from '../../evaluation/answers/asking.ts';
import { answersIdentity } from '../../evaluation/identity.ts';
import { transferExperiments } from '../../evaluation/experiment.ts';
import { PROMPT_STYLES } from '../../evaluation/prompt-style.ts';
import type { Asked } from '../../evaluation/variant.ts';
import { Journals } from '../../study/journal/journals.ts';
import { MemoryStorage } from '../../study/journal/memory-storage.ts';
import { keepAsOtherBuild } from '../../study/testing/other-build.ts';
import { Jobs } from '../state/jobs.svelte.ts';
import { AnswerRun } from './answer-run.svelte.ts';

const PRINT = 'f'.repeat(64);
const asks = await planAsks<Asked>(
  [{ name: 'IN', fingerprint: PRINT, sources: [{ name: 'IN', fingerprint: PRINT }] }],
  transferExperiments({
    ...{ general: [], mathTargeted: [] },
    textOnly: ['a', 'b', 'c'].map((id) => ({ id, question: `${id}?`, answer: id })),
  }),
  {
    ...{ style: PROMPT_STYLES.none, maxNewTokens: 8, maxImagePixels: 1000, imageProcessing: null },
    ...{ device: 'none', dtype: 'none' },
  },
);

test('answers of another build are shown as its own, and asked again, not gone on with', async () => {
  const storage = new MemoryStorage();
  const journals = new Journals(storage);
  let asked = 0;
  const run = new AnswerRun<Asked>('evaluation', 'Evaluating', journals, new Jobs());
  const plan: Asking<Asked> = {
    asks,
    async run({ finished, onRecord }) {
      for (const { key } of asks) {
        if (finished?.has(key)) continue;
        asked += 1;
        await onRecord?.(key, { text: 'new', tokens: 1, stop: 'end' });
      }
      return new Map();
    },
  };
  await run.prepare(() => Promise.resolve(plan));
  const [first] = run.asks;
  if (!first) throw new Error('nothing is asked');
  const kept = { [first.key]: { text: 'theirs', stop: 'end' } };
  const key = await keepAsOtherBuild(storage, answersIdentity(first.variant, first.settings), kept);
  const texts = () => [...run.answers.values()].map(({ text }) => text);
  await run.prepare(() => Promise.resolve(plan));
  expect(texts()).toEqual(['theirs']);
  expect(run.notices).toEqual([
    expect.stringMatching(/^Computed by build 0\.0\.1 .* on 2026-01-02 03:04, whose code/),
  ]);
  expect(run.status.kind === 'partial' && run.status.note).toMatch(
    /^1 of 3 answers so far · computed by build 0\.0\.1/,
  );
  expect([run.label('Evaluate'), run.cost]).toEqual(['Compute again', '3 answers']);
  await journals.remove(key);
  await expect.poll(() => [run.answers.size, run.origin, run.notices]).toEqual([0, null, []]);

  await keepAsOtherBuild(storage, answersIdentity(first.variant, first.settings), kept);
  await run.prepare(() => Promise.resolve(plan));
  await run.start();
  expect([asked, ...texts()]).toEqual([3, 'new', 'new', 'new']);
  expect(run.origin).toBeNull();
});

test('a table is emptied with what was kept, and shows no old answer beside new ones', async () => {
  const journals = new Journals(new MemoryStorage());
  let says = 'old';
  let before = (): Promise<unknown> => Promise.resolve();
  const run = new AnswerRun<Asked>('evaluation', 'Evaluating', journals, new Jobs());
  const plan: Asking<Asked> = {
    asks,
    async run({ finished, onRecord, signal }) {
      for (const { key } of asks) {
        if (finished?.has(key)) continue;
        await before();
        signal?.throwIfAborted();
        await onRecord?.(key, { text: says, tokens: 1, stop: 'end' });
      }
      return new Map();
    },
  };
  const texts = () => [...run.answers.values()].map(({ text }) => text);
  await run.prepare(() => Promise.resolve(plan));
  await run.start();
  expect(texts()).toEqual(['old', 'old', 'old']);
  await journals.withdraw(PRINT);
  await expect.poll(texts).toEqual([]);

  await run.start();
  const [first] = run.asks;
  says = 'new';
  // What a table still shows that the journal has no more is asked again; it is cancelled behind the first new answer.
  const kept = [...run.answers];
  await journals.withdraw(PRINT);
  await expect.poll(texts).toEqual([]);
  run.answers = new Map(kept.filter(([key]) => key !== first?.key));
  let asked = 0;
  before = async () => {
    asked += 1;
    if (asked === 2) run.cancel();
  };
  await run.start();
  expect(texts()).toEqual(['new']);
});

test('answers that are withdrawn while they are read are not shown', async () => {
  const storage = new MemoryStorage();
  const journals = new Journals(storage);
  const plan: Asking<Asked> = {
    asks,
    async run({ onRecord }) {
      for (const { key } of asks) await onRecord?.(key, { text: 'old', tokens: 1, stop: 'end' });
      return new Map();
    },
  };
  const staged = () => new AnswerRun<Asked>('evaluation', 'Evaluating', journals, new Jobs());
  const first = staged();
  await first.prepare(() => Promise.resolve(plan));
  await first.start();

  const waiting: (() => void)[] = [];
  const read = storage.read.bind(storage);
  let slow = true;
  storage.read = async (work, file) => {
    const found = await read(work, file);
    if (slow && file === 'records.jsonl') await new Promise<void>((resolve) => waiting.push(resolve));
    return found;
  };
  const opened = staged();
  const preparing = opened.prepare(() => Promise.resolve(plan));
  await expect.poll(() => waiting.length).toBe(1);
  // The first reading of what is shown already ends last.
  const [work] = await storage.list();
  for (const key of ['none', work?.key ?? '']) await journals.remove(key);
  await expect.poll(() => waiting.length).toBeGreaterThan(1);
  slow = false;
  for (const go of waiting.toReversed()) go();
  await preparing;
  const shown = () => [first, opened].map(({ answers }) => answers.size);
  await expect.poll(shown).toEqual([0, 0]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(shown()).toEqual([0, 0]);
});
