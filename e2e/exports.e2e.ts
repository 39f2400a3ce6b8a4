/**
 * Every chart of a finished run leaves the page whole in every format, and says where its numbers come from; the first of a page is seen whole
 * on every screen.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import * as v from 'valibot';
import { COMMANDS } from '../scripts/commands.mjs';
import { DECLARATIONS } from '../scripts/declarations.mjs';
import { readFlags } from '../scripts/flags.mjs';
import { TASK_NAMES } from '../src/analyses/swap/words.mjs';
import { FlagReader } from '../src/headless/flag-reader.ts';
import { settingValues } from '../src/headless/setting-flags.ts';
import type { Task } from '../src/probes/task.ts';
import { factLines, type FigureFacts, figureFacts } from '../src/ui/charts/export/figure-facts.ts';
import { choose, openDemo, openSettings, pick, set } from './demo-page.ts';
import { expectWholeOnEveryScreen, PHONE } from './first-screen.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { headless } from './fixtures/headless.ts';
import { pdfText, plain } from './fixtures/pdf-text.ts';
import { DONE } from './page-results.ts';
import { expect, test } from './page.ts';

test.setTimeout(900_000);

const folder = temporaryFolder();
test.afterAll(() => folder.dispose());

type Kind = 'SVG' | 'PNG' | 'PDF' | 'CSV' | 'Parquet' | 'JSON';

async function exported(page: Page, figure: Locator, kind: Kind): Promise<{ name: string; file: Buffer }> {
  await figure.getByText('Export', { exact: true }).click();
  const button = figure.getByRole('button', { name: kind, exact: true });
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return { name: download.suggestedFilename(), file: readFileSync(await download.path()) };
}

const words = (texts: readonly string[]): readonly string[] =>
  texts
    .flatMap((text) => text.split(/\s+/))
    .filter(Boolean)
    .sort();
const letters = (texts: readonly string[]): string => texts.join('').replace(/\s+/g, '');

interface OnScreen {
  readonly title: string;
  /** What the page says that was found. */
  readonly found: string;
  /** Its parts: n, the kind of interval, how far it is. */
  readonly note: readonly string[];
  readonly drawn: readonly string[];
}

/** What a chart says on the screen: heading, sentence and note, and every text that is drawn. */
async function onScreen(page: Page, figure: Locator): Promise<OnScreen> {
  const [title, found, notes, drawn] = await Promise.all([
    figure.getByRole('heading').textContent(),
    page.getByRole('region', { name: 'What was found' }).allTextContents(),
    figure.locator('figcaption p').allTextContents(),
    figure.locator('.plot > svg text').allTextContents(),
  ]);
  const note = notes.flatMap((text) => text.split(' · '));
  return { title: title ?? '', found: found.join(' ').replace(/\s+/g, ' '), note, drawn };
}

/** Texts of an SVG, in order; its block. */
function svgContents(file: Buffer): { texts: readonly string[]; block: string } {
  const source = file.toString();
  const texts = [...source.matchAll(/<text[^>]*>([\s\S]*?)<\/text>/g)].map(([, text = '']) =>
    plain(text.replace(/<[^>]*>/g, '')),
  );
  return { texts, block: plain(/<metadata>([\s\S]*?)<\/metadata>/.exec(source)?.[1] ?? '') };
}

/** By name, the contents of a PNG's chunks. */
function chunks(file: Buffer): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    const name = file.toString('latin1', at + 4, at + 8);
    const contents = file.subarray(at + 8, at + 8 + file.readUInt32BE(at));
    const [keyword = ''] = contents.toString('latin1').split('\0', 1);
    const key = name === 'iTXt' ? keyword : name;
    found.set(key, Buffer.concat([found.get(key) ?? Buffer.alloc(0), contents]));
  }
  return found;
}

/** The block of a CSV: the last field of its first row. */
function csvBlock(file: Buffer): string {
  const [, quoted = ''] =
    /^[^\r]*,frankenscope\r\n(?:[^"\r]|"(?:[^"]|"")*")*?,"((?:[^"]|"")*)"\r\n/.exec(file.toString()) ?? [];
  return quoted.replaceAll('""', '"');
}

/** What is no sentence about numbers. */
const COMMANDS_OF_THE_SCREEN = /\b(Choose|Press|Click|Drag|Enter:|Run it|chosen above|chosen on)\b/;

/**
 * What heads a picture: a sentence that the page says of this chart, or what is drawn of which models; below it what was measured, on
 * which models, by name and folder.
 */
