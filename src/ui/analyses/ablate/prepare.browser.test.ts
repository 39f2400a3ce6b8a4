import { expect, test } from 'vitest';
import { errorRates } from '../../../probes/ablation/error-rates.ts';
import { ablateLayer } from '../../../probes/ablation/experiment.ts';
import { gradeResponse, gradeOf, isGraded } from '../../../probes/ablation/grade.ts';
import type { AblationRecord } from '../../../probes/ablation/sweep.ts';
import type { WorkIdentity } from '../../../identity/work-identity.ts';
import { Journals } from '../../../study/journal/journals.ts';
import { MemoryStorage } from '../../../study/journal/memory-storage.ts';
import { Jobs } from '../../state/jobs.svelte.ts';
import { StudyRun } from '../../state/study-run.svelte.ts';
import { prepare } from './prepare.ts';

const LAYERS = 8;
const PROBLEMS = 500;
const identity: WorkIdentity = { kind: 'ablate', title: 'Ablation', inputs: { a: 'b' }, settings: null };
const said = (at: number, wrong: boolean) => ({
  text: `<think>${'So we divide it again, step by step. '.repeat(20)}</think> \\boxed{${at + (wrong ? 9 : 0)}/7}`,
  ...{ tokens: 8, stop: 'end' as const },
});
const records = Array.from({ length: PROBLEMS }, (_, at): AblationRecord => ({
  ...{ id: String(at), question: `What is ${at} / 7?`, answer: `\\frac{${at}}{7}`, hasImage: false },
  baseline: said(at, false),
  ablated: Array.from({ length: LAYERS }, (_, layer) => ({
    experiment: ablateLayer(layer, 'layer').name,
    ...said(at, layer === 3),
  })),
}));

test('a kept run of thousands of answers is graded before charts ask for it, and not by the page', async () => {
  const journals = new Journals(new MemoryStorage());
  const first = new StudyRun<AblationRecord>('ablate', journals, new Jobs());
  await first.showWork({ identity, total: PROBLEMS });
  await first.run('Ablation', async ({ onRecord }) => {
    for (const record of records) await onRecord?.(record.id, record);
  });

  const again = new StudyRun<AblationRecord>('ablate', journals, new Jobs(), { prepare: prepare });
  await again.showWork({ identity, total: PROBLEMS });
  const found = [...again.records.values()];
  expect(found).toHaveLength(PROBLEMS);
  // Grades that the page would have to find would be found in one task of some hundred milliseconds.
  expect(
    found.flatMap((one) => [one.baseline, ...one.ablated].filter((answer) => !isGraded(one, answer))),
  ).toEqual([]);
  for (const one of found.slice(0, 20)) {
    for (const answer of [one.baseline, ...one.ablated])
      expect(gradeOf(one, answer)).toMatchObject(gradeResponse(one, answer.text));
  }
  const rates = errorRates(
    found,
    Array.from({ length: LAYERS }, (_, layer) => ablateLayer(layer, 'layer')),
  );
  expect(rates.map(({ errorRate }) => errorRate)).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
  expect(rates[0]?.form).toMatchObject({ withThought: 1, withAnswerTag: 0 });
});

test('what was on its way is not shown behind what is shown since', async () => {
  const waiting: (() => void)[] = [];
  const prepare = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  const journals = new Journals(new MemoryStorage());
  const run = new StudyRun<AblationRecord>('ablate', journals, new Jobs(), { prepare });
  const showing = run.showWork({ identity, total: PROBLEMS });
  await expect.poll(() => waiting.length).toBe(1);
  const other = run.showWork({ identity: { ...identity, settings: 1 }, total: 0 });
  await expect.poll(() => waiting.length).toBe(2);
  waiting[1]?.();
  await other;
  const { records: shown } = run;
  waiting[0]?.();
  await showing;
  expect(run.records).toBe(shown);
});
