import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { clearStage, stageApp } from '../testing/stage.ts';
import { TRY_IT_KEY } from './page-facts.ts';
import { PAGES } from './pages.ts';

afterEach(clearStage);

test('every page has its key, its place in the navigation, its title and its heading', async () => {
  const { app } = await stageApp();
  const entries = page.getByRole('navigation', { name: 'Pages' }).getByRole('button');
  expect(entries.elements().map((entry) => entry.textContent?.replace(/^\s*\d\s*/, '').trim())).toEqual(
    PAGES.map(({ title }) => title),
  );
  for (const { id, key, title, question } of PAGES) {
    await userEvent.keyboard(key);
    expect(app.view.page).toBe(id);
    expect(location.hash).toBe(`#${id}`);
    await expect.poll(() => document.title).toBe(`${title} · Frankenscope`);
    await expect.element(page.getByRole('heading', { level: 1 })).toHaveTextContent(question);
    await expect.element(page.getByRole('button', { name: title, exact: false }).first()).toBeVisible();
  }
  expect(new Set(PAGES.map(({ key }) => key)).size).toBe(PAGES.length);
});

test('the last digit opens Try it, wherever one is', async () => {
  await stageApp();
  await userEvent.keyboard(TRY_IT_KEY);
  await expect.element(page.getByRole('complementary', { name: 'Try it' })).toBeVisible();
});
