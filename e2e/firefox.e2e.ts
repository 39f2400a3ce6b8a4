/** The app in Firefox, driven over WebDriver BiDi: Playwright would need a Firefox of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { DIST, ROOT } from '../scripts/paths.mjs';
import { serve } from '../scripts/static-server.mjs';
import { findFirefox } from './fixtures/firefox.ts';
import { temporaryFolder } from './fixtures/folders.ts';

const executablePath = findFirefox();
test.skip(executablePath === undefined, 'no Firefox is installed, and FIREFOX_PATH names none');

const parse = <Value>(path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Value;
const [example] = parse<{ examples: { name: string }[] }>('public/demo/index.json').examples;
const golden = parse<{ examples: Readonly<Record<string, string>> }>('tools/goldens/data/demo/base.json');

/** For what is waited for on a machine with other work. What is not there after this is not coming. */
const LATEST_MS = 120_000;
test.setTimeout(600_000);

let browser: Browser;
let page: Page;
const folder = temporaryFolder();
const errors: string[] = [];

test.beforeAll(async () => {
  browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: executablePath ?? '',
    timeout: LATEST_MS,
    extraPrefsFirefox: { 'browser.download.folderList': 2, 'browser.download.dir': folder.path },
  });
  page = await browser.newPage();
  page.setDefaultTimeout(LATEST_MS);
  await page.setViewport({ width: 1440, height: 900 });
  page.on('pageerror', (error) => errors.push(String(error)));
});
test.afterAll(async () => {
  await browser?.close();
  folder.dispose();
});

const button = (name: string) => page.waitForSelector(`aria/${name}[role="button"]`);
const press = async (name: string) => (await button(name))?.click();
const text = (selector: string) => page.$eval(selector, (element) => element.textContent ?? '');

test('a finding and its numbers, an answer as of transformers, and the app without a network', async () => {
  const host = await serve(DIST);
  await page.goto(host.url);
  await page.waitForSelector('main figure svg');
  const found = await text('[aria-label="What was found"]');
  expect(found).toMatch(/they differ most at layer 11: .* on average \+0\.01097 .*n = 50\)\.$/);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);

  await page.locator('main figure summary ::-p-text(Export)').click();
  await press('CSV');
  // An empty file of the name is there before its bytes are.
  const saved = (): string[] => {
    const file = readdirSync(folder.path).find((name) => name.endsWith('.csv'));
    return file === undefined ? [] : readFileSync(join(folder.path, file), 'utf8').trim().split('\n');
  };
  await expect.poll(() => saved().length, { timeout: LATEST_MS }).toBe(1 + 12);
  const rows = saved();
  // As the sentence has it, to its decimals: layer, mean, both ends of the interval, n.
  const told = /average \+([\d.]+) .*: \+([\d.]+) to \+([\d.]+), n = (\d+)/.exec(found)?.slice(1) ?? [];
  const [layer, ...numbers] = (rows[11] ?? '').split(',');
  expect(layer).toBe('11');
  expect(told).toHaveLength(4);
  expect(told.map((text, at) => Number(numbers[at]).toFixed(text.split('.')[1]?.length ?? 0))).toEqual(told);

  // It leaves reads of workers unanswered at times, which are then asked for again (`src/checkpoint/asked-again.ts`).
  await press('Open the demo family');
  await page.waitForSelector('aria/Try RL[role="button"]', { timeout: 2 * LATEST_MS });
  await press('Try Base');
  await press('Ask');
  await page.waitForSelector('[aria-label="Answer"] p[aria-busy="false"]');
  expect(await text('[aria-label="Answer"] p[aria-busy]')).toBe(golden.examples[example?.name ?? '']);

  await host.close();
  await page.reload();
  await page.waitForSelector('main figure svg');
  expect(await text('[aria-label="What was found"]')).toBe(found);
  expect(errors).toEqual([]);
});
