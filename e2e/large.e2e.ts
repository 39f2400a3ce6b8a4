import { existsSync, readFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { chromiumFlags } from '../scripts/chromium-flags.mjs';
import { AppPage } from './app.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { goldenFolder } from './fixtures/goldens.ts';
import { headless } from './fixtures/headless.ts';
import { sevenBillion } from './fixtures/large-folders.ts';
import { expect, test } from './page.ts';

/** Five headers of some 20 kB and samples are read. Headless, the browser starts first. */
const OPEN_SECONDS = 5;
const INFO_SECONDS = 20;
/** Seconds in which a small folder opens on a quiet machine: a busy one is granted as much more as it takes here. */
const SMALL_OPENS_WITHIN = 0.5;
let busy = 1;
/** Headers, their tensors as objects in the worker, and the screen that lists them. */
const HEAP_BYTES = 8 * 2 ** 20;

// Otherwise the browser waits for a garbage collection of its own before it measures.
test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const eager = '--enable-blink-features=ForceEagerMeasureMemory';
    await use({ ...launchOptions, args: [...chromiumFlags('software'), eager] });
  },
});

/** What a page may take while it reads three checkpoints of 16 GB: 1.5 GB, programs and shaders included. */
const PEAK_BYTES = 1.5e9;
/** How much of them has to go through it for that to mean something: more than the bound. A slow machine takes half a minute. */
const READ_GIB = 2;
/** With `LARGE_ALL=1` all 40 GiB go through it: a minute of a fast machine, many of a slow one. */
const ALL = process.env.LARGE_ALL === '1';
const ALL_MINUTES = 60;

let folder: ReturnType<typeof temporaryFolder>;
let model: ReturnType<typeof sevenBillion>;
test.beforeAll(() => {
  folder = temporaryFolder();
  model = sevenBillion(folder.path);
});
test.afterAll(() => folder.dispose());

/** Bytes of JavaScript and DOM in the page and its workers. */
async function heap(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const measured = performance as unknown as {
      measureUserAgentSpecificMemory(): Promise<{ bytes: number }>;
    };
    return (await measured.measureUserAgentSpecificMemory()).bytes;
  });
}

test('16 GB in five shards open in seconds, with a flat heap', async ({ page }) => {
  expect(model.bytes).toBeGreaterThan(16e9);
  const app = new AppPage(page);
  await app.start();
  await expect(page.getByTitle('What this machine can do (m)')).not.toContainText('Asking');
  // The engine's modules come with the first folder: what this one takes is asked.
  await app.choose('IN', goldenFolder('untied-gqa4-f32'));
  const small = Date.now();
  await app.choose('RL', goldenFolder('untied-gqa4-f32'));
  busy = Math.max(1, (Date.now() - small) / 1000 / SMALL_OPENS_WITHIN);
  const before = await heap(page);
  const start = Date.now();
  await app.choose('Base', model.folder);
  await expect(app.slot('Base')).toContainText('28 + 32 vision');
  const seconds = (Date.now() - start) / 1000;
  const grown = (await heap(page)) - before;
  test.info().annotations.push(
    { type: 'open', description: `${seconds.toFixed(2)} s` },
    {
      type: 'heap',
      description: `${(before / 2 ** 20).toFixed(1)} MiB + ${(grown / 2 ** 20).toFixed(1)} MiB`,
    },
  );
  await expect(app.slot('Base')).toContainText('15.4 GiB in 729 tensors');
  expect(seconds).toBeLessThan(OPEN_SECONDS * busy);
  expect(grown).toBeLessThan(HEAP_BYTES);
});

test('info of 16 GB takes seconds', async () => {
  const { code, stdout, stderr, seconds } = await headless(['info', '--model', model.folder]);
  // What its generation_config.json asks for, and nothing else.
  expect(stderr).toMatch(/^[^\n]* asks for a repetition penalty of 1\.05[^\n]*\n$/);
  expect(code).toBe(0);
  const info = JSON.parse(stdout) as { tensors: unknown[] };
  expect(info).toMatchObject({ layers: 28, visionBlocks: 32, hiddenSize: 3584, vocabSize: 152064 });
  expect(info.tensors).toHaveLength(729);
  test.info().annotations.push({ type: 'info', description: `${seconds.toFixed(2)} s` });
  expect(seconds).toBeLessThan(INFO_SECONDS * busy);
});

/** The most memory that the page's processes ever held, bytes, as Linux counts it; null elsewhere. */
async function peakResident(browser: Browser): Promise<number | null> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = (await session.send('SystemInfo.getProcessInfo')) as {
    processInfo: { type: string; id: number }[];
  };
  await session.detach();
  const files = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => `/proc/${id}/status`)
    .filter((file) => existsSync(file));
  if (files.length === 0) return null;
  const peaks = files.map((file) => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))?.[1]));
  return Math.max(...peaks) * 1024;
}

test('energy of three 16 GB checkpoints passes through a page of under 1.5 GB', async ({ page, browser }) => {
  if (ALL) test.setTimeout(ALL_MINUTES * 60_000);
  const app = new AppPage(page);
  await app.start();
  for (const name of ['Base', 'IN', 'RL'] as const)
    await app.choose(name, sevenBillion(folder.path, `sparse-${name}`).folder);
  await page.keyboard.press('3');
  await expect(page.getByText(/3 checkpoints · \d+ tensors · 4\d\.?\d* GiB to read/)).toBeVisible();
  const start = Date.now();
  await page.getByRole('button', { name: 'Measure energy' }).click();
  const read = page.getByText(/Reading updates · [\d.]+ GiB of/);
  const measured = page.getByRole('button', { name: 'Energy is measured' });
  let gib = 0;
  let peakHeap = 0;
  while (ALL ? !(await measured.isVisible()) : gib < READ_GIB) {
    const text = (await read.or(measured).first().textContent()) ?? '';
    gib = Number(/([\d.]+) GiB of/.exec(text)?.[1] ?? gib);
    peakHeap = Math.max(peakHeap, await heap(page));
  }
  const seconds = (Date.now() - start) / 1000;
  const resident = await peakResident(browser);
  if (ALL) {
    await expect(page.getByText(/^\d+ tensors, kept in this browser$/)).toBeVisible();
  } else {
    await page.getByRole('button', { name: 'Cancel' }).first().click();
    await expect(page.getByRole('button', { name: /^Resume: \d+ of \d+ tensors are done$/ })).toBeVisible();
  }
  test
    .info()
    .annotations.push(
      { type: 'read', description: `${gib} GiB in ${seconds.toFixed(1)} s` },
      { type: 'heap', description: `${(peakHeap / 1e6).toFixed(0)} MB` },
      { type: 'resident', description: `${((resident ?? NaN) / 1e6).toFixed(0)} MB` },
    );
  expect(peakHeap).toBeLessThan(PEAK_BYTES);
  if (resident !== null) expect(resident).toBeLessThan(PEAK_BYTES);
});
