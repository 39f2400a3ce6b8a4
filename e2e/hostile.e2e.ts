/**
 * Folders that ask for too much, on the page: each is told by name in its slot within seconds, the page goes on, Cancel ends what is
 * under way, and the next good folder opens. HOSTILE_ALL=1 takes every folder of the list, HOSTILE_BIG=1 those of hundreds of
 * megabytes, too; otherwise one of each kind that once blocked every slot.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { HOSTILE_FOLDERS, makeHostileFolder } from '../src/engine/testing/hostile-folders.ts';
import { AppPage } from './app.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { goldenCase, goldenFolder, goldenImage, goldenText } from './fixtures/goldens.ts';
import { headless } from './fixtures/headless.ts';
import { expect, test } from './page.ts';

const GOOD = 'untied-gqa2-f16';
const QUESTION = 'What is in the picture?';
const ONCE_BLOCKED: ReadonlySet<string> = new Set([
  'shape of 1 MB',
  'tensor name of 20 MB',
  '30,000 empty tensors',
  '5e6 layers',
  'vision depth of 1e8',
  'min_pixels of 1e9',
  'config of 2 GiB',
  'deep config.json',
  'index of 300,000 shards',
  'model type that cannot be printed',
  'runaway normalizer of an added token',
  'template of 8 MB',
  '400,000 additional special tokens',
  'template of loops',
  'template of one list in another',
  'template that calls itself',
]);
const ALL = process.env['HOSTILE_ALL'] !== undefined;
const BIG = process.env['HOSTILE_BIG'] !== undefined;
const cases = HOSTILE_FOLDERS.filter(({ title, big }) => (big ? BIG : ALL || BIG || ONCE_BLOCKED.has(title)));

/** Seconds in which a folder is refused or opened on a quiet machine, and the longest that the page's thread is held up. */
const REFUSED_WITHIN_S = 5;
const LONGEST_TASK_S = 0.5;
/** Seconds in which the good folder opens on a quiet machine: a busy one is granted as much more as it takes here. */
const GOOD_OPENS_WITHIN = 0.5;

let folder: ReturnType<typeof temporaryFolder>;
test.beforeAll(() => {
  folder = temporaryFolder();
});
test.afterAll(() => folder.dispose());

/** From now on the longest time, in seconds, in which the page's thread did nothing else is told by `__longest`. */
async function watchEventLoop(page: Page): Promise<void> {
  await page.evaluate(() => {
    const state = globalThis as unknown as { __longest: number };
    state.__longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries())
        state.__longest = Math.max(state.__longest, duration / 1000);
    }).observe({ entryTypes: ['longtask'] });
  });
}

/** The longest since this was asked. */
const longest = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const state = globalThis as unknown as { __longest: number };
    const { __longest } = state;
    state.__longest = 0;
    return __longest;
  });

/** Seconds until the slot says that the folder was read or refused. */
async function timed(app: AppPage, path: string): Promise<number> {
  const begun = performance.now();
  await app.choose('Base', path);
  return (performance.now() - begun) / 1000;
}

test('each is refused by name, and good folders open in every slot afterwards', async ({ page }) => {
  if (ALL || BIG) test.setTimeout(1_800_000);
  const app = new AppPage(page);
  await app.start();
  const close = (): Promise<void> => page.getByRole('button', { name: 'Close Base' }).click();
  let busy = 1;
  const lookHowBusy = async (): Promise<void> => {
    busy = Math.max(busy, (await timed(app, goldenFolder(GOOD))) / GOOD_OPENS_WITHIN);
    await close();
  };
  await lookHowBusy();
  await watchEventLoop(page);
  for (const hostile of cases) {
    await test.step(hostile.title, async () => {
      const seconds = await timed(app, makeHostileFolder(hostile, folder.path));
      const heldUp = await longest(page);
      const alert = app.slot('Base').getByRole('alert');
      if (hostile.error === null) {
        await expect.soft(alert).toHaveCount(0);
        await close();
      } else {
        await expect.soft(alert).toContainText(hostile.error);
        for (const name of hostile.names ?? []) await expect.soft(alert).toContainText(name);
        await expect(alert.locator('.remedy')).not.toBeEmpty();
      }
      // The machine may have become busier since.
      if (seconds >= REFUSED_WITHIN_S * busy || heldUp >= LONGEST_TASK_S * busy) await lookHowBusy();
      const which = `of ${hostile.title}, ${busy.toFixed(1)} times as busy`;
      expect.soft(seconds, `seconds ${which}`).toBeLessThan(REFUSED_WITHIN_S * busy);
      expect.soft(heldUp, `longest task, in seconds, ${which}`).toBeLessThan(LONGEST_TASK_S * busy);
    });
  }
  expect(await page.evaluate(() => 'polluted' in {} || '__ran' in globalThis)).toBe(false);
  for (const slot of ['RL', 'IN'] as const) {
    await app.choose(slot, goldenFolder(GOOD));
    await expect(app.slot(slot).getByRole('button', { name: `Load ${slot}` })).toBeVisible();
  }
  await app.open('Base', goldenFolder(GOOD));
  await app.try('Base');
  await app.attach(goldenImage('square'));
  await app.ask(QUESTION);
  expect(await app.answers()).toEqual([goldenText(goldenCase(GOOD, 'square').greedy)]);
});

test('Cancel ends an opening that would not end, and the next folder opens', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  const runaway = HOSTILE_FOLDERS.find(({ title }) => title === 'runaway split');
  const path = makeHostileFolder(runaway as (typeof HOSTILE_FOLDERS)[number], folder.path);
  await app.slot('Base').locator('input[webkitdirectory]').setInputFiles(path);
  await app.slot('Base').getByRole('button', { name: 'Cancel opening Base' }).click();
  await expect(app.slot('Base').getByText('Reading headers')).toBeHidden();
  await expect(app.slot('Base').getByRole('alert')).toHaveCount(0);
  await app.choose('Base', goldenFolder(GOOD));
  await expect(app.slot('Base').getByRole('button', { name: 'Load Base' })).toBeVisible();
});

test('the command names it, too, and Ctrl+C meanwhile ends it and leaves nothing', async () => {
  const runaway = HOSTILE_FOLDERS.find(({ title }) => title === 'runaway split');
  const path = makeHostileFolder(runaway as (typeof HOSTILE_FOLDERS)[number], folder.path);
  const words = ['info', '--model', path];
  const whole = await headless(words);
  expect(whole.stderr).toMatch(/^NotInTime: [^\n]+tokenizer\.json[^\n]+\n$/);
  expect(whole.code).toBe(2);

  const own = ['temporary', 'cache', 'results'].map((name) => join(folder.path, name));
  for (const each of own) mkdirSync(each);
  const [temporary, cache, results] = own as [string, string, string];
  const env = { TMPDIR: temporary, FRANKENSCOPE_CACHE: cache };
  // The tokenizer runs away for the last three seconds; a run that is quicker than the one before tells when.
  let stopped = whole;
  let at = 0;
  for (let tries = 0; tries < 3 && stopped.code === 2; tries++) {
    at = Math.max(0.5, stopped.seconds - 2);
    stopped = await headless([...words, '--out', join(results, 'info.json')], at, { env });
  }
  expect(stopped.stderr).toMatch(/^Interrupted: [^\n]+\n$/);
  expect(stopped.code).toBe(3);
  // A page that did not hear of it would be waited for, 10 s long.
  expect(stopped.seconds - at).toBeLessThan(8);
  for (const each of own) expect(readdirSync(each)).toEqual([]);
});
