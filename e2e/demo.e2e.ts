import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { makeItem } from '../dataset/generator/make-item.ts';
import { DIST, ROOT } from '../scripts/paths.mjs';
import { serve } from '../scripts/static-server.mjs';
import { AppPage } from './app.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { goldenFolder } from './fixtures/goldens.ts';
import { headless } from './fixtures/headless.ts';
import { expect, test } from './page.ts';

interface Golden {
  readonly alignment: number;
  readonly examples: Readonly<Record<string, string>>;
  readonly tasks: Readonly<Record<string, { readonly answers: readonly string[] }>>;
}
const golden = (name: string) =>
  JSON.parse(readFileSync(join(ROOT, `tools/goldens/data/demo/${name}.json`), 'utf8')) as Golden;
const index = JSON.parse(readFileSync(join(ROOT, 'public/demo/index.json'), 'utf8')) as {
  checkpoints: { name: string; files: { name: string; sha256: string }[] }[];
  examples: { name: string; question: string }[];
};
const [example = { name: '', question: '' }] = index.examples;

const FIRST = 'Open the demo family';
/** Three checkpoints fetched, opened and loaded on a busy machine. */
const LOADED = { timeout: 120_000 };

async function openDemo(app: AppPage): Promise<void> {
  await app.page.getByRole('button', { name: FIRST }).click();
  await expect(app.tryIt.getByRole('button', { name: 'Ask' })).toBeVisible(LOADED);
}

async function allOpen(app: AppPage): Promise<void> {
  for (const name of ['Base', 'IN', 'RL'] as const)
    await expect(app.slot(name).getByRole('button', { name: `Unload ${name}` })).toBeVisible(LOADED);
  await expect(app.page.getByText('demo:rl-frozen-late')).toBeVisible(LOADED);
  await expect(app.page.getByRole('region', { name: 'Demo family' }).getByRole('progressbar')).toBeHidden();
}

/** What the engine answers to the example must be what transformers answers. */
async function askExample(app: AppPage): Promise<void> {
  await expect(app.tryIt.getByRole('textbox', { name: 'Question' })).toHaveValue(example.question);
  await app.tryIt.getByRole('button', { name: 'Ask' }).click();
  expect(await app.answers()).toEqual([golden('base').examples[example.name]]);
}

const blockDemo = (page: Page) =>
  page.route(/\/(demo|data)\//, (route) => route.abort('internetdisconnected'));

test('one press opens the family, the next one answers; then it needs no network', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  await openDemo(app);
  await askExample(app);
  await allOpen(app);
  await expect(page.getByRole('button', { name: 'Load all 3' })).toBeVisible();

  await test.step('the second time without a network', async () => {
    await blockDemo(page);
    await app.start();
    await page.evaluate(() => (location.hash = '#open'));
    await openDemo(app);
    await askExample(app);
    await allOpen(app);
  });
});

test('on a host that carries it in a subfolder', async ({ page }) => {
  const folder = temporaryFolder();
  mkdirSync(join(folder.path, 'some'));
  symlinkSync(DIST, join(folder.path, 'some', 'where'));
  const host = await serve(folder.path);
  try {
    const app = new AppPage(page);
    await page.goto(`${host.url}some/where/`);
    await openDemo(app);
    await askExample(app);
  } finally {
    await host.close();
    folder.dispose();
  }
});

test('a visitor who comes back gets the family that has taken the place of the old one', async ({ page }) => {
  const [, asked = { name: '', question: '' }] = index.examples;
  const [before, after] = (['base', 'in'] as const).map((name) => golden(name).examples[asked.name]);
  expect(before).not.toBe(after);
  const host = await longCached();
  const app = new AppPage(page);
  const ask = async () => {
    await openDemo(app);
    await app.tryIt.getByRole('button', { name: 'Ask' }).click();
    return app.answers();
  };
  const kept = () =>
    page.evaluate(async () => {
      const cache = await caches.open('frankenscope-demo');
      return (await cache.keys()).map(({ url }) => url.replace(/.*\//, ''));
    });
  try {
    await page.goto(host.url);
    expect(await ask()).toEqual([before]);
    expect(await kept()).toContain(weightsOf('base'));

    host.replaceBase();
    await page.goto(`${host.url}?later`);
    expect(await ask()).toEqual([after]);
    expect(await kept()).not.toContain(weightsOf('base'));
    expect(await kept()).toContain(weightsOf('in'));
  } finally {
    await host.close();
  }
});

test('cancelled, absent, damaged: each is said, and the page goes on', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  const held = new Promise<void>((resolve) => {
    void page.route(/demo\/base\/model\.safetensors$/, (route) => (resolve(), new Promise(() => route)));
  });
  await page.getByRole('button', { name: FIRST }).click();
  await held;
  await page.getByRole('region', { name: 'Demo family' }).getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: FIRST })).toBeVisible();
  await page.unrouteAll({ behavior: 'ignoreErrors' });

  await page.route(/demo\/index\.json$/, (route) =>
    route.fulfill({ status: 404, contentType: 'text/html', body: '<!doctype html>' }),
  );
  await page.getByRole('button', { name: FIRST }).click();
  const alert = page.getByRole('main').getByRole('alert');
  await expect(alert).toContainText('DemoNotFound');
  await expect(alert).toContainText(/open your own checkpoint folders/i);
  await page.unrouteAll();

  // The small files before the weights came whole and are kept.
  await page.route(/demo\/base\/model\.safetensors$/, (route) => route.fulfill({ body: '{}' }));
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(alert).toContainText('DemoFileDamaged');
  await expect(alert).toContainText('demo/base/model.safetensors');
  await page.unrouteAll();

  await app.choose('RL', goldenFolder('untied-gqa2-f16'));
  await expect(app.slot('RL')).toContainText('untied-gqa2-f16');
  await page.getByRole('button', { name: 'Close RL' }).click();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(app.tryIt.getByRole('button', { name: 'Ask' })).toBeVisible(LOADED);
});

