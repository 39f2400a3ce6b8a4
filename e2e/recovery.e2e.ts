import { AppPage } from './app.ts';
import { goldenCase, goldenFolder, goldenText } from './fixtures/goldens.ts';
import { expect, test } from './page.ts';

test('the engine dies in the middle of an answer: it is rebuilt from the files and the answer goes on', async ({
  page,
}) => {
  const app = new AppPage(page);
  await app.start();
  await app.open('Base', goldenFolder('untied-gqa4-f32'));
  await app.try('Base', 1500);
  await app.ask('What is two plus three? Think step by step.');
  await expect(app.answer.locator('p[aria-busy]')).toHaveText(/^.{20}/su);

  // It may be over between two looks: each frame is looked at, from before the kill on.
  const told = page.waitForFunction(
    () => document.body.textContent?.includes('The engine is being rebuilt.'),
    undefined,
    { polling: 'raf' },
  );
  const engine = page.workers().find((worker) => worker.url().includes('engine'));
  await engine?.evaluate(() => {
    setTimeout(() => {
      throw new Error('killed for the test');
    });
  });
  await told;
  await expect(page.getByText('The engine is being rebuilt.')).toBeHidden();

  const [answer = ''] = await app.answers();
  await expect(app.answer).toContainText('Stopped at the limit of new tokens.');
  await expect(page.getByRole('alert')).toBeHidden();
  const golden = goldenText(goldenCase('untied-gqa4-f32', 'text').greedy);
  // The last token of the golden may end within a character.
  expect(answer.slice(0, golden.length - 1)).toBe(golden.slice(0, -1));
  await expect(app.slot('Base').getByRole('button', { name: 'Unload Base' })).toBeVisible();
});
