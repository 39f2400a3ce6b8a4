import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { clearStage, stageApp } from '../testing/stage.ts';
import { TRY_IT_KEY } from '../analysis-page/page-facts.ts';
import { identityAt, MOST_CHECKPOINTS } from '../theme/identity.ts';
import { helpKeys } from './help-keys.ts';
import { PAGES } from './pages.ts';

afterEach(clearStage);

test('every page has its key, its place in the navigation, its title and its heading', async () => {
  const { app } = await stageApp();
  const entries = page.getByRole('navigation', { name: 'Pages' }).getByRole('button');
  expect(entries.elements().map((entry) => entry.textContent?.replace(/^\s*\d\s*/, '').trim())).toEqual(
    PAGES.map(({ facts }) => facts.title),
  );
  for (const { id, facts } of PAGES) {
    const { key, title, question } = facts;
    await userEvent.keyboard(key);
    expect(app.view.page).toBe(id);
    expect(location.hash).toBe(`#${id}`);
    await expect.poll(() => document.title).toBe(`${title} · Frankenscope`);
    await expect.element(page.getByRole('heading', { level: 1 })).toHaveTextContent(question);
    await expect.element(page.getByRole('button', { name: title, exact: false }).first()).toBeVisible();
  }
  expect(PAGES.map(({ facts }) => facts.key)).toEqual(PAGES.map((_, i) => String(i + 1)));
});

test('the last digit opens Try it, wherever one is', async () => {
  await stageApp();
  await userEvent.keyboard(TRY_IT_KEY);
  await expect.element(page.getByRole('complementary', { name: 'Try it' })).toBeVisible();
});

test('in talk mode the header has one line of a hall’s screen', async () => {
  await page.viewport(1920, 1080);
  const { app } = await stageApp();
  app.appearance.toggleTalk();
  await document.fonts.ready;
  const header = document.querySelector('header');
  await expect.poll(() => header?.getBoundingClientRect().height ?? 0).toBeGreaterThan(80);
  await expect.poll(() => header?.getBoundingClientRect().height ?? 0).toBeLessThan(100);
  app.appearance.toggleTalk();
});

test('no key of a checkpoint is one of the page, which would go elsewhere or change its look', () => {
  const donors = Array.from({ length: MOST_CHECKPOINTS }, (_, position) => identityAt(position).key);
  const others = helpKeys().flatMap(([keys]) => (keys.every((key) => donors.includes(key)) ? [] : keys));
  expect(new Set(donors).size).toBe(MOST_CHECKPOINTS);
  expect(donors.filter((key) => others.includes(key) || /^\d?$/.test(key))).toEqual([]);
});

/** Pages that stand on the body; a study's charts have one of their own. */
const ON_BODY = PAGES.filter(({ id }) => id !== 'study');

test('an address goes to its page with the cuts it carries', async () => {
  const last = ON_BODY.at(-1);
  history.replaceState(null, '', `#${last?.id}?cuts=28:8-20`);
  const { app } = await stageApp();
  expect(app.view.page).toBe(last?.id);
  expect(app.view.cuts(28)).toEqual([8, 20]);
  await expect
    .element(page.getByRole('slider', { name: 'Seam between Mid and Late' }).first())
    .toHaveAttribute('aria-valuetext', 'after layer 20');
});

test('an address typed while the app runs is followed too', async () => {
  const { app } = await stageApp();
  location.hash = '#transfer?try&cuts=28:5-6';
  await expect.element(page.getByRole('complementary', { name: 'Try it' })).toBeVisible();
  expect(app.view.page).toBe('transfer');
  expect(app.view.cuts(28)).toEqual([5, 6]);
});

test('a seam moved on one page has moved on all, and in the address', async () => {
  const { app } = await stageApp();
  const seam = page.getByRole('slider', { name: 'Seam between Early and Mid' }).first();
  for (const [moves, { id }] of ON_BODY.entries()) {
    app.view.go(id);
    await expect
      .element(page.getByRole('heading', { level: 1 }))
      .toHaveTextContent(ON_BODY[moves]?.facts.question ?? '');
    await expect.element(seam).toHaveAttribute('aria-valuetext', `after layer ${9 - moves}`);
    (seam.element() as SVGElement).focus();
    await userEvent.keyboard('{ArrowLeft}');
    await expect.element(seam).toHaveAttribute('aria-valuetext', `after layer ${8 - moves}`);
    expect(location.hash).toBe(`#${id}?cuts=28:${8 - moves}-18`);
  }
});
