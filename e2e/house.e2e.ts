import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DIST } from '../scripts/paths.mjs';
import type { Page } from '@playwright/test';
import { serve } from '../scripts/static-server.mjs';
import { en } from '../src/ui/open/texts.ts';
import { zh } from '../src/ui/open/texts.zh.ts';
import { violations } from './axe.ts';
import { expect, noMoreRequests, test } from './page.ts';

// As a visitor has it: what the worker fetches once the page is painted is no request of the page.
test.use({ serviceWorkers: 'allow' });

/**
 * What the start page may take before anybody has pressed anything: every file that the page and its threads ask for until nothing more
 * comes, each once, gzipped as a host sends it (fonts and pictures are packed already); 267e3 today. The finding's sentence and chart are
 * among it; what the service worker fetches for later visits, behind that, is not.
 */
const START_PAGE_BYTES = 300e3;
/** Where Chinese is spoken every text comes besides, in one file. */
const CHINESE_BYTES = 95e3;
const OF_CHINESE = /\/chinese-/;
const PACKED = /\.(woff2|png|webp)$/;
const ENGINE = /\/engine-/;

test('the app starts, isolated, asking nobody but its own host, and for no more than it shows', async ({
  page,
  baseURL,
}) => {
  const requested = requestsOf(page);
  await page.goto('./');
  await expect(page).toHaveTitle(/Frankenscope/);
  await expect(page.locator('#app')).not.toBeEmpty();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await everythingAsked(page, requested);
  // Nothing was pressed: a sentence with its n and interval, and its chart on the body.
  const found = page.getByRole('region', { name: 'What was found' });
  await expect(found).toContainText(/^In the demo family, RL .* 95 %: .*n = 50\)\.$/);
  await expect(page.getByRole('main').getByRole('figure')).toBeVisible();
  await expect(page.getByText(/^Carried with the app: measured by version/)).toBeVisible();
  expect(requested.filter((url) => !url.startsWith(baseURL ?? 'nowhere'))).toEqual([]);
  expect(requested.filter((url) => /\.wasm|\.packed|\/ort[.-]|\/demo\/|\/data\//.test(url))).toEqual([]);
  expect(bytesOf(requested)).toBeLessThan(START_PAGE_BYTES);
  expect(bytesOf(requested, (path) => OF_CHINESE.test(path))).toBe(0);
  // Of the fonts what English needs, of the study what is shown; the engine's thread begins behind all of it.
  expect(requested.filter((url) => /\.woff2$/.test(url)).every((url) => /\/first-/.test(url))).toBe(true);
  expect(requested.filter((url) => /\/study\/demo/.test(url))).toEqual([]);
  const at = (file: RegExp): number => requested.findIndex((url) => file.test(url));
  expect(at(/\/study\/finding\.json$/)).toBeGreaterThan(-1);
  expect(at(/\/LayerLines-/)).toBeGreaterThan(-1);
  expect(at(ENGINE)).toBeGreaterThan(Math.max(at(/\/study\/finding\.json$/), at(/\/LayerLines-/)));
});

/** Addresses that the page asks for from now on. */
function requestsOf(page: Page): readonly string[] {
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  return requested;
}

/** The engine's thread begins when all that is seen is there: half a second without a request may come before it, too. */
async function everythingAsked(page: Page, requested: readonly string[]): Promise<void> {
  await expect.poll(() => requested.some((url) => ENGINE.test(url))).toBe(true);
  await noMoreRequests(page);
}

/** Of the files that lie there, each once, as they are sent. */
function bytesOf(requested: readonly string[], counts: (path: string) => boolean = () => true): number {
  const files = new Set(requested.map((url) => new URL(url).pathname.replace(/\/$/, '/index.html')));
  return [...files].filter(counts).reduce((sum, path) => sum + sent(path), 0);
}

function sent(path: string): number {
  const bytes = readFileSync(join(DIST, path));
  return PACKED.test(path) ? bytes.length : gzipSync(bytes).length;
}

test.describe('a browser that speaks Chinese', () => {
  test.use({ locale: 'zh-CN' });

  test('has the app in Chinese; the sign in the header speaks English, on the next visit too', async ({
    page,
  }) => {
    const requested = requestsOf(page);
    const root = page.locator('html');
    const heading = page.getByRole('heading', { level: 1 });
    await page.goto('./');
    await expect(root).toHaveAttribute('lang', 'zh-Hans');
    await expect(heading).toHaveText(zh.question);
    const figure = page.getByRole('main').getByRole('figure');
    await expect(page.getByRole('region', { name: zh.found })).toContainText(/^演示模型族：.*95 %.*n = 50/);
    await expect(figure).toBeVisible();
    await everythingAsked(page, requested);
    expect(await violations(page)).toEqual([]);
    const ofChinese = bytesOf(requested, (path) => OF_CHINESE.test(path));
    expect(ofChinese).toBeGreaterThan(0);
    expect(ofChinese).toBeLessThan(CHINESE_BYTES);
    expect(bytesOf(requested) - ofChinese).toBeLessThan(START_PAGE_BYTES);

    const before = requested.length;
    await page.getByRole('button', { name: /English$/ }).click();
    await expect(root).toHaveAttribute('lang', 'en');
    await expect(heading).toHaveText(en.question);
    await expect(page.getByRole('region', { name: en.found })).toContainText(
      /^In the demo family, RL .*n = 50/,
    );
    await expect(figure).toBeVisible();
    // Nothing was fetched for it, the page itself neither.
    expect(requested.slice(before)).toEqual([]);
    await page.reload();
    await expect(heading).toHaveText(en.question);
    await expect(root).toHaveAttribute('lang', 'en');
  });
});

test('the app starts in a subfolder of any host', async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), 'frankenscope-'));
  cpSync(DIST, join(folder, 'some', 'place'), { recursive: true });
  const host = await serve(folder);
  try {
    await page.goto(`${host.url}some/place/`);
    await expect(page.locator('#app')).not.toBeEmpty();
  } finally {
    await host.close();
    rmSync(folder, { recursive: true });
  }
});

test('the page refuses to send anything to another host', async ({ page, violations }) => {
  await page.goto('./');
  const reached = await page.evaluate(() =>
    fetch('http://127.0.0.2:9/').then(
      () => 'reached',
      () => 'refused',
    ),
  );
  expect(reached).toBe('refused');
  await expect.poll(() => violations.map(({ directive }) => directive)).toContain('connect-src');
  violations.length = 0;
});
