import { strFromU8, unzipSync } from 'fflate';
import { tick } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { GradedAnswer } from '../../evaluation/tables/graded.ts';
import { blackImageLike } from '../../evaluation/samples/black-image.ts';
import { NOT_DECIDED } from '../../grading/steps.ts';
import { Journals } from '../../study/journal/journals.ts';
import { MemoryStorage } from '../../study/journal/memory-storage.ts';
import type { AppState } from '../app/app.svelte.ts';
import { fakeFolder } from '../testing/fake-folder.ts';
import { clearStage, stageApp } from '../testing/stage.ts';
import type { QuestionChoice } from './question-choice.svelte.ts';

afterEach(() => {
  clearStage();
  vi.restoreAllMocks();
});

/** A PNG's header: enough for its size. */
function header(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(33);
  bytes.set([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82]);
  new DataView(bytes.buffer).setUint32(16, 8);
  new DataView(bytes.buffer).setUint32(20, 8);
  return bytes;
}

/** The fake engine answers 3 to whatever has a picture, and a sentence to all else. */
async function questions(): Promise<{ path: string; file: File }[]> {
  const { file } = await blackImageLike(new Blob([header()]));
  const visual = (id: string, category: string, answer: string) => ({
    ...{ id, category, answer, image: 'a.png', question: `How many in ${id}?` },
    ...{ description: `There are ${answer}.`, domain: 'in-domain' },
  });
  const lines = [
    visual('g1', 'general-vqa', '3'),
    visual('g2', 'general-vqa', '4'),
    visual('m1', 'math-targeted-vqa', '3'),
    visual('p1', 'clock', '3'),
    visual('p2', 'clock', '3'),
    visual('p3', 'maze', '5'),
    { id: 't1', question: 'What is 1 + 1?', answer: '2' },
  ];
  return [
    {
      path: 'set/items.jsonl',
      file: new File([lines.map((line) => JSON.stringify(line)).join('\n')], 'items.jsonl'),
    },
    { path: 'set/a.png', file: new File([file], 'a.png') },
  ];
}

async function start(names: readonly string[]): Promise<AppState> {
  const { app } = await stageApp(
    { layers: 6, visionBlocks: 2, parameters: 1e6 },
    {
      journals: new Journals(new MemoryStorage()),
      computers: () => Promise.reject(new Error('not asked for')),
    },
  );
  await load(app, names);
  return app;
}

async function load(app: AppState, names: readonly string[]): Promise<void> {
  await app.family.place(names.map(fakeFolder));
  await app.family.loadAll();
}

const bring = async (choice: QuestionChoice): Promise<void> => choice.bring(await questions());
const main = page.getByRole('main');
const button = (name: string) => main.getByRole('button', { name, exact: true });

const undecided = (answer: GradedAnswer): GradedAnswer => ({ ...answer, rule: NOT_DECIDED, correct: false });

/** The name and content of what a click hands to the downloads; of an archive, its files with their paths. */
async function saved(label: string): Promise<{ name: string; text: string }> {
  const blobs: Blob[] = [];
  const names: string[] = [];
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    blobs.push(blob as Blob);
    return 'blob:saved';
  });
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    names.push(this.download);
  });
  await userEvent.click(button(label));
  // What is saved is put together first, where the answers are.
  await expect.poll(() => names.length).toBe(1);
  const bytes = new Uint8Array((await blobs[0]?.arrayBuffer()) ?? new ArrayBuffer(0));
  const name = names[0] ?? '';
  if (!name.endsWith('.zip')) return { name, text: new TextDecoder().decode(bytes) };
  const files = Object.entries(unzipSync(bytes));
  return { name, text: files.map(([path, text]) => `${path}\n${strFromU8(text)}`).join('\n') };
}

test('Transfer: merges are asked, tabled and saved, and what is kept outlives another checkpoint', async () => {
  const app = await start(['x-sft', 'x-rl']);
  app.view.go('transfer');
  await bring(app.evaluation.choice);
  // Eight variants, of which each is its own model; per variant 2 × 2, 1 × 2 and 1 answers. Both experiments with a
  // black image share none, and the pictures of g and m belong to other questions.
  await expect.element(main.getByText(/^56 answers · /)).toBeVisible();
  await userEvent.click(button('Evaluate'));
  await expect.element(main.getByText('56 answers, all of them kept').first()).toBeVisible();
  await expect
    .element(main.getByText(/None of 21 differences from IN is beyond chance/).first())
    .toBeVisible();
  const row = app.evaluation.rows.find(({ variant }) => variant === 'IN:RL:RL');
  // Right with any picture of 3: g1 does not count for M_vis, m1 counts for M_v2r; the sentence is no 2.
  expect([row?.cells.M_vis?.hits, row?.cells.M_v2r?.hits, row?.cells.M_rea?.hits]).toEqual([0, 1, 0]);
  expect(row?.cells.M_vis?.n).toBe(2);

  const file = await saved('Save the results');
  expect(file.name).toBe('transfer.zip');
  expect(file.text).toContain('IN_RL_RL/alignment_math_vqa/B_black_desc_prompt.jsonl');
  expect(file.text).toContain('"M_v2r": 1');

  await load(app, ['x-base']);
  await expect.element(main.getByText('63 answers, 56 of them kept from earlier')).toBeVisible();
});

