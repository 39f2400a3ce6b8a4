/** Studies as a person keeps them: saved, opened, renamed, set beside each other, run, cut off, and there again on a later visit. */
import type { Page } from '@playwright/test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { lineOf } from '../src/study/journal/lines.ts';
import { violations } from './axe.ts';
import { headless } from './fixtures/headless.ts';
import { expect, sideways, test } from './page.ts';

const WAIT = { timeout: 120_000 };
const FILE = join(import.meta.dirname, '../public/study/demo.frankenscope');

const linesOf = (file: string): readonly string[] =>
  gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');

async function saved(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('main').getByRole('button', { name: 'Save as one file' }).click(),
  ]);
  return download.path();
}

test('a study is saved, opened, renamed, there after a reload, and the same file but for its name', async ({
  page,
}) => {
  await page.goto('./#study');
  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { name: 'The demo family' })).toBeVisible(WAIT);
  // By the names that charts have of what is compared; its file has those of folders.
  await expect(main.getByText('Update energy of Base, IN, RL · 117 tensors')).toBeVisible(WAIT);
  const file = await saved(page);
  expect(readFileSync(file)).toEqual(readFileSync(FILE));

  await page.locator('main input[type="file"]').setInputFiles({
    name: 'The-demo-family.frankenscope',
    mimeType: '',
    buffer: readFileSync(file),
  });
  await expect(main.getByText('"The demo family" is kept from')).toBeVisible(WAIT);
  await main.getByRole('button', { name: 'Rename' }).click();
  await main.getByRole('textbox', { name: 'Name' }).fill('<img src=x onerror=alert(1)>');
  await page.keyboard.press('Enter');
  const heading = main.getByRole('heading', { name: '<img src=x onerror=alert(1)>' });
  await expect(heading).toBeVisible();
  await page.reload();
  await expect(heading).toBeVisible(WAIT);
  const [first, ...others] = linesOf(await saved(page));
  expect(others).toEqual(linesOf(FILE).slice(1));
  expect(first).toContain('"name":"<img src=x onerror=alert(1)>"');

  // With the deck unfolded: readable in both themes, and nothing scrolls sideways on a phone.
  await main.getByText('Arrange the slides').click();
  await expect(main.getByRole('button', { name: /^Move slide 1,/ })).toBeVisible(WAIT);
  await expect(main.getByText(/ claims are judged here/)).toBeVisible(WAIT);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await violations(page, 'all', 'main')).toEqual([]);
  }
  const size = page.viewportSize() ?? { width: 1280, height: 720 };
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await sideways(page, 'main')).toEqual([]);
  expect(await violations(page, 'the rest', 'main')).toEqual([]);
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });

  await main.getByLabel('Beside it').selectOption('The demo family');
  await expect(main.getByText(/^Nothing that decides their numbers/)).toBeVisible(WAIT);
  await expect(main.getByRole('figure').nth(1)).toBeVisible(WAIT);
  await expect(page).toHaveURL(/#study\?do=[0-9a-f]{8}&beside=carried$/);
  await page.evaluate(() => document.querySelectorAll('details').forEach((fold) => (fold.open = true)));
  await expect(main.getByRole('figure').nth(9)).toBeVisible(WAIT);
  expect(await violations(page, 'all', 'main')).toEqual([]);

  await page.goto('./#study');
  await page.locator('main input[type="file"]').setInputFiles({
    name: 'bad.frankenscope',
    mimeType: '',
    buffer: Buffer.from('<script>alert(1)</script>'),
  });
  await expect(main.getByRole('alert')).toContainText('NotAStudy');
});