test('samples are browsed by key and asked; new ones are drawn and asked', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  await openDemo(app);
  await allOpen(app);
  await page.getByRole('main').focus();
  await page.keyboard.press('s');
  const sheet = page.getByRole('dialog', { name: 'Samples' });
  const sample = sheet.getByRole('article', { name: 'Sample' });
  await expect(sheet).toContainText('400 samples');
  await sheet.getByText('ocr', { exact: true }).click();
  await expect(sheet).toContainText('100 samples');
  await expect(sample).toContainText('ocr_000000');
  await sheet.getByRole('listbox', { name: 'Samples' }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(sample).toContainText('ocr_000001');
  await page.keyboard.press('Enter');
  await expect(sheet).toBeHidden();
  await expect(app.tryIt.getByRole('img', { name: 'ocr_000001.png' })).toBeVisible();
  const [word = ''] = await app.answers();
  expect(word).not.toBe('');

  await app.tryIt.getByRole('button', { name: 'Samples' }).click();
  await expect(sample).toContainText('ocr_000001');
  await sheet.getByText('Problems', { exact: true }).click();
  await expect(sheet).toContainText('300 samples');
  await expect(sample.getByRole('img')).toHaveCount(0);

  await sheet.getByText('Puzzles', { exact: true }).click();
  await sheet.getByText('Drawn here', { exact: true }).click();
  await sheet.getByText('clock', { exact: true }).click();
  await sheet.getByRole('spinbutton', { name: 'Seed' }).fill('7');
  await sheet.getByRole('spinbutton', { name: 'Seed' }).blur();
  await expect(sheet).toContainText('24 samples');
  await expect(sample).toContainText('clock_eval_007000');
  await expect(sample).toContainText(
    makeItem('clock', { split: 'eval', index: 7000, alignment: 0.5 }).prompt,
  );
  await sample.getByRole('button', { name: 'Ask' }).click();
  await expect(app.tryIt.getByRole('img', { name: 'clock_eval_007000.png' })).toBeVisible();
  expect((await app.answers())[0]).not.toBe('');
});

test('commands know the family by name', async () => {
  const { alignment, tasks } = golden('in');
  const { prompt } = makeItem('problems', { split: 'eval', index: 0, alignment: [alignment, alignment] });
  const words = ['--model', 'demo:in', '--prompt', prompt, '--max-new-tokens', '160', '--device', 'wasm'];
  const { code, stdout, stderr } = await headless(['generate', ...words]);
  expect(code, stderr).toBe(0);
  expect((JSON.parse(stdout) as { text: string }).text).toBe(tasks['problems']?.answers[0]);
});

const filesOf = (name: string) =>
  index.checkpoints.find((checkpoint) => checkpoint.name === name)?.files ?? [];
const weightsOf = (name: string) => filesOf(name).find((file) => file.name === 'model.safetensors')?.sha256;

/**
 * The built app on a host that lets browsers keep every file for a year, its demo without the first example.
 * After `replaceBase`, the folder of Base holds what IN's holds.
 */
async function longCached() {
  let replaced = false;
  const { url, close } = await serve(DIST, {
    before: (request, response) => {
      const path = new URL(request.url ?? '/', 'http://host').pathname;
      if (!path.startsWith('/demo/')) return false;
      response.setHeader('Cache-Control', 'max-age=31536000');
      if (path === '/demo/index.json') {
        const checkpoints = index.checkpoints.map((checkpoint) =>
          replaced && checkpoint.name === 'base' ? { ...checkpoint, files: filesOf('in') } : checkpoint,
        );
        response.end(JSON.stringify({ ...index, checkpoints, examples: index.examples.slice(1) }));
      } else response.end(readFileSync(join(DIST, replaced ? path.replace('/base/', '/in/') : path)));
      return true;
    },
  });
  return { url, close, replaceBase: () => (replaced = true) };
}
