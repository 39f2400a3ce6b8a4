/** Work that is begun on the page goes on by command, and back: a journal is one file, and the results are those of an undisturbed run. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Download } from '@playwright/test';
import { ROOT } from '../scripts/paths.mjs';
import { AppPage } from './app.ts';
import { choose, set } from './demo-page.ts';
import { copyOf, temporaryFolder } from './fixtures/folders.ts';
import { headless, type CommandResult } from './fixtures/headless.ts';
import { read, withoutRun } from './fixtures/results.ts';
import { expect, test } from './page.ts';

const PICTURES = join(ROOT, 'tools', 'goldens', 'data', 'image-profiles', 'pictures');
const PAIRS = 24;
const TOKENS = 24;
/** A pair at a time: as it is, and swapped at each of three layers. */
const ROWS = 4;
const PIXELS = 60_000;
const DONE = { timeout: 120_000 };
const FILES = ['layer_swap_results.jsonl', 'layer_swap_summary.json'];

test.setTimeout(900_000);

const folder = temporaryFolder();
test.afterAll(() => folder.dispose());
const path = (...parts: string[]): string => join(folder.path, ...parts);

/** Every command of one cache is one machine. */
function command(machine: string, words: readonly string[], interruptAt?: RegExp): Promise<CommandResult> {
  return headless(words, interruptAt, { env: { FRANKENSCOPE_CACHE: path(machine) } });
}

const swap = (out: string, ...more: readonly string[]): readonly string[] => [
  ...['swap', '--model', path('rl'), '--pairs', path('pairs'), '--rows', String(ROWS)],
  ...['--max-image-pixels', String(PIXELS), '--max-new-tokens', String(TOKENS)],
  ...['--device', 'wasm', '--dtype', 'f32', '--out', path(out), ...more],
];

const resultsOf = (out: string): readonly string[] => FILES.map((file) => withoutRun(read(path(out, file))));

function makePairs(): void {
  const images = path('pairs', 'counting', 'images');
  mkdirSync(images, { recursive: true });
  for (const name of ['cmyk.jpg', 'rgba.png']) copyFileSync(join(PICTURES, name), join(images, name));
  const pairs = Array.from({ length: PAIRS }, (_, id) => ({
    ...{ id: String(id), task: 'counting', prompt: `How many are there, without ${id} of them?` },
    ...{ target_image: 'images/cmyk.jpg', source_image: 'images/rgba.png' },
    meta: { target_answer: 1, source_answer: 2 },
  }));
  writeFileSync(
    path('pairs', 'counting', 'data.jsonl'),
    pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''),
  );
}

