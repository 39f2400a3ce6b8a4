import { AppPage } from './app.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { goldenCase, goldenFolder, goldenImage, goldenText } from './fixtures/goldens.ts';
import { slowCheckpoint } from './fixtures/large-folders.ts';
import { expect, test } from './page.ts';

const QUESTION = 'What is in the picture?';
/** From the press of Cancel to a page that can load again, in ms and of a whole load. A piece under way is finished first. */
const CANCEL_MS = 2000;
const CANCEL_SHARE = 0.25;

let folder: ReturnType<typeof temporaryFolder>;
test.beforeAll(() => {
  folder = temporaryFolder();
});
test.afterAll(() => folder.dispose());

test('a load is cancelled at once, and the next one comes through', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  await app.choose('Base', slowCheckpoint(folder.path, 'slow-base', 12));
  await app.setLoading('WASM', 'q4');
  const slot = app.slot('Base');
  const load = slot.getByRole('button', { name: 'Load Base' });
  await load.click();
  // Some bytes of the 390 MB have arrived.
  await expect(slot.getByText(/MiB of \d+ MiB ·/)).toBeVisible();
  const pressed = Date.now();
  await slot.getByRole('button', { name: 'Cancel loading Base' }).click();
  await expect(load).toBeVisible();
  const latency = Date.now() - pressed;
  test.info().annotations.push({ type: 'cancel latency', description: `${latency} ms` });
  await expect(slot.getByRole('alert')).toBeHidden();

  const again = Date.now();
  await app.load('Base');
  expect(latency).toBeLessThan(Math.max(CANCEL_MS, CANCEL_SHARE * (Date.now() - again)));
  await expect(slot).toContainText('WASM, q4');
  await app.try('Base', 8);
  await app.ask('Hi');
  // All its weights are 0: every token is the first.
  expect(await app.answers()).toEqual(['!'.repeat(8)]);
});

test('kept weights: after a reload the same folder loads from storage and answers the same', async ({
  page,
}) => {
  const golden = goldenText(goldenCase('untied-gqa4-f32', 'square').greedy);
  const app = new AppPage(page);
  const ask = async () => {
    await app.try('Base');
    await app.attach(goldenImage('square'));
    await app.ask(QUESTION);
    return app.answers();
  };
  await app.start();
  await app.choose('Base', goldenFolder('untied-gqa4-f32'));
  await app.setLoading('WASM', 'f32');
  await page.getByRole('checkbox', { name: 'Keep converted weights on this machine' }).check();
  await app.load('Base');
  await expect(app.slot('Base')).not.toContainText('storage');
  expect(await ask()).toEqual([golden]);

  await test.step('a reload keeps the place and asks for the folder anew', async () => {
    await page.reload();
    await expect(app.tryIt).toBeVisible();
    await expect(app.tryIt).toContainText('No checkpoint is open yet.');
    await expect(page.getByRole('alert')).toBeHidden();
    for (const slot of ['Base', 'IN', 'RL'] as const) {
      await expect(app.slot(slot).getByRole('button', { name: 'Choose a folder' })).toBeVisible();
    }
  });

  await app.choose('Base', goldenFolder('untied-gqa4-f32'));
  await app.setLoading('WASM', 'f32');
  await page.getByRole('checkbox', { name: 'Keep converted weights on this machine' }).check();
  await app.load('Base');
  await expect(app.slot('Base')).toContainText('from this machine’s storage');
  expect(await ask()).toEqual([golden]);

  await page.getByText('Kept weights').first().click();
  await page.getByRole('button', { name: 'Delete untied-gqa4-f32 f32' }).click();
  await expect(page.getByRole('button', { name: /^Delete/ })).toBeHidden();
});

test('several models in slots, unloaded and closed one by one', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  await app.choose('Base', goldenFolder('untied-gqa2-f16'));
  await app.choose('IN', goldenFolder('untied-gqa2-f16-b'));
  await app.choose('RL', goldenFolder('tied-gqa1-bf16-old'));
  await app.setLoading('WASM', 'f32');
  await page.getByRole('button', { name: 'Load all 3' }).click();
  for (const name of ['Base', 'IN', 'RL'] as const) {
    await expect(app.slot(name).getByRole('button', { name: `Unload ${name}` })).toBeVisible();
  }
  await app.try('RL');
  await expect(app.tryIt).toContainText('Base cannot give layers to this model: layers 3, not 4.');
  await app.attach(goldenImage('square'));
  await app.ask(QUESTION);
  expect(await app.answers()).toEqual([goldenText(goldenCase('tied-gqa1-bf16-old', 'square').greedy)]);

  await app.slot('IN').getByRole('button', { name: 'Unload IN' }).click();
  await expect(app.slot('IN').getByRole('button', { name: 'Load IN' })).toBeVisible();
  await app.slot('RL').getByRole('button', { name: 'Close RL' }).click();
  await expect(app.slot('RL').getByRole('button', { name: 'Choose a folder' })).toBeVisible();
  await app.try('Base');
  await app.ask(QUESTION);
  expect(await app.answers()).toEqual([goldenText(goldenCase('untied-gqa2-f16', 'square').greedy)]);
});
