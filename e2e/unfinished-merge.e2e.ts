import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { DIST } from '../scripts/paths.mjs';
import { MANIFEST_FILE } from '../scripts/result-folder.mjs';
import { AppPage } from './app.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { headless } from './fixtures/headless.ts';
import { killedAt } from './fixtures/killed.ts';
import { expect, test } from './page.ts';

const demoFolder = (checkpoint: string): string => join(DIST, 'demo', checkpoint);

let folder: ReturnType<typeof temporaryFolder>;
test.beforeAll(() => {
  folder = temporaryFolder();
});
test.afterAll(() => folder.dispose());

const profilesOf = (pid: number): string[] =>
  readdirSync(tmpdir()).filter(
    (name) => name.startsWith('frankenscope-profile-') && name.includes(`-${pid}-`),
  );

test('merge, killed, goes on in the next run: whole files are kept, nothing else is left', async () => {
  const words = [
    'merge',
    '--blocks',
    'IN:RL:IN',
    '--in',
    'demo:in',
    '--rl',
    'demo:rl',
    '--shard-bytes',
    '300000',
  ];
  const [undisturbed, out] = [join(folder.path, 'undisturbed'), join(folder.path, 'killed')];
  expect((await headless([...words, '--quiet', '--out', undisturbed])).code).toBe(0);
  const shards = readdirSync(undisturbed)
    .filter((name) => name.endsWith('.safetensors'))
    .sort();
  expect(shards.length).toBeGreaterThan(10);

  const { pid, signal } = await killedAt('promises.rename model-00003-of-', [...words, '--out', out]);
  expect(signal).toBe('SIGKILL');
  expect(existsSync(join(out, MANIFEST_FILE))).toBe(true);
  expect(existsSync(join(out, 'config.json'))).toBe(false);
  expect(profilesOf(pid)).toHaveLength(1);

  const { code, stderr } = await headless([...words, '--out', out]);
  const [, earlier, all] = /going on: (\d+) of (\d+) weight files were written earlier/.exec(stderr) ?? [];
  expect(code, stderr).toBe(0);
  expect(Number(all)).toBe(shards.length);
  expect(earlier).toBe('2');
  expect(readdirSync(out).sort()).toEqual(readdirSync(undisturbed).sort());
  for (const name of readdirSync(undisturbed))
    expect(readFileSync(join(out, name)).equals(readFileSync(join(undisturbed, name))), name).toBe(true);
  expect(profilesOf(pid)).toEqual([]);
});

/** The user's directory is one of the browser's own: no dialog can be answered here. */
async function answerDirectoryDialog(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    Object.assign(window, { showDirectoryPicker: () => navigator.storage.getDirectory() });
  });
}

const FOLDER = 'merge-IN-RL-RL';

/** SHA-256 of the files of the folder that is written, by name. */
function hashes(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async (name) => {
    const found: Record<string, string> = {};
    const root = await navigator.storage.getDirectory();
    for await (const handle of (await root.getDirectoryHandle(name)).values()) {
      const bytes = await (await (handle as FileSystemFileHandle).getFile()).arrayBuffer();
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      found[handle.name] = [...digest].map((byte) => byte.toString(16)).join(' ');
    }
    return found;
  }, FOLDER);
}

/** Lets the worker of the export wait for ever before it writes its third file of weights. */
async function stopBeforeThird(page: Page): Promise<void> {
  const stop = `{
    const { createWritable } = FileSystemFileHandle.prototype;
    FileSystemFileHandle.prototype.createWritable = function (...options) {
      return this.name.startsWith('model-00003-') ? new Promise(() => {}) : createWritable.apply(this, options);
    };
  }\n`;
  await page.route(/\/assets\/merge-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: stop + (await response.text()) });
  });
}

/** Leaves the page once the third file of weights was begun: two are whole by then, and noted. */
async function leaveMidway(page: Page): Promise<void> {
  await expect
    .poll(async () =>
      Object.keys(await hashes(page).catch(() => ({}))).some((name) => /^model-00003-/.test(name)),
    )
    .toBe(true);
  await page.goto('about:blank');
}

async function stitch(page: Page): Promise<void> {
  const app = new AppPage(page);
  await app.start();
  await app.choose('IN', demoFolder('in'));
  await app.choose('RL', demoFolder('rl'));
  await page.getByRole('main').focus();
  await page.keyboard.press('4');
  await page.getByRole('textbox', { name: 'Blocks, Early to Late' }).fill('in:rl:rl');
  await page.getByRole('textbox', { name: 'Blocks, Early to Late' }).press('Enter');
  await page.getByRole('spinbutton', { name: 'Largest file, GB' }).fill('0.001');
  await page.getByRole('spinbutton', { name: 'Largest file, GB' }).blur();
}

const exporting = (page: Page) => page.getByRole('button', { name: 'Export folder' }).click();

test('an export whose page was left midway goes on in the next page, to the same bytes', async ({
  page,
  context,
}) => {
  await answerDirectoryDialog(context);
  await stopBeforeThird(page);
  await stitch(page);
  await exporting(page);
  await leaveMidway(page);

  const next = await context.newPage();
  await stitch(next);
  expect(Object.keys(await hashes(next))).toContain(MANIFEST_FILE);
  expect(Object.keys(await hashes(next))).not.toContain('config.json');

  await test.step('another merge is told whose folder it is', async () => {
    await next.getByRole('spinbutton', { name: 'Largest file, GB' }).fill('0.002');
    await next.getByRole('spinbutton', { name: 'Largest file, GB' }).blur();
    await exporting(next);
    await expect(next.getByRole('alert')).toContainText(
      'unfinished merge of another largest file: IN:RL:RL of IN',
    );
    await next.getByRole('spinbutton', { name: 'Largest file, GB' }).fill('0.001');
    await next.getByRole('spinbutton', { name: 'Largest file, GB' }).blur();
  });

  await exporting(next);
  await expect(next.getByText(/^\d+ files, .* written to/)).toBeVisible();
  await expect(next.getByText(/^Going on: 2 of \d weight files were written earlier\.$/)).toBeVisible();
  const resumed = await hashes(next);

  await next.evaluate(async (name) => {
    await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true });
  }, FOLDER);
  await exporting(next);
  await expect(next.getByText('Going on')).toBeHidden();
  await expect(next.getByText(/^\d+ files, .* written to/)).toBeVisible();
  expect(resumed).toEqual(await hashes(next));
  expect(Object.keys(resumed).filter((name) => /crswap|frankenscope-merge/.test(name))).toEqual([]);
});
