import { AppPage } from './app.ts';
import { expect, test } from './page.ts';

test('the playground: editing the answer moves the rewards', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  await page.keyboard.press('6');
  const playground = page.getByRole('region', { name: 'Edit a response and watch its six rewards' });
  const reward = (name: string) =>
    playground.getByRole('row').filter({ hasText: name }).getByRole('cell').nth(1);
  // The answer 4:45 is wrong and five minutes off: 1/2 + 1/2 · 3/4 of the credit.
  await expect(reward('only-accuracy')).toHaveText('0');
  const before = Number(await reward('continuous').textContent());
  await playground.getByRole('textbox', { name: 'Right answer' }).fill('4:45');
  await expect(reward('only-accuracy')).toHaveText('1');
  const after = Number(await reward('continuous').textContent());
  expect(after - before).toBeCloseTo(0.8 * (1 - 0.875), 2);
  await playground.getByRole('textbox', { name: 'Response' }).fill('no tags');
  await expect(reward('vanilla')).toHaveText('0');
});

test('necessity: settings for a frozen region follow the choice', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  await page.keyboard.press('5');
  const settings = page.getByRole('region', { name: 'Freeze a region in your own training' });
  await expect(settings).toContainText('freeze_trainable_layers: 19');
  await settings.getByText('Mid', { exact: true }).click();
  await expect(settings).toContainText('Not possible');
  await expect(settings).toContainText('layers\\.(9|10|11|12|13|14|15|16|17)\\.');
});

test('perception: a few puzzles by image and by text', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  await page.getByRole('button', { name: 'Open the demo family' }).click();
  // Who is asked is what is loaded: all three, before the question is put.
  await expect(app.tryIt.getByRole('button', { name: 'Ask' })).toBeVisible({ timeout: 120_000 });
  await page.keyboard.press('Escape');
  for (const name of ['Base', 'IN', 'RL'] as const)
    await expect(app.slot(name).getByRole('button', { name: `Unload ${name}` })).toBeVisible({
      timeout: 120_000,
    });
  await expect(page.getByText('demo:rl-frozen-late')).toBeVisible({ timeout: 120_000 });
  await page.keyboard.press('6');
  await page.getByRole('spinbutton', { name: 'Samples of each set' }).fill('1');
  await page.getByRole('spinbutton', { name: 'Samples of each set' }).blur();
  await page.getByRole('spinbutton', { name: 'New tokens' }).fill('4');
  await page.getByRole('spinbutton', { name: 'New tokens' }).blur();
  const main = page.getByRole('main');
  await main.getByRole('button', { name: 'Ask', exact: true }).click();
  const found = main.getByRole('region', { name: 'What was found' });
  await expect(found).toContainText('RL: ', { timeout: 150_000 });
  await expect(found).toContainText('by image');
  await expect(main.getByText(/(\d+) answers, \1 of them kept/)).toBeVisible({ timeout: 120_000 });
});
