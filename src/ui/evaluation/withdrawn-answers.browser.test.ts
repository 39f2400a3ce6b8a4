/** Answers that are withdrawn leave the tables at once, whether a run is under way or not. */
import { expect, test } from 'vitest';
import type { Answer } from '../../evaluation/answers/answer.ts';
import { transferExperiments } from '../../evaluation/experiment.ts';
import { PROMPT_STYLES } from '../../evaluation/prompt-style.ts';
import type { Asked } from '../../evaluation/variant.ts';
import { Journals } from '../../study/journal/journals.ts';
import { MemoryStorage } from '../../study/journal/memory-storage.ts';
import { Jobs } from '../state/jobs.svelte.ts';
import { AnswerRun, type Plan } from './answer-run.svelte.ts';

const PRINT = 'f'.repeat(64);
const plan: Plan<Asked> = {
  variants: [{ name: 'IN', fingerprint: PRINT, sources: [{ name: 'IN', fingerprint: PRINT }] }],
  experiments: transferExperiments({
    ...{ general: [], mathTargeted: [] },
    textOnly: ['a', 'b', 'c'].map((id) => ({ id, question: `${id}?`, answer: id })),
  }),
  settings: {
    ...{ style: PROMPT_STYLES.none, maxNewTokens: 8, maxImagePixels: 1000, imageProcessing: null },
    ...{ device: 'none', dtype: 'none' },
  },
};

test('a table is emptied with what was kept, and shows no old answer beside new ones', async () => {
  const journals = new Journals(new MemoryStorage());
  let says = 'old';
  let before = (): Promise<unknown> => Promise.resolve();
  const run = new AnswerRun<Asked>(
    ...(['evaluation', 'Evaluating'] as const),
    async (asks, _, { finished, onRecord, signal }) => {
      for (const { key } of asks) {
        if (finished?.has(key)) continue;
        await before();
        signal?.throwIfAborted();
        await onRecord?.(key, { text: says, tokens: 1, stop: 'end' });
      }
      return new Map<string, Answer>();
    },
    journals,
    new Jobs(),
  );
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
