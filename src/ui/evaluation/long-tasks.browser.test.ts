import { strFromU8, unzipSync } from 'fflate';
import { afterEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { analysis as transfer } from '../../analyses/transfer/analysis.ts';
import { version } from '../../version.ts';
import { type Ask, planAsks } from '../../evaluation/answers/ask.ts';
import type { Asking } from '../../evaluation/answers/asking.ts';
import type { Answer } from '../../evaluation/answers/answer.ts';
import { transferExperiments } from '../../evaluation/experiment.ts';
import { Grader } from '../../evaluation/grading/client.ts';
import { PROMPT_STYLES } from '../../evaluation/prompt-style.ts';
import { experimentsOf } from '../../evaluation/results/experiments-of.ts';
import { resultFiles } from '../../evaluation/testing/results.ts';
import { type GradedAnswer, gradeAll } from '../../evaluation/tables/graded.ts';
import { metricTable } from '../../evaluation/tables/metric-table.ts';
import type { Asked } from '../../evaluation/variant.ts';
import { NOT_DECIDED } from '../../grading/steps.ts';
import { Journals } from '../../study/journal/journals.ts';
import { MemoryStorage } from '../../study/journal/memory-storage.ts';
import { openedFacts } from '../figure-source/evaluation-facts.ts';
import { clearStage, stageApp } from '../testing/stage.ts';
import { AnswerRun } from './answer-run.svelte.ts';

afterEach(() => {
  clearStage();
  vi.restoreAllMocks();
});

const VARIANTS = ['IN', 'RL', 'IN:RL', 'RL:IN'];
const SAMPLES = 2000;
/** Of answers that are saved: VITE_SAVED_MEGABYTES=200 saves as many as a long run has. */
const SAVED_MEGABYTES = Number((import.meta.env['VITE_SAVED_MEGABYTES'] as string | undefined) ?? 24);
/** Answers between which a reader's clicks are taken, as between those of an engine. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve();
    port2.postMessage(null);
  });

const asks = await planAsks<Asked>(
  VARIANTS.map((name) => ({ name, fingerprint: name, sources: [{ name, fingerprint: name }] })),
  transferExperiments({
    general: [],
    mathTargeted: [],
    textOnly: Array.from({ length: SAMPLES }, (_, index) => ({
      ...{ id: String(index), question: `What is ${index} / 7?`, answer: `\\frac{${index}}{7}` },
    })),
  }),
  {
    ...{ style: PROMPT_STYLES.none, maxNewTokens: 8, maxImagePixels: 1000, imageProcessing: null },
    ...{ device: 'none', dtype: 'none' },
  },
);

const answerTo = ({ sample }: Ask<Asked>): Answer => ({
  text: `${'So we divide it again, step by step. '.repeat(20)}\\boxed{${sample.id}/7}`,
  ...{ tokens: 8, stop: 'end' },
});

const staged = () =>
  stageApp(
    { layers: 6, visionBlocks: 2, parameters: 1e6 },
    {
      journals: new Journals(new MemoryStorage()),
      computers: () => Promise.reject(new Error('not asked for')),
    },
  );

test('8,000 answers arrive one by one, and the page with their table is never busy for long', async () => {
  const { app } = await staged();
  const run = new AnswerRun<Asked>(
    ...(['evaluation', 'Evaluating merges', new Journals(new MemoryStorage()), app.jobs] as const),
  );
  const plan: Asking<Asked> = {
    asks,
    async run({ onRecord }) {
      const answers = new Map<string, Answer>();
      for (const ask of asks) {
        answers.set(ask.key, answerTo(ask));
        await onRecord?.(ask.key, answerTo(ask));
        await turn();
      }
      return answers;
    },
  };
  const prepare = run.prepare.bind(run);
  run.prepare = () => prepare(() => Promise.resolve(plan));
  Object.assign(app.evaluation, { run });
  app.view.go('transfer');
  await run.prepare(() => Promise.resolve(plan));
  await expect.poll(() => run.total).toBe(VARIANTS.length * SAMPLES);

  // What the page may take at once is measured against itself, for machines differ: grading half of the answers, where all at once is what is to be found out.
  const some = run.asks.slice(0, 4000);
  const started = performance.now();
  gradeAll(some, new Map(some.map((ask) => [ask.key, answerTo(ask)])));
  const allowed = Math.max(100, performance.now() - started);

  const running = await longestTask(() => run.start());
  await expect.element(page.getByText('8000 answers, all of them kept').first()).toBeVisible();
  expect(run.graded).toHaveLength(VARIANTS.length * SAMPLES);
  expect(app.evaluation.rows.map(({ cells }) => cells.M_rea?.hits)).toEqual(VARIANTS.map(() => SAMPLES));
  expect(running).toBeLessThan(allowed);
});

test('many megabytes of results are saved, and the page is never busy for long', async () => {
  const { app } = await staged();
  const step = 'So we divide it again, step by step. ';
  const words = step.repeat(Math.ceil((SAVED_MEGABYTES * 1e6) / (VARIANTS.length * SAMPLES * step.length)));
  const answers = VARIANTS.flatMap((variant) =>
    Array.from({ length: SAMPLES }, (_, index): GradedAnswer => {
      const text = `${words}${Math.sin(index)}`;
      return {
        ...{ variant, experiment: 'reasoning_math500', metric: 'M_rea', settingIndex: 0 },
        ...{ setting: 'A_prompt_only', input: 'question_only', id: `${index}`, question: `${index}?` },
        ...{ goldAnswer: '1', response: text, predicted: '1', correct: index % 2 === 0 },
      };
    }),
  );
  const rows = metricTable(answers, 'IN');
  app.evaluation.opened = { answers, rows, facts: openedFacts(transfer, answers, 'invented') };
  app.view.go('transfer');
  // What the page may take at once is measured against itself, for machines differ: all records in one go.
  const started = performance.now();
  const files = resultFiles(rows, answers, experimentsOf(answers), { version, opened: true });
  const allowed = Math.max(100, performance.now() - started);

  const saved = new Promise<Blob>((resolve) =>
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
      resolve(blob as Blob);
      return '#saved';
    }),
  );
  const button = page.getByRole('button', { name: 'Save the results' });
  await expect.element(button).toBeVisible();
  const longest = await longestTask(async () => {
    (button.element() as HTMLButtonElement).click();
    await saved;
  });
  const bytes = new Uint8Array(await (await saved).arrayBuffer());
  const held = Object.entries(unzipSync(bytes)).map(([path, text]) => [path, strFromU8(text)] as const);
  expect(new Map(held)).toEqual(files);
  expect(longest).toBeLessThan(allowed);
});

/**
 * Milliseconds of the longest task of the page while something is done, less what a thread that does nothing waited at the same time:
 * on a machine whose cores are taken, that is no work of the page.
 */
async function longestTask(work: () => Promise<void>): Promise<number> {
  await turn();
  const starved = await watchIdleThread();
  const tasks: PerformanceEntry[] = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries()));
  observer.observe({ type: 'longtask' });
  const began = performance.now();
  await work();
  const ended = performance.now();
  await turn();
  tasks.push(...observer.takeRecords());
  observer.disconnect();
  // What is done at once lies in the task that began it.
  const during = tasks.filter(({ startTime, duration }) => startTime + duration > began && startTime < ended);
  const all = during.map(({ startTime, duration }) => `${duration} ms at ${Math.round(startTime - began)}`);
  const waited = await starved();
  console.log(
    `${Math.round(ended - began)} ms, with tasks of: ${all.join(', ')}; an idle thread waited ${waited} ms`,
  );
  return Math.max(0, ...during.map(({ duration }) => duration)) - waited;
}

