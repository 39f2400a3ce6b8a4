import { AppPage } from './app.ts';
import {
  goldenCase,
  goldenFolder,
  goldenImage,
  goldenText,
  stitchedAnswer,
  withoutLayer,
} from './fixtures/goldens.ts';
import { expect, test } from './page.ts';

/** Characters that may follow the press of Stop: the token under way, and what the page still has to draw. */
const MOST_AFTER_STOP = 1000;
const SQUARE = 'What is in the picture?';

test('a folder is chosen, its model asked about an image, and a layer switched off', async ({ page }) => {
  const golden = goldenCase('untied-gqa4-f32', 'square');
  const app = new AppPage(page);
  await app.start();
  await app.choose('Base', goldenFolder('untied-gqa4-f32'));
  const slot = app.slot('Base');
  await expect(slot).toContainText('untied-gqa4-f32');
  await expect(slot).toContainText('3 + 3 vision');
  await expect(slot).toContainText('F32 ×');

  await app.setLoading('WASM', 'f32');
  await app.load('Base');
  await expect(slot).toContainText('WASM, f32');
  await app.try('Base');
  await app.attach(goldenImage('square'));
  await app.ask(SQUARE);
  expect(await app.answers()).toEqual([goldenText(golden.greedy)]);
  await expect(app.answer).toContainText(`${golden.inputIds.length}\u00a0prompt\u00a0tokens`);

  await app.layer(2).click();
  await expect(app.layer(2)).not.toBeChecked();
  await app.ask(SQUARE);
  const [intact, edited] = await app.answers();
  expect(intact).toBe(goldenText(golden.greedy));
  expect(edited).toBe(goldenText(withoutLayer(golden, 1)));
  expect(edited).not.toBe(intact);

  await test.step('asked again by itself when a layer is switched', async () => {
    await app.tryIt.getByRole('checkbox', { name: 'Ask again on change' }).check();
    await app.layer(2).click();
    await app.layer(3).click();
    await expect(app.answer.locator('p[aria-busy=false]').nth(1)).toHaveText(
      goldenText(withoutLayer(golden, 2)),
    );
  });
});

test('layers are handed to a second model, by key and by dragging', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  await app.open('Base', goldenFolder('untied-gqa2-f16'));
  await app.open('RL', goldenFolder('untied-gqa2-f16-b'));
  await app.try('Base');
  await app.attach(goldenImage('square'));

  await app.layer(2).focus();
  await page.keyboard.press('r');
  await expect(app.layer(2)).toHaveAccessibleName(/RL/);
  await app.ask(SQUARE);
  const intact = goldenText(goldenCase('untied-gqa2-f16', 'square').greedy);
  expect(await app.answers()).toEqual([intact, goldenText(stitchedAnswer('aba', 'square'))]);

  await app.layer(2).hover();
  await page.mouse.down();
  await app.layer(3).hover();
  await page.mouse.up();
  await expect(app.layer(3)).toHaveAccessibleName(/RL/);
  await app.ask(SQUARE);
  expect(await app.answers()).toEqual([intact, goldenText(stitchedAnswer('abb', 'square'))]);

  await app.tryIt.getByRole('button', { name: 'As it was' }).click();
  await app.ask(SQUARE);
  expect(await app.answers()).toEqual([intact]);
});

test('the same answer on WebGPU', async ({ page }) => {
  const golden = goldenCase('untied-gqa2-f16', 'square');
  const app = new AppPage(page);
  await app.start();
  await app.open('Base', goldenFolder('untied-gqa2-f16'), 'WebGPU');
  await expect(app.slot('Base')).toContainText('WebGPU, f32');
  await app.try('Base');
  await app.attach(goldenImage('square'));
  await app.ask(SQUARE);
  expect(await app.answers()).toEqual([goldenText(golden.greedy)]);
});

test('an answer under way is stopped, and what it had stays', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  await app.open('Base', goldenFolder('untied-gqa4-f32'));
  await app.try('Base', 4000);
  await app.ask('What is two plus three? Think step by step.');
  await expect(app.answer.locator('p[aria-busy]')).toHaveText(/^.{20}/su);
  // As long as it was when the page heard of the press: seconds would tell of the machine.
  await page.evaluate(() => {
    const said = () => document.querySelector('[aria-label="Answer"] p[aria-busy]')?.textContent ?? '';
    addEventListener('click', () => (document.documentElement.dataset['pressed'] = String(said().length)), {
      capture: true,
      once: true,
    });
  });
  // Without a wait for the page to stand still, which it does not while the answer grows.
  await app.tryIt.getByRole('button', { name: 'Stop' }).dispatchEvent('click');
  const [answer = ''] = await app.answers();
  const pressed = Number(await page.evaluate(() => document.documentElement.dataset['pressed']));
  expect(pressed).toBeGreaterThanOrEqual(20);
  expect(answer.length - pressed).toBeLessThan(MOST_AFTER_STOP);
  await expect(app.answer).toContainText('Stopped.');
  const golden = goldenText(goldenCase('untied-gqa4-f32', 'text').greedy);
  expect(answer.slice(0, 20)).toBe(golden.slice(0, 20));
});

test('folders dropped on the page go to the slots their names speak of', async ({ page }) => {
  const app = new AppPage(page);
  await app.start();
  const driver = await page.context().newCDPSession(page);
  const data = {
    items: [],
    files: [goldenFolder('untied-gqa2-f16'), goldenFolder('untied-gqa7-bf16-new')],
    dragOperationsMask: 1,
  };
  for (const type of ['dragEnter', 'dragOver'] as const) {
    await driver.send('Input.dispatchDragEvent', { type, x: 300, y: 80, data });
  }
  await expect(page.getByText('Drop checkpoint folders')).toBeVisible();
  await driver.send('Input.dispatchDragEvent', { type: 'drop', x: 300, y: 80, data });
  await expect(app.slot('Base')).toContainText('untied-gqa2-f16');
  await expect(app.slot('IN')).toContainText('untied-gqa7-bf16-new');
  await page.getByRole('button', { name: 'Load all 2' }).click();
  await expect(page.getByRole('button', { name: /^Unload/ })).toHaveCount(2);
});