test('of many studies older ones are folded away, and none is in a box that scrolls by itself', async ({
  page,
}) => {
  const study = { spec: {}, analyses: [], frankenscope: { version: '1', run: { build: '1' } } };
  const files = await Promise.all(
    Array.from({ length: 12 }, async (_, at) => ({
      ...{ name: `${at}.frankenscope`, mimeType: '' },
      buffer: Buffer.from(await lineOf('study', JSON.stringify({ ...study, name: `Study ${at}` }))),
    })),
  );
  await page.goto('./#study');
  const main = page.getByRole('main');
  await main.locator('input[type="file"]').setInputFiles(files);
  const list = main.getByRole('region', { name: 'Studies', exact: true });
  const older = list.getByText('Older · 5');
  await expect(older).toBeVisible(WAIT);
  await expect(main.getByText('9 more')).toBeVisible();
  await expect(list.getByRole('button', { name: /^Study \d+ / })).toHaveCount(7);
  await older.click();
  await expect(list.getByRole('button', { name: /^Study \d+ / })).toHaveCount(12);
  const scrolling = await list.evaluate((region) =>
    [region, ...region.querySelectorAll('*')]
      .filter((one) => /auto|scroll/.test(getComputedStyle(one).overflowY))
      .map((one) => one.className),
  );
  expect(scrolling).toEqual([]);
  // One of the older ones that is shown is in sight after a reload, too.
  const last = list.getByRole('button', { name: /^Study \d+ / }).last();
  await last.click();
  await page.reload();
  await expect(last).toHaveAttribute('aria-current', 'true', WAIT);
  await expect(last).toBeVisible();
});

test('a study whose tab is killed goes on in the next one, and its file says what the command says', async ({
  page,
  context,
}, info) => {
  const study = {
    spec: {
      ...{ definitions: 1, name: 'A slice', models: 'demo' },
      analyses: [
        {
          name: 'swap',
          samples: join(import.meta.dirname, '../dataset/data/pairs'),
          settings: { samples: 1 },
        },
        { name: 'disentangle', of: ['rl'], settings: { samples: 1, maxNewTokens: 16 } },
        { name: 'energy' },
      ],
    },
    ...{ name: 'A slice', analyses: [], frankenscope: { version: '0', run: { build: '0' } } },
  };
  await page.goto('./#study');
  await page.locator('main input[type="file"]').setInputFiles({
    name: 'slice.frankenscope',
    mimeType: '',
    buffer: Buffer.from(await lineOf('study', JSON.stringify(study))),
  });
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByText('2 of 3: Token swap', { exact: true })).toBeVisible(WAIT);
  await expect(page.getByText(/^RL − IN leaves 7\.3 % of the weights/)).toBeVisible(WAIT);
  const address = page.url();
  await page.close();

  const next = await context.newPage();
  await next.goto(address);
  await expect(next.getByText(/^1 of 3 analyses done/)).toBeVisible(WAIT);
  await next.getByRole('button', { name: 'Go on' }).click();
  await expect(next.getByRole('button', { name: 'Run the study' })).toBeVisible(WAIT);
  await expect(next.getByText(/n = 1\b/).last()).toBeVisible();
  // Without their sums, which are of the journal they stand in: four pairs are other work than a hundred.
  const records = (file: string) =>
    linesOf(file).flatMap((line) => (line.includes(',"record":') ? [line.slice(17)] : []));
  const all = new Set(records(FILE));
  const file = await saved(next);
  const own = records(file);
  // And what was asked of the one puzzle, by image and by text.
  expect(own.length).toBe(117 + 4 + 2);
  expect(own.filter((record) => all.has(record))).toHaveLength(117 + 4);
  // Its puzzles have a chart, though their answers lie in several journals.
  await next.getByRole('button', { name: 'Show the evidence: Perception or reasoning of RL' }).click();
  await expect(next.getByRole('application', { name: /puzzle/i })).toBeVisible(WAIT);

  const [spec, out] = [info.outputPath('slice.json'), info.outputPath('study')];
  writeFileSync(spec, JSON.stringify(study.spec));
  const words = ['study', '--spec', spec, '--device', 'wasm', '--out', out];
  const env = { FRANKENSCOPE_CACHE: info.outputPath('cache') };
  const { code, stderr } = await headless(words, undefined, { env });
  expect(code, stderr).toBe(0);
  const said = (text: string): string => text.replace(/"run":\{[^}]*\}/, '"run":{}');
  const theirs = JSON.stringify(JSON.parse(readFileSync(join(out, 'study.json'), 'utf8')));
  expect(said(linesOf(file)[0]?.slice(17) ?? '')).toBe(said(theirs));
  expect(records(join(out, 'study.frankenscope')).sort()).toEqual([...own].sort());
});