function expectHeading({ title, measured, checkpoints }: FigureFacts, screen: OnScreen): void {
  const drawn = checkpoints.filter(({ name, folder }) => measured.includes(`${name} (${folder})`));
  expect(drawn.length).toBeGreaterThan(0);
  const names = drawn.map(({ name }) => name).join(', ');
  const plain = `${screen.title}: ${names.replace(/, ([^,]*)$/, ' and $1')}.`;
  if ([plain, `${screen.title}.`].includes(title))
    for (const { name } of drawn) expect(title.split(/[\s,.]+/)).toContain(name);
  else {
    for (const sentence of title.split(/(?<=\.) (?=[A-Z])/)) expect(screen.found).toContain(sentence);
    expect(measured).toContain(`${screen.title}: `);
  }
}

/** The words that a shell makes of a command, behind `npm run -s headless --`. */
function wordsOf(command: string): readonly string[] {
  const script = command.replace(/^npm /, `npm() { printf '%s\\0' "$@"; }; npm `);
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(4, -1);
}

/** The command of a chart is one that its command reads: as the settings and the models that the chart says it is of. */
function expectCommand({ command, analysis, settings, checkpoints, remarks }: FigureFacts): void {
  const [name = '', ...flagWords] = wordsOf(command ?? '');
  const own = COMMANDS[name];
  if (!own) throw new Error(`no command ${name}`);
  expect(name).toBe(analysis);
  const flags = readFlags(own, flagWords);
  const declared =
    DECLARATIONS.find(({ declaration }) => declaration.name === name)?.declaration.settings ?? {};
  for (const [setting, value] of Object.entries(settingValues(declared, new FlagReader(flags))))
    // Exact spectra draw nothing: of a seed the chart says nothing.
    if (setting in settings) expect([setting, value ?? null]).toEqual([setting, settings[setting] ?? null]);
  const asked = Object.values(flags)
    .flat()
    .filter((value) => /^demo:/.test(String(value)));
  const without = checkpoints.filter((one) =>
    remarks.some((remark) => remark.includes(`no flag for ${one.name}`)),
  );
  expect(asked.sort()).toEqual(
    checkpoints
      .filter((one) => !without.includes(one))
      .map(({ folder }) => folder)
      .sort(),
  );
}

/** A picture of this form; it stays chosen. */
async function ofForm(figure: Locator, slide: boolean): Promise<void> {
  await figure.getByText('Export', { exact: true }).click();
  await figure.getByRole('checkbox', { name: '16:9' }).setChecked(slide);
  await figure.getByText('Export', { exact: true }).click();
}

/** The chart fills its slide, and the command stands below it. */
async function expectSlide(page: Page, figure: Locator, { title, command }: FigureFacts): Promise<void> {
  await ofForm(figure, true);
  const { name, file } = await exported(page, figure, 'SVG');
  await ofForm(figure, false);
  const { texts } = svgContents(file);
  expect(letters(texts), name).toContain(letters([title]));
  // Nothing of the demo's is so long that words of it were left out.
  expect(letters(texts), name).toContain(letters([command ?? '']));
  const filled = await page.evaluate(
    (source) => {
      const svg = document.importNode(
        new DOMParser().parseFromString(source, 'image/svg+xml').documentElement,
        true,
      ) as unknown as SVGSVGElement;
      document.body.append(svg);
      const boxes = [...svg.children].flatMap((child) =>
        child instanceof SVGTextElement ? [child.getBBox()] : [],
      );
      const drawn = svg.querySelector<SVGGElement>(':scope > g')?.getBoundingClientRect();
      const at = svg.getBoundingClientRect();
      const middle = drawn ? (drawn.top + drawn.bottom) / 2 - at.top : 0;
      const [above, below] = [true, false].map((is) => boxes.filter(({ y }) => y < middle === is));
      const head = Math.max(...(above ?? []).map(({ y, height }) => y + height));
      const foot = Math.min(...(below ?? []).map(({ y }) => y));
      const left = Math.min(...boxes.map(({ x }) => x));
      svg.remove();
      return {
        size: [at.width, at.height],
        width: (drawn?.width ?? 0) / (at.width - 2 * left),
        height: (drawn?.height ?? 0) / (foot - head),
      };
      // The page has its faces, and takes no other style sheets.
    },
    file.toString().replace(/<style>.*?<\/style>/s, ''),
  );
  expect(filled.size, name).toEqual([1920, 1080]);
  expect(filled.width, name).toBeGreaterThan(0.8);
  expect(filled.height, name).toBeGreaterThan(0.8);
}

