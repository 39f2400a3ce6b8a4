import { linkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { AppPage } from './app.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { goldenCase, goldenFolder, goldenImage, goldenText } from './fixtures/goldens.ts';
import { headless } from './fixtures/headless.ts';
import type { HubCache } from './fixtures/hub-cache.ts';
import { cacheOf } from './fixtures/hub-cache.ts';
import { expect, test } from './page.ts';

const GOLDEN = 'untied-gqa2-f16';
const REMEDIES = ['cp -rL SNAPSHOT COPY', '--local-dir FOLDER', 'choose the files themselves'];

let folder: ReturnType<typeof temporaryFolder>;
let cache: HubCache;
test.beforeAll(() => {
  folder = temporaryFolder();
  cache = cacheOf(GOLDEN, folder.path, 'tiny');
});
test.afterAll(() => folder.dispose());

test('a dropped snapshot of links says that nothing is seen, and the ways out', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  await app.drop(cache.snapshot);
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('NothingListed');
  for (const way of REMEDIES) await expect(alert).toContainText(way);
});

test('an input that is handed a folder of links says so in its place', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  const input = app.slot('Base').locator('input[webkitdirectory]');
  await input.setInputFiles(cache.snapshot);
  await expect(page.getByRole('alert')).toContainText('NothingListed');
});

test('a dropped repository of the cache opens from its blobs and answers as its folder does', async ({
  page,
}) => {
  const app = new AppPage(page);
  await app.start();
  await app.drop(cache.repository);
  await expect(app.slot('Base')).toContainText('acme/tiny');
  await expect(page.getByRole('alert')).toBeHidden();
  await expect(app.slot('IN').getByRole('button', { name: 'Choose a folder' })).toBeVisible();
  await app.setLoading('WASM', 'f32');
  await app.load('Base');
  await app.try('Base');
  await app.attach(goldenImage('square'));
  await app.ask('What is in the picture?');
  expect(await app.answers()).toEqual([goldenText(goldenCase(GOLDEN, 'square').greedy)]);
});

test('the blobs folder opens by itself, dropped or chosen', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  await app.drop(cache.blobs);
  await expect(app.slot('Base').getByRole('button', { name: 'Load Base' })).toBeVisible();
  await app.choose('IN', cache.blobs);
  await expect(app.slot('IN').getByRole('button', { name: 'Load IN' })).toBeVisible();
});

test('the command takes the repository, its parts and a cache of one model', async () => {
  const info = async (model: string) => {
    const { code, stdout, stderr } = await headless(['info', '--quiet', '--model', model]);
    expect([code, stderr]).toEqual([0, '']);
    const { frankenscope, ...facts } = JSON.parse(stdout) as { frankenscope: Record<string, unknown> };
    return { ...facts, ...frankenscope };
  };
  const plain = await info(goldenFolder(GOLDEN));
  expect(plain).toMatchObject({ model: GOLDEN });
  for (const model of [cache.repository, cache.blobs, cache.snapshot, folder.path]) {
    expect(await info(model)).toEqual({ ...plain, model: 'acme/tiny' });
  }
});

/** Adds a blob to a repository of its own. */
function spoiled(name: string, content: string | Uint8Array): string {
  const { repository, blobs } = cacheOf(GOLDEN, folder.path, name);
  writeFileSync(join(blobs, 'cd'.repeat(32)), content);
  return repository;
}

/** The longest task of the page from now on, in milliseconds, is told by what this gives back. */
async function taskWatch(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const watch = { longest: 0 };
    Object.assign(globalThis, { taskWatch: watch });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watch.longest = Math.max(watch.longest, duration);
    }).observe({ type: 'longtask' });
  });
  return () =>
    page.evaluate(() => (globalThis as unknown as { taskWatch: { longest: number } }).taskWatch.longest);
}

const KEYS = (count: number): string =>
  `{${Array.from({ length: count }, (_, at) => `"key ${at}":${at}`).join()}}`;

test('blobs that hold what no checkpoint does leave the page awake, and the checkpoint opens', async ({
  page,
}) => {
  const app = new AppPage(page);
  await app.start();
  const longest = await taskWatch(page);
  await app.drop(spoiled('keys', KEYS(1_500_000)));
  await expect(app.slot('Base').getByRole('button', { name: 'Load Base' })).toBeVisible();
  const header = new TextEncoder().encode(KEYS(300_000));
  const file = new Uint8Array(8 + header.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  await app.drop(spoiled('header', file));
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('OverLimit');
  await expect(alert).toContainText('cdcd');
  // Before a worker read them, 3 and 2 seconds on a quiet machine.
  expect(await longest()).toBeLessThan(1000);
});

test('reading a cache can be cancelled, and the next one opens', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  // Within the limits of a file, and several of them: one alone is read too soon.
  const { repository, blobs } = cacheOf(GOLDEN, folder.path, 'long');
  const first = join(blobs, 'cd'.repeat(32));
  writeFileSync(first, KEYS(1_400_000));
  for (let at = 0; at < 6; at++) linkSync(first, join(blobs, `${at}e`.repeat(32)));
  await app.drop(repository);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByText('Reading the cache')).toBeHidden();
  await expect(page.getByRole('alert')).toBeHidden();
  await app.drop(cache.repository);
  await expect(app.slot('Base').getByRole('button', { name: 'Load Base' })).toBeVisible();
  await expect(app.slot('IN').getByRole('button', { name: 'Choose a folder' })).toBeVisible();
});
