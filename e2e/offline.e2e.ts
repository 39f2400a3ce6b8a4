/** The service worker in real Chromium: hosts with and without headers, the first visit and the next, no network, a later build. */
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { findBrowser } from '../scripts/browser.mjs';
import { chromiumFlags, runsUnsandboxed } from '../scripts/chromium-flags.mjs';
import { DIST } from '../scripts/paths.mjs';
import { serve } from '../scripts/static-server.mjs';
import { AppPage } from './app.ts';
import { bareHost } from './fixtures/bare-host.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { expect, test } from './page.ts';

test.use({ serviceWorkers: 'allow' });

const PAGES = ['Localize', 'Characterize', 'Transfer', 'Necessity', 'Perception or reasoning'];

/** What the sheet of the machine says of times without a network. */
async function kept(page: Page, part: string): Promise<string> {
  const sheet = page.getByRole('dialog', { name: 'This machine' });
  return sheet.getByText(part, { exact: true }).locator('+ dd').innerText();
}

async function openSheet(page: Page): Promise<void> {
  // Who comes new presses when the page is there; who has closed a sheet, when it is gone.
  await expect(page.getByRole('banner')).toBeVisible();
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('m');
  await expect(page.getByRole('heading', { name: 'Without a network' })).toBeVisible();
}

/** Until all of the app came in the background. */
async function keepsApp(page: Page): Promise<void> {
  await openSheet(page);
  await expect.poll(() => kept(page, 'App and findings')).toMatch(/all here$/);
  await page.keyboard.press('Escape');
}

/** Whatever the browser asked a host other than the app's own. */
function watchOthers(page: Page, url: string): string[] {
  const others: string[] = [];
  page.context().on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(url)) others.push(request.url());
  });
  return others;
}

test('a host without headers, in a folder of its own: isolated after one reload, and without a network', async ({
  page,
}) => {
  const host = await bareHost('/frankenscope/');
  const others = watchOthers(page, host.url);
  // Not its load events: the reload may come before the first.
  let visits = 0;
  page.on('framenavigated', () => visits++);
  await page.goto(host.url);
  await page.waitForFunction(() => crossOriginIsolated);
  await expect(page.locator('#app')).not.toBeEmpty();
  await keepsApp(page);
  expect(visits).toBe(2);
  await host.close();

  await page.reload();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await expect(page.getByRole('region', { name: 'What was found' })).toContainText(/95 %.*n = 50\)\.$/);
  await expect(page.getByRole('main').getByRole('figure')).toBeVisible();
  for (const name of PAGES) {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name }).click();
    await expect(page.getByRole('button', { name: 'How this is computed' }).first()).toBeVisible();
  }
  expect(others).toEqual([]);
});

test('one press keeps all of it: the demo family answers without a network as with one', async ({ page }) => {
  const host = await serve(DIST);
  const others = watchOthers(page, host.url);
  const app = new AppPage(page);
  await page.goto(host.url);
  await keepsApp(page);
  await openSheet(page);
  expect(await kept(page, 'Demo family')).toMatch(/^35\.4 MiB, not here$/);
  await page.getByRole('button', { name: /^Make all available offline \(\d+(\.\d)? MiB\)$/ }).click();
  await expect(page.getByText('The app opens and runs without a network.')).toBeVisible();
  for (const part of ['Runtime', 'Sample sets', 'Demo family'])
    expect(await kept(page, part)).toMatch(/all here$/);
  await page.keyboard.press('Escape');

  const answer = async (): Promise<string[]> => {
    await page.getByRole('button', { name: 'Open the demo family' }).click();
    await app.tryIt.getByRole('button', { name: 'Ask' }).click({ timeout: 120_000 });
    return app.answers();
  };
  const before = await answer();
  expect(before[0]).not.toBe('');
  await host.close();
  await page.goto(host.url);
  expect(await answer()).toEqual(before);
  expect(others).toEqual([]);
});

test('a later build is told and never forced; who comes new has it at once', async ({ page }) => {
  const folder = temporaryFolder();
  cpSync(DIST, folder.path, { recursive: true, filter: (path) => !/[\\/]demo[\\/]/.test(path) });
  const host = await serve(folder.path);
  try {
    await page.goto(host.url);
    await keepsApp(page);
    let visits = 0;
    page.on('framenavigated', () => visits++);
    buildAgain(folder.path);
    const other = await page.context().newPage();
    await other.goto(host.url);
    expect(await buildOf(other)).toBe('later');
    await expect(other.getByText('A new version is here')).toBeHidden();
    await other.close();
    await expect(page.getByText('A new version is here: reload when it suits you.')).toBeVisible();
    expect([visits, await buildOf(page)]).toEqual([0, expect.not.stringMatching('later')]);

    await page.getByRole('button', { name: 'Reload' }).click();
    await expect.poll(() => buildOf(page)).toBe('later');
    await expect(page.getByText('A new version is here')).toBeHidden();
    await host.close();
    await page.reload();
    expect(await buildOf(page)).toBe('later');
  } finally {
    await host.close();
    folder.dispose();
  }
});

test('Chromium would install it', async ({ baseURL }) => {
  const folder = temporaryFolder();
  const executablePath = findBrowser();
  // Browsers of tests are private windows, which install nothing.
  const context = await chromium.launchPersistentContext(folder.path, {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: chromiumFlags('software'),
    chromiumSandbox: !runsUnsandboxed(),
  });
  try {
    const page = await context.newPage();
    await page.goto(baseURL ?? '');
    const session = await context.newCDPSession(page);
    const manifest = await session.send('Page.getAppManifest');
    expect(manifest.errors).toEqual([]);
    expect(JSON.parse(manifest.data ?? '')).toMatchObject({ name: 'Frankenscope', display: 'standalone' });
    expect(await session.send('Page.getInstallabilityErrors')).toEqual({ installabilityErrors: [] });
  } finally {
    await context.close();
    folder.dispose();
  }
});

const buildOf = (page: Page): Promise<string | null> =>
  page.locator('meta[name="frankenscope-build"]').getAttribute('content');

/** Makes of the built folder another build: its page, and the worker that lists it. */
function buildAgain(folder: string): void {
  const of = (name: string) => readFileSync(join(folder, name), 'utf8');
  const [, build = ''] = /name="frankenscope-build" content="(\w+)"/.exec(of('index.html')) ?? [];
  const page = of('index.html').replace(build, 'later');
  const worker = of('service-worker.js')
    .replace(`"build":"${build}"`, '"build":"later"')
    .replace(
      /\{"path":"index.html"[^}]*\}/,
      JSON.stringify({
        path: 'index.html',
        bytes: Buffer.byteLength(page),
        sha256: createHash('sha256').update(page).digest('hex'),
      }),
    );
  writeFileSync(join(folder, 'index.html'), page);
  writeFileSync(join(folder, 'service-worker.js'), worker);
}