/** All formats of a chart, compared with each other and with the screen. Resolves to its block. */
async function checked(page: Page, figure: Locator): Promise<FigureFacts> {
  // Nothing is read: the sentence stands where the readout would be.
  await page.mouse.move(0, 0);
  const screen = await onScreen(page, figure);
  const svg = await exported(page, figure, 'SVG');
  const { texts, block } = svgContents(svg.file);
  const facts = v.parse(figureFacts, JSON.parse(block));
  const own = [...factLines(facts), ...(facts.command === null ? [] : [facts.command])];
  // n and the kind of interval stand in the line of what was measured and below the picture.
  const note = screen.note.filter(
    (part) => part !== facts.interval && !facts.measured.includes(`; ${part}.`),
  );
  const written = [facts.title, facts.measured, facts.definition, note.join(' · '), ...screen.drawn, ...own];
  expect(words(texts), svg.name).toEqual(words(written));
  expect(texts.join(' '), svg.name).not.toMatch(COMMANDS_OF_THE_SCREEN);
  expectHeading(facts, screen);
  expectCommand(facts);
  await expectSlide(page, figure, facts);
  expect(svg.name).toMatch(new RegExp(`^${facts.analysis}-.*\\.svg$`));
  const pdf = pdfText((await exported(page, figure, 'PDF')).file);
  expect(letters([pdf.text]), svg.name).toBe(letters(texts));
  const png = chunks((await exported(page, figure, 'PNG')).file);
  const csv = (await exported(page, figure, 'CSV')).file;
  const json = JSON.parse((await exported(page, figure, 'JSON')).file.toString()) as {
    rows: readonly object[];
    frankenscope: FigureFacts;
  };
  expect(json.rows.length).toBeGreaterThan(0);
  const parquet = Uint8Array.from((await exported(page, figure, 'Parquet')).file).buffer;
  // Numbers beside texts in one column are texts in it.
  const asTexts = (rows: readonly object[]): readonly string[] =>
    rows.flatMap((row) => Object.entries(row).map(([name, value]) => `${name}: ${value}`));
  expect(asTexts(await parquetReadObjects({ file: parquet })), svg.name).toEqual(asTexts(json.rows));
  const inParquet = parquetMetadata(parquet).key_value_metadata?.[0]?.value ?? '';
  const inPng =
    png
      .get('frankenscope')
      ?.toString()
      .replace(/^[^{]*/, '') ?? '';
  const blocks = [pdf.metadata, inPng, csvBlock(csv), inParquet].map(
    (text) => JSON.parse(text) as FigureFacts,
  );
  for (const other of [...blocks, json.frankenscope])
    expect({ ...other, date: facts.date }, svg.name).toEqual(facts);
  return facts;
}

/** Looks at what a run has just left, on every screen, and goes back to the first. */
async function seenWhole(page: Page, of: string): Promise<void> {
  await expectWholeOnEveryScreen(page, of);
  await page.setViewportSize({ width: 1280, height: 720 });
  // A chart is laid out for its room some frames later.
  await page.evaluate(async () => {
    for (let frame = 0; frame < 10; frame++) await new Promise(requestAnimationFrame);
  });
}

/** All charts of the page that is shown, by their titles. */
async function all(page: Page): Promise<ReadonlyMap<string, FigureFacts>> {
  const found = new Map<string, FigureFacts>();
  const figures = page.getByRole('main').locator('figure:has(summary)');
  await expect(figures.first()).toBeVisible(DONE);
  for (const figure of await figures.all())
    found.set((await figure.getByRole('heading').textContent()) ?? '', await checked(page, figure));
  return found;
}

/** Runs a command as a shell reads it, and gives what it wrote. */
async function byCommand(command: string | null | undefined, out: string): Promise<string> {
  const said = [...wordsOf(command ?? '')];
  said[said.indexOf('--out') + 1] = join(folder.path, out);
  const { code, stderr } = await headless([...said, '--quiet'], undefined, {
    env: { FRANKENSCOPE_CACHE: join(folder.path, 'cache') },
  });
  expect(code, stderr).toBe(0);
  return join(folder.path, out);
}

test('every chart leaves the page whole, in every format, and says where it comes from', async ({ page }) => {
  const main = page.getByRole('main');
  const seen = new Set<string>();
  const found = async (): Promise<ReadonlyMap<string, FigureFacts>> => {
    const figures = await all(page);
    for (const { analysis } of figures.values()) seen.add(analysis);
    return figures;
  };
  const measure = async (title: string): Promise<void> => {
    await pick(main, 'Measure', title);
    await page.setViewportSize(PHONE);
    await main.getByRole('button', { name: `Measure ${title.toLowerCase()}` }).press('Enter');
    await expect(main.getByRole('button', { name: `${title} is measured` })).toBeVisible(DONE);
    await seenWhole(page, title);
  };
  const run = async (probe: string): Promise<void> => {
    await page.setViewportSize(PHONE);
    // No pointer is left over a chart, as on a phone: what it read would be said.
    await main.getByRole('button', { name: 'Run', exact: true }).press('Enter');
    await expect(main.getByRole('button', { name: /^Save the results of/ })).toBeVisible(DONE);
    await expect(main.getByRole('button', { name: 'Run', exact: true })).toBeDisabled(DONE);
    await seenWhole(page, probe);
  };

  await openDemo(page, 'characterize');
  await test.step('energy; the first picture is the second', async () => {
    await measure('Energy');
    const figure = main.getByRole('figure', { name: 'Update energy per layer' });
    const [first, second] = [
      chunks((await exported(page, figure, 'PNG')).file),
      chunks((await exported(page, figure, 'PNG')).file),
    ];
    expect(first.get('IDAT')?.length).toBeGreaterThan(10_000);
    expect(first.get('IDAT')?.equals(second.get('IDAT') ?? Buffer.alloc(0))).toBe(true);
    const facts = (await found()).get('Update energy per layer');
    expect(facts?.checkpoints.slice(0, 3).map(({ name, folder }) => [name, folder])).toEqual([
      ['Base', 'demo:base'],
      ['IN', 'demo:in'],
      ['RL', 'demo:rl'],
    ]);
  });
  await test.step('diversity and overlap', async () => {
    await measure('Diversity');
    await found();
    await main.getByText('Surface', { exact: true }).click();
    await found();
    await measure('Overlap');
    await found();
  });

  await page.evaluate(() => (location.hash = '#localize'));
  await main.getByText('More settings').click();
  await test.step('token swap; the command makes the same numbers', async () => {
    await set(main, 'Pairs of each task', 1);
    await run('Token swap');
    const facts = (await found()).get('Change rate per layer');
    expect(facts?.n).toMatchObject({ least: 1, most: 1 });
    const out = await byCommand(facts?.command, 'swap');
    const { frankenscope } = JSON.parse(readFileSync(join(out, 'layer_swap_summary.json'), 'utf8')) as {
      frankenscope: { rates: { paper: { task: Task; layers: { layer: number; rate: number }[] }[] } };
    };
    const figure = main.getByRole('figure', { name: 'Change rate per layer' });
    const { rows } = JSON.parse((await exported(page, figure, 'JSON')).file.toString()) as {
      rows: readonly Readonly<Record<string, number>>[];
    };
    // The page counts layers from 1, in percent.
    expect(
      frankenscope.rates.paper.flatMap(({ task, layers }) =>
        layers.map(({ layer, rate }) => [TASK_NAMES[task], layer + 1, 100 * rate]),
      ),
    ).toEqual(
      Object.values(TASK_NAMES).flatMap((task) =>
        rows.map((row) => [task, row['layer'], row[`${task}, change rate (%)`]]),
      ),
    );
  });
  await test.step('a slide', async () => {
    const figure = main.getByRole('figure', { name: 'Change rate per layer' });
    await ofForm(figure, true);
    const { name, file } = await exported(page, figure, 'PNG');
    expect(name).toMatch(/-slide\.png$/);
    const head = chunks(file).get('IHDR');
    expect([head?.readUInt32BE(0), head?.readUInt32BE(4)]).toEqual([3840, 2160]);
  });
  // Patching says something of questions that both models answer otherwise: of answers that end.
  const probes = { Ablation: 8, Attention: 8, 'Logit lens': 8, Patching: 64, 'Token difference': 8 };
  for (const [probe, tokens] of Object.entries(probes))
    await test.step(probe, async () => {
      await choose(main, probe);
      await set(main, 'Samples', tokens === 8 ? 2 : 6);
      await set(main, 'Most new tokens', tokens);
      await run(probe);
      await found();
    });
  await test.step('settings that were unfolded by hand fold with the next run', async () => {
    await openSettings(main);
    await set(main, 'Samples', 3);
    await run('Token difference again');
    await expect(main.getByRole('spinbutton', { name: 'Samples' })).toBeHidden();
    await openSettings(main);
    await expect(main.getByRole('spinbutton', { name: 'Samples' })).toBeVisible();
    await expect(main.getByRole('group', { name: 'Early, Mid, Late:' })).toBeVisible();
  });

  for (const [hash, label] of [
    ['transfer', 'Evaluate'],
    ['necessity', 'Evaluate'],
    ['perception', 'Ask'],
  ] as const)
    await test.step(hash, async () => {
      await page.evaluate((to) => (location.hash = to), `#${hash}`);
      await set(main, 'Samples of each set', 1);
      await set(main, 'New tokens', 8);
      await expect(main.getByText(/^\d+ answers\b/).first()).toBeVisible(DONE);
      // What was answered for one page is there on the next.
      const begin = main.getByRole('button', { name: new RegExp(`^(${label}|Go on)$`) });
      await page.setViewportSize(PHONE);
      if (await begin.isEnabled()) await begin.press('Enter');
      await expect(main.getByText(/answers, all of them kept/).first()).toBeVisible(DONE);
      await seenWhole(page, hash);
      await found();
    });

  expect([...seen].sort()).toEqual(DECLARATIONS.map(({ declaration }) => declaration.name).sort());
});