/** Watches a thread that only waits; what it gives tells the most milliseconds that it was late. */
async function watchIdleThread(): Promise<() => Promise<number>> {
  const late = `let latest = 0, last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    latest = Math.max(latest, now - last - 10);
    last = now;
  }, 10);
  onmessage = () => postMessage(Math.round(Math.max(latest, performance.now() - last - 10)));
  postMessage(0);`;
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(late)}`);
  const told = () =>
    new Promise<number>((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
    });
  await told();
  return async () => {
    const answer = told();
    worker.postMessage(null);
    const waited = await answer;
    worker.terminate();
    return waited;
  };
}

test('an answer that hangs the worker is not decided in time, and the others are graded by another', async () => {
  const hanging = `onmessage = ({ data: { id, argumentList: [{ value: [...asked] }] } }) => {
    while (asked.some(({ response }) => response === 'for ever'));
    const value = asked.map(({ response }) => (
      { correct: true, predicted: { text: response, from: 'whole' }, rule: 'equivalence' }));
    postMessage({ id, type: 'RAW', value });
  };`;
  const url = URL.createObjectURL(new Blob([hanging], { type: 'text/javascript' }));
  const workers: Worker[] = [];
  const grader = new Grader(() => (workers.push(new Worker(url)), workers.at(-1) as Worker), 3000);
  const requests = ['7', 'for ever', '9'].map((response) => ({ question: { answer: '7' }, response }));
  const rules: string[] = [];
  await grader.grade(requests, (grades) => rules.push(...grades.map(({ rule }) => rule)));
  expect(rules).toEqual(['equivalence', NOT_DECIDED, 'equivalence']);
  expect(workers).toHaveLength(3);

  const cancelled = new AbortController();
  const running = grader.grade(requests, () => undefined, cancelled.signal);
  cancelled.abort();
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  grader.end();
  const dead = new Grader(() => new Worker('/no/such/worker.js', { type: 'module' }), 60_000);
  await expect(dead.grade(requests, () => undefined)).rejects.toMatchObject({ name: 'WorkerFailed' });
});