test('begun on the page, gone on with by command, and back on the page: the results are one', async ({
  page,
}) => {
  copyOf('untied-gqa2-f16-b', folder.path, 'rl');
  makePairs();
  const undisturbed = await command('machine-1', swap('undisturbed', '--quiet'));
  expect(undisturbed.code, undisturbed.stderr).toBe(0);
  const whole = resultsOf('undisturbed');

  const app = new AppPage(page);
  const main = page.getByRole('main');
  const sheet = page.getByRole('dialog', { name: 'This machine' });
  await app.start();
  await app.open('RL', path('rl'));
  await set(main, 'Most pixels of an image', PIXELS);
  await page.evaluate(() => (location.hash = '#localize'));
  await main.getByText('More settings').click();
  await choose(main, 'Token swap');
  await main
    .getByRole('group', { name: 'Pairs', exact: true })
    .getByText('a folder', { exact: true })
    .click();
  await main.locator('input[data-role="folder"]').setInputFiles(path('pairs'));
  await set(main, 'Pairs of each task', PAIRS);
  await set(main, 'Most new tokens', TOKENS);
  await main.getByRole('spinbutton', { name: /^Answers at once/ }).fill(String(ROWS));
  await main.getByRole('spinbutton', { name: /^Answers at once/ }).blur();

  let saved = '';
  let begun = 0;
  await test.step('begun on the page, and saved', async () => {
    await main.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(main).toContainText(new RegExp(`[1-9]\\d* of ${PAIRS} samples so far`), DONE);
    await main.getByRole('button', { name: 'Cancel', exact: true }).click();
    const goOn = main.getByRole('button', { name: new RegExp(`Go on: \\d+ of ${PAIRS} are kept`) });
    await expect(goOn).toBeVisible();
    begun = Number(/(\d+) of/.exec((await goOn.textContent()) ?? '')?.[1]);
    await page.keyboard.press('m');
    const button = sheet.getByRole('button', { name: /^Save the journal of Token swap/ });
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
    expect(download.suggestedFilename()).toMatch(/^swap-[0-9a-f]{8}\.journal\.jsonl$/);
    saved = path(download.suggestedFilename());
    await download.saveAs(saved);
    await page.keyboard.press('Escape');
  });
  const takenOver = `${begun} record${begun === 1 ? '' : 's'} of "Token swap of RL on pairs" w`;

  await test.step('a command goes on with it, and ends as one that was never disturbed', async () => {
    const { code, stderr } = await command('machine-2', swap('gone-on', '--journal', saved));
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(takenOver);
    expect(stderr).toContain(`going on: ${begun} of ${PAIRS} were finished earlier`);
    expect(resultsOf('gone-on')).toEqual(whole);
  });

  await test.step('of other work it says what differs', async () => {
    const words = swap('refused', '--journal', saved, '--quiet');
    const other = words.map((word) => (word === String(TOKENS) ? '7' : word));
    const { code, stdout, stderr } = await command('machine-2', other);
    expect(stderr).toMatch(
      /^OtherWork: the journal is of other work: maxNewTokens 24, here 7; swap-.*\.jsonl; give the inputs and flags .*\n$/,
    );
    expect([code, stdout]).toEqual([2, '']);
  });

  let back = '';
  await test.step('a command goes on with it, is interrupted, and saves it', async () => {
    const further = Array.from({ length: PAIRS - 1 - begun }, (_, more) => begun + 1 + more).join('|');
    const interrupt = new RegExp(`, (${further}) of ${PAIRS} `);
    const stopped = await command('machine-3', swap('stopped', '--journal', saved), interrupt);
    expect(stopped.code, stopped.stderr).toBe(3);
    const [key = '', ...others] = readdirSync(path('machine-3', 'journal')).filter((name) =>
      /^[0-9a-f]{32}$/.test(name),
    );
    expect(others).toEqual([]);
    back = path('back.journal.jsonl');
    const written = await command('machine-3', ['kept', '--quiet', '--save', key, '--out', back]);
    expect(written).toMatchObject({ code: 0, stdout: '', stderr: '' });
    // Its description, before and after what it holds.
    expect(readFileSync(back, 'utf8').trimEnd().split('\n').length).toBeGreaterThan(begun + 2);
  });

  await test.step('the page takes it over beside its own, and goes on', async () => {
    await page.keyboard.press('m');
    await sheet.locator('input[aria-label="Journals to go on with"]').setInputFiles(back);
    const beside = new RegExp(`taken over from back.journal.jsonl, ${begun} w[a-z]+ here already`);
    await expect(sheet.getByRole('status').filter({ hasText: beside })).toBeVisible();
    await sheet.getByRole('button', { name: /^Go on with Token swap/ }).click();
    const save = main.getByRole('button', { name: `Save the results of ${PAIRS} samples` });
    await expect(save).toBeVisible(DONE);
    await expect(main.getByRole('button', { name: 'Run', exact: true })).toBeVisible(DONE);
    const found: Download[] = [];
    page.on('download', (download) => void found.push(download));
    await save.click();
    await expect.poll(() => found.length).toBe(FILES.length);
    const files = new Map<string, string>();
    for (const download of found)
      files.set(download.suggestedFilename(), withoutRun(read(await download.path())));
    expect(FILES.map((file) => files.get(file))).toEqual(whole);
  });
});
