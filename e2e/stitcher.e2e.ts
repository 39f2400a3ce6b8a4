import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { DIST } from '../scripts/paths.mjs';
import { AppPage } from './app.ts';
import { goldenFolder } from './fixtures/goldens.ts';
import { tensorsOf } from './fixtures/safetensors.ts';
import { expect, test } from './page.ts';

/** The demo family, as the built app carries it. */
const demoFolder = (checkpoint: string): string => join(DIST, 'demo', checkpoint);
const demo = (checkpoint: string, file: string): Buffer => readFileSync(join(demoFolder(checkpoint), file));

/** The user's directory is one of the browser's own: no dialog can be answered here. */
async function answerDirectoryDialog(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.assign(window, { showDirectoryPicker: () => navigator.storage.getDirectory() });
  });
}

/** The files of a folder in the directory of `answerDirectoryDialog`. */
async function writtenFiles(page: Page, folder: string): Promise<Map<string, Buffer>> {
  const files = await page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    const found: [string, string][] = [];
    for await (const handle of (await root.getDirectoryHandle(name)).values()) {
      const bytes = new Uint8Array(await (await (handle as FileSystemFileHandle).getFile()).arrayBuffer());
      let text = '';
      for (let at = 0; at < bytes.length; at += 32768)
        text += String.fromCharCode(...bytes.subarray(at, at + 32768));
      found.push([handle.name, btoa(text)]);
    }
    return found;
  }, folder);
  return new Map(files.map(([name, text]) => [name, Buffer.from(text, 'base64')]));
}

const strip = (page: Page): Locator => page.getByRole('group', { name: 'Donor of each layer of the merge' });
const layer = (page: Page, index: number): Locator =>
  strip(page).getByRole('button', { name: new RegExp(`^Layer ${index},`) });
const blocks = (page: Page): Locator => page.getByRole('textbox', { name: 'Blocks, Early to Late' });
const plan = (page: Page): Locator => page.getByRole('table', { name: 'What goes where in the merge' });

