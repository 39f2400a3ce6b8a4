import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { AppPage } from './app.ts';
import { goldenFolder } from './fixtures/goldens.ts';
import { expect, test } from './page.ts';

const strip = (page: Page): Locator => page.getByRole('group', { name: 'Donor of each layer of the merge' });
const layer = (page: Page, index: number): Locator =>
  strip(page).getByRole('button', { name: new RegExp(`^Layer ${index},`) });
const blocks = (page: Page): Locator => page.getByRole('textbox', { name: 'Blocks, Early to Late' });
const plan = (page: Page): Locator => page.getByRole('table', { name: 'What goes where in the merge' });

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