test('Transfer: a result folder of another run is shown in place of this one, and left again', async () => {
  const app = await start(['x-sft', 'x-rl']);
  app.view.go('transfer');
  const record = (id: string, correct: boolean) =>
    JSON.stringify({
      ...{ id, input_type: 'question_only', question: 'Q', gold_answer: '1', predicted: '1', correct },
      ...{ full_response: '1', model_type: 'm' },
    });
  const lines = [record('0', true), record('1', false)].join('\n');
  const path = 'run/IN/reasoning_math500/A_prompt_only.jsonl';
  await app.evaluation.open([{ path, file: new File([lines], 'A_prompt_only.jsonl') }]);
  await expect.element(main.getByText('from an opened result folder').first()).toBeVisible();
  expect(app.evaluation.rows[0]?.cells.M_rea).toMatchObject({ n: 2, hits: 1 });
  await app.evaluation.open([{ path: 'run/notes.txt', file: new File([''], 'notes.txt') }]);
  // Beside what the stand-in folders lack; what was opened last is told first.
  await expect.element(main.getByRole('alert').filter({ hasText: 'NoResults' })).toBeVisible();
});

test('Necessity: says what it needs, compares frozen runs with IN, and writes settings for the cuts', async () => {
  const app = await start(['x-rl']);
  app.view.go('necessity');
  await expect.element(main.getByText('Load IN, and RL or a run with a frozen region.')).toBeVisible();
  await expect.element(button('Evaluate')).toBeDisabled();
  await load(app, ['x-sft', 'x-base', 'x-frozen-late']);
  await bring(app.necessity.choice);
  // Base is not asked: three runs of seven answers.
  await expect.element(main.getByText(/^21 answers · /)).toBeVisible();
  await userEvent.click(button('Evaluate'));
  await expect
    .element(main.getByText(/^RL, M_v2r: \d lost, \d gained against IN; n = \d: too few to tell\./))
    .toBeVisible();
  expect(app.necessity.rows.map(({ variant }) => variant)).not.toContain('Base');
  const file = await saved('Save the results');
  expect(file.name).toBe('necessity.zip');
  expect(file.text).toContain('frozen-late/reasoning_math500/A_prompt_only.jsonl');
  // No weights were read.
  expect(file.text).not.toContain('frozen_check.json');
  const { run } = app.necessity;
  run.graded = run.graded.map((answer) => (answer.metric === 'M_rea' ? undecided(answer) : answer));
  await expect.element(main.getByText('RL, M_rea: 1 not decided in time (n = 1).')).toBeVisible();
  await expect.element(main.getByText(/^IN, M_vis: .* not decided/)).not.toBeInTheDocument();
  const settings = main.getByRole('region', { name: 'Freeze a region in your own training' });
  await expect.element(settings).toHaveTextContent('freeze_trainable_layers: 4');
  app.view.setCuts(6, [1, 5]);
  await expect.element(settings).toHaveTextContent('freeze_trainable_layers: 5');
});

test('Perception: the same puzzles both ways, the gap with its interval, tokens within tags', async () => {
  const app = await start(['x-rl']);
  app.view.go('perception');
  await bring(app.perception.choice);
  await expect.element(main.getByText(/^6 answers · /)).toBeVisible();
  await userEvent.click(button('Ask'));
  const found = main.getByRole('region', { name: 'What was found' });
  // By image 3, 3 and 5 are answered with 3; by text nothing is right.
  await expect
    .element(found)
    .toHaveTextContent(/RL: right by image 2 of 3 \(too few to tell\), by text 0 of 3/);
  const scores = main.getByRole('region', { name: 'Rewards and reasoning measures of these responses' });
  const within = scores.getByRole('row').filter({ hasText: 'within think' });
  // "I see it." in the fake's token a word; by text there are no tags.
  await expect.element(within).toHaveTextContent(/within think\s*3\s*–/);
  const file = await saved('Save the results');
  expect(file.name).toBe('perception.zip');
  expect(file.text).toContain('perception_gap.json');
  expect(file.text).toContain('RL/perception_gap/A_image_prompt.jsonl');
  await expect.element(found).not.toHaveTextContent('not decided');
  app.perception.run.graded = app.perception.run.graded.map(undecided);
  await expect
    .element(found)
    .toHaveTextContent(/text less image \d lost, \d gained; 6 not decided in time\./);
});

test('what is asked is what the page says at the press, though a number was changed a moment before', async () => {
  const app = await start(['x-rl']);
  app.view.go('perception');
  await bring(app.perception.choice);
  await expect.element(main.getByText(/^6 answers · /)).toBeVisible();
  const field = main.getByRole('spinbutton', { name: 'Samples of each set' }).element() as HTMLInputElement;
  field.value = '1';
  field.dispatchEvent(new Event('change', { bubbles: true }));
  await tick();
  (button('Ask').element() as HTMLButtonElement).click();
  await expect.element(main.getByText('2 answers, all of them kept').first()).toBeVisible();
  expect(app.perception.run.answers.size).toBe(2);
});
