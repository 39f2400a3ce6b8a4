/** A link opens the analysis that it names with its settings, and what is set is in the link. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { clearStage, stageApp } from '../testing/stage.ts';

beforeEach(() => localStorage.clear());
afterEach(() => {
  clearStage();
  history.replaceState(null, '', '#');
});

test('of Localize', async () => {
  history.replaceState(null, '', '#localize?do=tokens&samples=4&forcedBy=nobody');
  const { app } = await stageApp({});
  await expect.poll(() => app.localize.probe).toBe('tokens');
  // What is no such setting is left as it begins, and so it is in no link.
  expect(app.localize.store.values).toMatchObject({ samples: 4, forcedBy: 'rl' });
  await expect.poll(() => location.hash).toBe('#localize?do=tokens&samples=4');

  location.hash = '#localize?do=tokens&samples=99999999';
  await expect.poll(() => location.hash).toBe('#localize?do=tokens&samples=10000');
  app.localize.store.set('samples', null);
  await expect.poll(() => location.hash).toBe('#localize?do=tokens&samples=');
  await userEvent.click(page.getByText('Token swap', { exact: true }));
  await expect.poll(() => location.hash).toBe('#localize');

  location.hash = '#localize?do=ablate&parts=attention~mlp';
  await expect.poll(() => app.localize.probe).toBe('ablate');
  expect(app.localize.store.values).toMatchObject({ parts: ['attention', 'mlp'], samples: 50 });
  location.hash = '#localize?do=nothing';
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(app.localize.probe).toBe('ablate');
});

test('of Characterize, and of a page that is left', async () => {
  history.replaceState(null, '', '#characterize?do=diversity&topk=7&rounding=reference');
  const { app } = await stageApp({});
  await expect.poll(() => app.characterize.measure).toBe('diversity');
  expect(app.characterize.store.values).toMatchObject({ topk: 7, rounding: 'reference' });
  app.view.go('localize');
  await expect.poll(() => location.hash).toBe('#localize');
  app.view.go('characterize');
  await expect.poll(() => location.hash).toMatch(/^#characterize\?do=diversity&.*topk=7/);
});

test('the browser goes back and forward between pages that are asked something, and each is asked its own', async () => {
  const { app } = await stageApp({});
  const { view } = app;
  view.go('study');
  view.go('localize');
  await expect.poll(() => document.querySelector('h1')?.textContent).toMatch(/^Which layers/);
  app.localize.store.set('samples', 2);
  const asked = '#localize?do=swap&samples=2';
  await expect.poll(() => location.hash).toBe(asked);
  for (let time = 0; time < 2; time++) {
    history.back();
    await expect.poll(() => view.page).toBe('study');
    await expect.poll(() => document.querySelector('h1')?.textContent).toMatch(/analyses together/);
    history.forward();
    await expect.poll(() => view.page).toBe('localize');
    await expect.element(page.getByRole('spinbutton', { name: 'Pairs of each task' })).toHaveValue(2);
    expect(location.hash).toBe(asked);
  }
  expect(app.studies.chosen).toBe('carried');
});

test('of evaluations, each by its own', async () => {
  history.replaceState(
    null,
    '',
    '#necessity?do=necessity&samples=99999999&maxNewTokens=99999999&style=none&seed=first',
  );
  const { app } = await stageApp({});
  await expect.poll(() => app.necessity.choice.samples).toBe(10_000);
  expect(app.necessity.choice.values).toMatchObject({ style: 'none', seed: 123, maxNewTokens: 32_768 });
  await expect
    .poll(() => location.hash)
    .toBe('#necessity?do=necessity&samples=10000&style=none&maxNewTokens=32768');

  location.hash = '#perception?do=disentangle&text=black&maxNewTokens=9';
  await expect.poll(() => app.perception.text).toBe('black');
  expect(app.perception.choice.values).toMatchObject({ maxNewTokens: 9, samples: 50 });
  app.perception.chosenText = 'alone';
  await expect.poll(() => location.hash).toBe('#perception?do=disentangle&text=alone&maxNewTokens=9');
  location.hash = '#transfer?do=necessity&samples=7';
  await expect.poll(() => app.view.page).toBe('transfer');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(app.evaluation.choice.samples).toBe(50);
});
