/** One question, by page and by command: the same records, byte for byte, and the same work. */
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { DECLARATIONS } from '../scripts/declarations.mjs';
import { ROOT } from '../scripts/paths.mjs';
import type { FrozenCheck } from '../src/analyses/necessity/frozen-check.ts';
import { AppPage } from './app.ts';
import { choose, pick, set } from './demo-page.ts';
import { copyOf, temporaryFolder } from './fixtures/folders.ts';
import { headless } from './fixtures/headless.ts';
import { wavyPng } from './fixtures/png.ts';
import { withoutRun, writtenFiles } from './fixtures/results.ts';
import { tensorsOf } from './fixtures/safetensors.ts';
import {
  byPage,
  DONE,
  expectSameFiles,
  isKey,
  keptByPage,
  measured,
  saved,
  type Run,
} from './page-results.ts';
import { expect, test } from './page.ts';

const PICTURES = join(ROOT, 'tools', 'goldens', 'data', 'image-profiles', 'pictures');
/** A model of three layers: a limit of its own keeps the large picture small. */
const PIXELS = 60_000;
const TOKENS = 6;

test.setTimeout(900_000);

const folder = temporaryFolder();
const cache = join(folder.path, 'cache');
test.afterAll(() => folder.dispose());

const path = (...parts: string[]): string => join(folder.path, ...parts);
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** IN and RL with the hub's limits, in which a large picture is scaled down by nothing else than the question's own limit. */
function makeCheckpoint(golden: string, name: string): void {
  const file = join(copyOf(golden, folder.path, name), 'preprocessor_config.json');
  const json = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...json, max_pixels: 12_845_056 }));
}

/** RL with the first of three layers as IN has it, so that Early is untouched. */
function makeFrozen(): void {
  cpSync(path('rl'), path('frozen'), { recursive: true });
  const [file, before] = ['frozen', 'in'].map((name) => readFileSync(path(name, 'model.safetensors')));
  if (!file || !before) throw new Error('no weights');
  const kept = tensorsOf(before);
  for (const [name, { bytes }] of tensorsOf(file))
    if (/\.layers\.0\./.test(name) && !name.includes('visual')) kept.get(name)?.bytes.copy(bytes);
  writeFileSync(path('frozen', 'model.safetensors'), file);
}

/** A large picture, a CMYK one and one that is half transparent, asked about in pairs and in a list. */
function makeQuestions(): void {
  for (const task of ['ocr', 'counting']) mkdirSync(path('pairs', task, 'images'), { recursive: true });
  mkdirSync(path('list', 'images'), { recursive: true });
  for (const images of [
    path('pairs', 'ocr', 'images'),
    path('pairs', 'counting', 'images'),
    path('list', 'images'),
  ]) {
    writeFileSync(join(images, 'large.png'), wavyPng(1400, 1008));
    for (const name of ['cmyk.jpg', 'rgba.png']) copyFileSync(join(PICTURES, name), join(images, name));
  }
  const pair = (task: string, id: string, target: string, source: string, prompt: string): object => ({
    ...{ id, task, prompt, target_image: `images/${target}`, source_image: `images/${source}` },
    meta: { target_text: 'word', source_text: 'other', target_answer: 1, source_answer: 2 },
  });
  writeFileSync(
    path('pairs', 'ocr', 'data.jsonl'),
    lines([
      pair('ocr', '1', 'large.png', 'cmyk.jpg', '<image>What is written?'),
      pair('ocr', '2', 'rgba.png', 'large.png', 'What is written here?'),
      pair('ocr', '3', 'rgba.png', 'rgba.png', 'Not among the first.'),
    ]),
  );
  writeFileSync(
    path('pairs', 'counting', 'data.jsonl'),
    lines([pair('counting', '1', 'cmyk.jpg', 'rgba.png', 'How many?')]),
  );
  // One of each set that an evaluation asks.
  const item = (id: string, image: string, category: string): object => ({
    ...{ id, question: `What is in ${id}?`, answer: '1', image: `images/${image}`, category },
    description: `There is one ${category}.`,
  });
  writeFileSync(
    path('list', 'questions.jsonl'),
    lines([
      item('a', 'large.png', 'general-vqa'),
      item('b', 'cmyk.jpg', 'math-targeted-vqa'),
      item('c', 'rgba.png', 'chess'),
    ]),
  );
}