test('the demo family stitched by notation: previewed, run, exported, read back', async ({ page }) => {
  await answerDirectoryDialog(page);
  const app = new AppPage(page);
  await app.start();
  await app.open('IN', demoFolder('in'));
  await app.open('RL', demoFolder('rl'));
  await page.getByRole('main').focus();
  await page.keyboard.press('4');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('carry its skill');

  const before = tensorsOf(demo('in', 'model.safetensors'));
  const after = tensorsOf(demo('rl', 'model.safetensors'));
  const layers =
    1 + Math.max(...[...before.keys()].map((name) => Number(/layers\.(\d+)/.exec(name)?.[1] ?? 0)));
  const early = Math.floor(layers / 3);

  await blocks(page).fill('in:rl:rl');
  await blocks(page).press('Enter');
  await expect(blocks(page)).toHaveValue('IN:RL:RL');
  const row = (name: string) => plan(page).getByRole('row').filter({ hasText: name });
  await expect(row(`Layers 1–${early}`)).toContainText('IN');
  await expect(row(`Layers ${early + 1}–${layers}`)).toContainText('RL');
  await expect(row('Whole').getByRole('cell').nth(1)).toHaveText(String(before.size));

  await page.getByRole('spinbutton', { name: 'Largest file, GB' }).fill('0.002');
  await page.getByRole('button', { name: 'Export folder' }).click();
  await expect(page.getByText(/^\d+ files, .* written to/)).toBeVisible();
  const files = await writtenFiles(page, 'merge-IN-RL-RL');
  const index = JSON.parse(files.get('model.safetensors.index.json')?.toString() ?? '') as {
    metadata: { total_size: number };
    weight_map: Record<string, string>;
  };
  const shards = [...files.keys()].filter((name) => name.endsWith('.safetensors')).sort();
  expect(shards.length).toBeGreaterThan(1);
  expect([...new Set(Object.values(index.weight_map))].sort()).toEqual(shards);
  const merged = new Map(
    shards.flatMap((shard) =>
      [...tensorsOf(files.get(shard) as Buffer)].map(([name, tensor]) => [name, { shard, ...tensor }]),
    ),
  );
  expect([...merged.keys()].sort()).toEqual([...before.keys()].sort());
  for (const [name, { shard, dtype, shape, bytes }] of merged) {
    expect(index.weight_map[name], name).toBe(shard);
    const taken = Number(/^model\.layers\.(\d+)/.exec(name)?.[1] ?? -1) >= early ? after : before;
    const own = taken.get(name);
    expect([dtype, shape], name).toEqual([own?.dtype, own?.shape]);
    expect(bytes.equals(own?.bytes ?? Buffer.of()), name).toBe(true);
  }
  const size = [...merged.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  expect(index.metadata.total_size).toBe(size);
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json'])
    expect(files.get(name)?.equals(demo('in', name)), name).toBe(true);
  expect(files.get('README.md')?.toString()).toContain('# Merge IN:RL:RL');
  expect(files.has('frankenscope-recipe.json')).toBe(true);

  await test.step('a second export does not write over the first', async () => {
    await page.getByRole('button', { name: 'Export folder' }).click();
    await expect(page.getByRole('alert')).toContainText('FolderNotEmpty');
  });

  await test.step('run where it is, nothing rewritten', async () => {
    await page.getByRole('button', { name: 'Run in Try it' }).click();
    await expect(app.layer(early)).toHaveAccessibleName(/IN/);
    await expect(app.layer(early + 1)).toHaveAccessibleName(/RL/);
    const most = app.tryIt.getByRole('spinbutton', { name: 'Most new tokens' });
    if (!(await most.isVisible())) await app.tryIt.getByText('Settings').click();
    await most.fill('4');
    await most.blur();
    await app.ask('What is 2 + 3?');
    const [intact, stitched] = await app.answers();
    expect(intact).toMatch(/\S/);
    expect(stitched).toMatch(/\S/);
  });
});

test('by keyboard: layers change hands on the strip, and the recipe goes out as mergekit’s file and comes back', async ({
  page,
}) => {
  const app = new AppPage(page);
  await app.start();
  await app.choose('IN', goldenFolder('untied-gqa2-f16'));
  await app.choose('RL', goldenFolder('untied-gqa2-f16-b'));
  await page.getByRole('main').focus();
  await page.keyboard.press('4');
  await expect(layer(page, 1)).toHaveAccessibleName(/IN/);
  await expect(page.getByText('Space hands a layer to the chosen donor')).toBeAttached();

  await layer(page, 1).focus();
  await page.keyboard.press('ArrowRight');
  await expect(layer(page, 2)).toBeFocused();
  await page.keyboard.press('Shift+ArrowRight');
  await expect(layer(page, 3)).toBeFocused();
  await page.keyboard.press('r');
  await expect(layer(page, 2)).toHaveAccessibleName(/RL/);
  await expect(layer(page, 3)).toHaveAccessibleName(/RL/);
  await expect(blocks(page)).toHaveValue('IN:RL:RL');
  await expect(plan(page)).toContainText('Layers 2–3');

  await page.keyboard.press('i');
  await expect(layer(page, 3)).toHaveAccessibleName(/IN/);
  await expect(blocks(page)).toHaveValue('IN:RL:IN');
  // The donor that clicks and Space hand layers to is RL, the first that is not the frame.
  await page.keyboard.press('Home');
  await page.keyboard.press('End');
  await page.keyboard.press(' ');
  await expect(blocks(page)).toHaveValue('IN:RL:RL');

  await test.step('a wrong notation is named and changes nothing', async () => {
    await blocks(page).fill('IN:XX:RL');
    await blocks(page).press('Enter');
    await expect(page.getByRole('alert')).toContainText('UnknownDonor');
    await expect(plan(page)).toContainText('Layers 2–3');
  });

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export mergekit YAML' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('merge-IN-RL-RL.yml');
  await page.getByRole('button', { name: 'As it was' }).click();
  await expect(blocks(page)).toHaveValue('IN');
  const saved = { name: 'again.yml', mimeType: 'application/yaml', buffer: readFileSync(await file.path()) };
  await page.getByLabel('Recipe file').setInputFiles(saved);
  await expect(blocks(page)).toHaveValue('IN:RL:RL');
});
