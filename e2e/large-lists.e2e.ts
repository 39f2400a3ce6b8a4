import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { chromiumFlags } from '../scripts/chromium-flags.mjs';
import { AppPage } from './app.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import {
  largeJsonLines,
  largeParquet,
  largePictureLines,
  largeResults,
  longLine,
} from './fixtures/large-lists.ts';
import { expect, test } from './page.ts';

/**
 * Lists larger than what a page may hold. With `LARGE_ALL=1` they have 600 MB, more than the longest text of a browser; else a
 * tenth of it, and as many fewer bytes are allowed.
 */
const ALL = process.env.LARGE_ALL === '1';
const LIST_BYTES = ALL ? 600e6 : 64e6;
/** Page and workers together, while a list opens: what the page has anyway, and what does not grow with the list. */
const HEAP_BYTES = ALL ? 200e6 : 40e6;
const RESULT_BYTES = ALL ? 200e6 : 40e6;
const LONGEST_TASK_MS = 100;
/** Other work of the machine may hold up one opening, and not as many in a row; what the page does itself, it does in each. */
const MOST_TRIES = 3;

if (ALL) test.setTimeout(1_800_000);
// Otherwise the browser waits for a garbage collection of its own before it measures.
test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const eager = '--enable-blink-features=ForceEagerMeasureMemory';
    await use({ ...launchOptions, args: [...chromiumFlags('software'), eager] });
  },
});

const folder = temporaryFolder();
test.afterAll(() => folder.dispose());

/** Measures all the while that `work` takes. */
async function peakHeap(page: Page, work: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const measured = performance as unknown as {
      measureUserAgentSpecificMemory(): Promise<{ bytes: number }>;
    };
    const watch = { peak: 0, going: true };
    Object.assign(globalThis, { heapWatch: watch });
    const look = async (): Promise<void> => {
      while (watch.going) {
        watch.peak = Math.max(watch.peak, (await measured.measureUserAgentSpecificMemory()).bytes);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    void look();
  });
  await work();
  return page.evaluate(() => {
    const { heapWatch } = globalThis as unknown as { heapWatch: { peak: number; going: boolean } };
    heapWatch.going = false;
    return heapWatch.peak;
  });
}

/** The longest task of the page from now on, in milliseconds, as the browser's own observer tells it. */
async function longestTask(page: Page, work: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const watch = { longest: 0 };
    Object.assign(globalThis, { taskWatch: watch });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watch.longest = Math.max(watch.longest, duration);
    }).observe({ type: 'longtask' });
  });
  await work();
  return page.evaluate(() => (globalThis as unknown as { taskWatch: { longest: number } }).taskWatch.longest);
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

/** With rows of 20 MB and more, what a row takes is held, however long the list is. */
const ROW_HEAP_BYTES = 200e6;
const ONLY_ALL = [
  ['long-line.jsonl', (path: string) => longLine(path, 100e6), ROW_HEAP_BYTES],
  [
    'large-pictures.parquet',
    (path: string, bytes: number) => largeParquet(path, bytes, 20e6),
    ROW_HEAP_BYTES,
  ],
] as const;

for (const [name, write, heapBytes] of [
  ['large.jsonl', largeJsonLines, HEAP_BYTES],
  ['large.parquet', largeParquet, HEAP_BYTES],
  // Twenty million characters of base64 a row.
  [
    'large-pictures.jsonl',
    (path: string, bytes: number) => largePictureLines(path, bytes, 15e6),
    ROW_HEAP_BYTES,
  ],
  ...(ALL ? ONLY_ALL : []),
] as const) {
  test(`${name} opens with little memory, every row of it, and the page stays awake`, async ({ page }) => {
    const path = join(folder.path, name);
    const count = write(path, LIST_BYTES);
    const main = page.getByRole('main');
    let longest = Infinity;
    for (let tries = 0; tries < MOST_TRIES && longest > LONGEST_TASK_MS; tries++) {
      await page.goto('about:blank');
      await new AppPage(page).start();
      await page.evaluate(() => (location.hash = '#transfer'));
      const start = Date.now();
      let seconds = 0;
      const peak = await peakHeap(page, async () => {
        longest = await longestTask(page, async () => {
          await main.locator('input[data-role="files"]').first().setInputFiles(path);
          await expect(main.getByText(new RegExp(`^${count} questions, `))).toBeVisible({
            timeout: test.info().timeout,
          });
          seconds = (Date.now() - start) / 1000;
        });
      });
      console.log(
        `${name}: ${megabytes(LIST_BYTES)}, ${count} rows in ${seconds.toFixed(1)} s; heap ${megabytes(peak)} at most, longest task ${longest.toFixed(0)} ms`,
      );
      expect(peak).toBeLessThan(heapBytes);
    }
    expect(longest).toBeLessThanOrEqual(LONGEST_TASK_MS);
  });
}

test('results open while the page stays awake', async ({ page }) => {
  const results = join(folder.path, 'results');
  const count = largeResults(results, RESULT_BYTES);
  const judge = page.getByRole('region', { name: 'Have results judged' });
  let longest = Infinity;
  for (let tries = 0; tries < MOST_TRIES && longest > LONGEST_TASK_MS; tries++) {
    await page.goto('./connected.html');
    const start = Date.now();
    longest = await longestTask(page, async () => {
      await judge.locator('input[data-role="folder"]').setInputFiles(results);
      await expect(judge.getByText(/ records of results$/)).toBeVisible({ timeout: test.info().timeout });
      // And what could be judged is counted, over all of them.
      await expect(judge.getByText(/^[1-9].* responses, 0 of them/)).toBeVisible({
        timeout: test.info().timeout,
      });
    });
    console.log(
      `results: ${megabytes(RESULT_BYTES)}, ${count} records in ${((Date.now() - start) / 1000).toFixed(1)} s; longest task ${longest.toFixed(0)} ms`,
    );
  }
  expect(longest).toBeLessThanOrEqual(LONGEST_TASK_MS);
});
