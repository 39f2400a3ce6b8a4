/** Journals in a real browser whose storage is full, and under a command that is killed within an operation on its disk. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppPage } from './app.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { headless } from './fixtures/headless.ts';
import { killedAt } from './fixtures/killed.ts';
import { read, withoutRun } from './fixtures/results.ts';
import { updatedFamily } from './fixtures/updated-family.ts';
import { expect, test } from './page.ts';

const folder = temporaryFolder();
const cache = process.env['FRANKENSCOPE_CACHE'];
test.beforeAll(() => {
  process.env['FRANKENSCOPE_CACHE'] = join(folder.path, 'cache');
});
test.afterAll(() => {
  if (cache === undefined) delete process.env['FRANKENSCOPE_CACHE'];
  else process.env['FRANKENSCOPE_CACHE'] = cache;
  folder.dispose();
});

const WORDS = ['energy', '--in', 'demo:in', '--rl', 'demo:rl'];

test('a command that is killed within any operation ends as one that was not', async () => {
  test.skip(process.platform === 'win32', 'there is no SIGKILL');
  const undisturbed = join(folder.path, 'undisturbed.json');
  expect((await headless([...WORDS, '--out', undisturbed])).code).toBe(0);
  const whole = withoutRun(read(undisturbed));
  for (const [at, goesOn] of [
    ['openSync records', false],
    ['writeSync records', false],
    ['fsyncSync records', true],
    ['renameSync json', true],
    ['rmSync records', true],
  ] as const) {
    const out = join(folder.path, `${at.replace(' ', '-')}.json`);
    expect((await killedAt(at, [...WORDS, '--out', out])).signal, at).toBe('SIGKILL');
    expect(existsSync(out), at).toBe(at.startsWith('rmSync'));
    const again = await headless([...WORDS, '--out', out]);
    expect(again.code, again.stderr).toBe(0);
    expect(withoutRun(read(out)) === whole, at).toBe(true);
    if (goesOn) expect(again.stderr, at).toMatch(/going on: [1-9]\d* of \d+ were finished earlier/);
    if (at.startsWith('writeSync')) expect(again.stderr).toContain('was cut off while it was written');
    // What is known of weights stays.
    const left = readdirSync(join(folder.path, 'cache', 'journal'));
    expect(
      left.filter((name) => !name.startsWith('weights-')),
      at,
    ).toEqual([]);
  }
});

test('what was begun is listed by a command, with the one that goes on with it', async () => {
  const full = await headless([...WORDS, '--out', '/dev/full', '--quiet']);
  test.skip(full.code === 0, 'there is no full disk');
  interface Kept {
    readonly kept: { readonly key: string; readonly again: string; readonly state: string }[];
    readonly forgotten: string[];
  }
  const list = async (...words: string[]): Promise<Kept> => {
    const { code, stdout, stderr } = await headless(['kept', '--quiet', ...words]);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Kept;
  };
  const { kept } = await list();
  expect(kept).toMatchObject([
    {
      ...{ kind: 'energy', settings: { rounding: 'stored' }, complete: true, current: true, problems: [] },
      again: `npm run -s headless -- ${WORDS.join(' ')} --out /dev/full --quiet`,
      state: expect.stringMatching(/^whole, \d+ records$/) as unknown,
    },
  ]);
  expect((await headless(['kept', '--forget', 'none'])).code).toBe(2);
  const [key = ''] = kept.map((work) => work.key);
  expect(await list('--forget', key)).toEqual({ kept: [], forgotten: [key] });
});

test('a full storage is told in words and stops nothing; with room again, results are kept', async ({
  page,
}) => {
  const small = updatedFamily(folder.path);
  const app = new AppPage(page);
  const open = async (): Promise<void> => {
    await page.goto('about:blank');
    await app.start();
    await app.choose('IN', small.in);
    await app.choose('RL', small.rl);
    await page.evaluate(() => (location.hash = '#characterize'));
  };
  const measure = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Measure energy' }).click();
    await expect(page.getByRole('button', { name: 'Energy is measured' })).toBeVisible();
  };
  await app.start();
  const devtools = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  await open();
  await measure();
  await expect(
    page.getByText(/^results cannot be kept \(.*storage is full.*\): the work goes on/i),
  ).toBeVisible();
  await devtools.send('Storage.overrideQuotaForOrigin', { origin });
  await open();
  await measure();
  await expect(page.getByText(/results cannot be kept/i)).toBeHidden();
  await open();
  await expect(page.getByRole('button', { name: 'Energy is measured' })).toBeVisible();
});