/** Those that were run. */
const commands = new Set<string>();

/** Of commands that ask models. */
const ASKING = [
  ...['--max-image-pixels', String(PIXELS), '--max-new-tokens', String(TOKENS)],
  ...['--device', 'wasm', '--dtype', 'f32'],
];
/** Of commands that compare checkpoints. */
const COMPARING = ['--device', 'wasm'];

/** Runs a command that writes `out`; its journals are gone when it is done, so that they are looked for meanwhile. */
async function byCommand(
  words: readonly string[],
  out: string,
  limits: readonly string[] = ASKING,
): Promise<Run> {
  commands.add(words[0] ?? '');
  const keys = new Set<string>();
  const kept = (): readonly string[] => {
    try {
      return readdirSync(join(cache, 'journal')).filter(isKey);
    } catch {
      return [];
    }
  };
  const before = kept();
  const look = (): void => {
    for (const key of kept()) if (!before.includes(key)) keys.add(key);
  };
  const timer = setInterval(look, 20);
  const { code, stderr } = await headless([...words, ...limits, '--quiet', '--out', path(out)], undefined, {
    env: { FRANKENSCOPE_CACHE: cache },
  });
  clearInterval(timer);
  expect(code, stderr).toBe(0);
  return { files: writtenFiles(path(out)), keys: [...keys] };
}

/** Asks what the page of an evaluation shows, once pictures are read, and saves what was found. */
async function asked(
  page: Page,
  label: string,
  answers: number,
  prepare: (main: Locator) => Promise<void> = () => Promise.resolve(),
): Promise<Run> {
  const main = page.getByRole('main');
  const before = await keptByPage(page);
  await prepare(main);
  await set(main, 'New tokens', TOKENS);
  const cost = main.getByText(new RegExp(`^${answers} answers\\b`));
  await expect(cost.first()).toBeVisible(DONE);
  // Some may be there from what was asked before, or all.
  const ask = main.getByRole('button', { name: new RegExp(`^(${label}|Go on)$`) });
  if (await ask.isEnabled()) await ask.click();
  await expect(main.getByText(`${answers} answers, all of them kept`).first()).toBeVisible(DONE);
  return saved(page, main.getByRole('button', { name: 'Save the results' }), 1, before);
}

/** @param journals that each keeps */
function expectSame(page: Run, command: Run, journals = 1): void {
  expectSameFiles(page.files, command.files);
  expect(command.keys).toHaveLength(journals);
  expect([...page.keys].sort()).toEqual([...command.keys].sort());
}

test('the same question has the same records and the same name, by page and by command', async ({ page }) => {
  makeCheckpoint('untied-gqa2-f16', 'in');
  makeCheckpoint('untied-gqa2-f16-b', 'rl');
  makeQuestions();
  const app = new AppPage(page);
  const main = page.getByRole('main');
  await app.start();
  await app.open('IN', path('in'));
  await app.open('RL', path('rl'));

  await test.step('an answer, at the limit of pixels that holds where nothing is said', async () => {
    const [question, image] = ['What is in the picture?', path('list', 'images', 'large.png')];
    await app.try('IN', TOKENS);
    await app.attach(image);
    await app.ask(question);
    const words = ['generate', '--model', path('in'), '--prompt', question, '--image', image];
    const limits = ['--max-new-tokens', String(TOKENS), '--device', 'wasm', '--quiet'];
    const { code, stdout, stderr } = await headless([...words, ...limits]);
    expect(code, stderr).toBe(0);
    const said = JSON.parse(stdout) as { text: string; promptTokens: number; imageTokens: number };
    expect(await app.answers()).toEqual([said.text]);
    // 40 × 29 units of 28 × 28 pixels (`tools/goldens/image_profiles.py`); without a limit it were 50 × 36.
    expect(said.imageTokens).toBe(40 * 29);
    const shown = (await app.answer.textContent())?.replaceAll(/[\s,]/g, '');
    expect(shown).toContain(`${said.promptTokens}prompttokens${said.imageTokens}ofthemimage`);
    await page.keyboard.press('Escape');
  });

  await set(main, 'Most pixels of an image', PIXELS);
  await page.evaluate(() => (location.hash = '#localize'));
  await main.getByText('More settings').click();

  await test.step('token swap', async () => {
    const command = byCommand(
      ['swap', '--model', path('rl'), '--pairs', path('pairs'), '--samples', '2'],
      'swap',
    );
    await choose(main, 'Token swap');
    await pick(main, 'Pairs', 'a folder');
    await main.locator('input[data-role="folder"]').setInputFiles(path('pairs'));
    await set(main, 'Pairs of each task', 2);
    await set(main, 'Most new tokens', TOKENS);
    expectSame(await byPage(page, 3, 2), await command);
  });

  await test.step('zero ablation', async () => {
    const command = byCommand(
      ['ablate', '--model', path('rl'), '--problems', path('list', 'questions.jsonl'), '--samples', '2'],
      'ablate',
    );
    await choose(main, 'Ablation');
    await pick(main, 'Questions', 'a list');
    await main.locator('input[data-role="folder"]').setInputFiles(path('list'));
    await set(main, 'Samples', 2);
    await set(main, 'Most new tokens', TOKENS);
    expectSame(await byPage(page, 2, 1), await command);
  });

  await test.step('attention of IN and RL', async () => {
    const command = byCommand(
      ['attention', '--in', path('in'), '--rl', path('rl'), '--items', path('list', 'questions.jsonl')],
      'attention_shift.json',
    );
    await choose(main, 'Attention');
    await set(main, 'Most new tokens', TOKENS);
    await pick(main, 'Questions', 'list/questions.jsonl');
    await set(main, 'Samples', 3);
    await set(main, 'Most new tokens', TOKENS);
    expectSame(await byPage(page, 3, 1), await command);
  });

  await test.step('the logit lens of IN and RL', async () => {
    const command = byCommand(
      ['lens', '--in', path('in'), '--rl', path('rl'), '--items', path('list', 'questions.jsonl')],
      'logit_lens.json',
    );
    await choose(main, 'Logit lens');
    await set(main, 'Most new tokens', TOKENS);
    await set(main, 'Samples', 3);
    await set(main, 'Most new tokens', TOKENS);
    expectSame(await byPage(page, 3, 1), await command);
  });

  await test.step('patching of IN and RL', async () => {
    const command = byCommand(
      ['patch', '--in', path('in'), '--rl', path('rl'), '--items', path('list', 'questions.jsonl')],
      'patching.json',
    );
    await choose(main, 'Patching');
    await set(main, 'Most new tokens', TOKENS);
    await set(main, 'Samples', 3);
    await set(main, 'Most new tokens', TOKENS);
    expectSame(await byPage(page, null, 1), await command);
  });

  await test.step('token difference of IN and RL', async () => {
    const command = byCommand(
      ['tokens', '--in', path('in'), '--rl', path('rl'), '--items', path('list', 'questions.jsonl')],
      'token_difference.json',
    );
    await choose(main, 'Token difference');
    await set(main, 'Most new tokens', TOKENS);
    await set(main, 'Samples', 3);
    expectSame(await byPage(page, 3, 1), await command);
    await expect(main.getByRole('figure', { name: 'Divergence along the answer' })).toBeVisible();
    await expect(main.getByText(/^KL\(RL ‖ IN\) is .* nats a token on average/)).toBeVisible();
  });

  const bring = async (): Promise<void> => {
    await main.locator('input[data-role="folder"]').first().setInputFiles(path('list'));
    await expect(main.getByText('Questions of list')).toBeVisible(DONE);
  };

  await test.step('transfer of IN and RL', async () => {
    const items = ['--items', path('list')];
    const command = byCommand(['transfer', '--in', path('in'), '--rl', path('rl'), ...items], 'transfer');
    await page.evaluate(() => (location.hash = '#transfer'));
    await bring();
    // Two questions with two settings each, of eight merges; answers lie with IN, with RL, and with both.
    expectSame(await asked(page, 'Evaluate', 32), await command, 3);
  });

  await test.step('the gap of IN and RL', async () => {
    const models = ['--in', path('in'), '--rl', path('rl')];
    const command = byCommand(['disentangle', ...models, '--items', path('list')], 'perception_gap.json');
    await page.evaluate(() => (location.hash = '#perception'));
    await bring();
    const [page_, command_] = [await asked(page, 'Ask', 4), await command];
    const name = 'perception_gap.json';
    const said = ({ files }: Run): string => withoutRun(files.get(name) ?? '');
    expect(said(page_)).toBe(said(command_));
    expect(said(page_)).not.toBe(page_.files.get(name));
    // The page saves the answers besides.
    expect([...page_.files.keys()]).toContain('IN/perception_gap/B_text_prompt.jsonl');
    // The answers of IN and RL lie where those of transfer do.
    expect([...page_.keys, ...command_.keys]).toEqual([]);
  });

  makeFrozen();
  await page.evaluate(() => (location.hash = '#open'));
  await app.add(path('frozen'));
  await app.load('frozen');
  const compared = ['--in', path('in'), '--rl', path('rl')];
  const further = ['--model', path('frozen')];

  const energies = await test.step('necessity of Early, with the energies of what was compared', async () => {
    const words = ['necessity', ...compared, '--frozen', path('frozen'), '--items', path('list')];
    const command = byCommand(words, 'necessity');
    await page.evaluate(() => (location.hash = '#necessity'));
    await bring();
    // Three models with four answers each, of which IN and RL have theirs from transfer.
    const shown = await asked(page, 'Evaluate', 12, async () => {
      await main.getByRole('button', { name: 'Measure updates' }).click();
      await expect(main.getByText('frozen: untouched: early.')).toBeVisible(DONE);
    });
    // The answers of the third model, and the energies.
    expectSame(shown, await command, 2);
    const check = JSON.parse(shown.files.get('frozen_check.json') ?? '') as FrozenCheck;
    expect(check.updates.map(({ model, untouched }) => [model, untouched])).toEqual([
      ['RL', []],
      ['frozen', ['early']],
    ]);
    return shown.keys;
  });

  await page.evaluate(() => (location.hash = '#characterize'));

  await test.step('energy of two updates', async () => {
    const file = 'fro_norm.json';
    const command = await byCommand(['energy', ...compared, ...further], file, COMPARING);
    expectSame(
      {
        ...(await saved(page, main.getByRole('button', { name: `Save ${file}` }), 1, [])),
        keys: command.keys,
      },
      command,
    );
    expect(energies).toContain(command.keys[0]);
  });

  await test.step('diversity of two updates', async () => {
    const file = 'layerwise_svd.json';
    // What the page begins with.
    const weights = ['--weights', 'down_proj'];
    const command = byCommand(['diversity', ...compared, ...further, ...weights], file, COMPARING);
    expectSame(await measured(page, 'Diversity', file), await command);
  });

  await test.step('overlap of two updates', async () => {
    const file = 'subspace_overlap.json';
    const command = byCommand(['overlap', ...compared, ...further], file, COMPARING);
    expectSame(await measured(page, 'Overlap', file), await command);
  });

  // A new analysis has to be asked here, too.
  expect([...commands].sort()).toEqual(DECLARATIONS.map(({ declaration: { name } }) => name).sort());
});
