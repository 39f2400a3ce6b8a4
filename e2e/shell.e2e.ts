/** What holds all pages: dialogs and keys, scrolling, what a button says, and what stays in sight. */
import type { Page } from '@playwright/test';
import { PAGE_FACTS } from '../src/ui/analysis-page/page-facts.ts';
import { AppPage } from './app.ts';
import { violations } from './axe.ts';
import { ANSWERED, openSettings, set } from './demo-page.ts';
import { expect, test } from './page.ts';

const LOADED = { timeout: 120_000 };
const PHONE = { width: 390, height: 844 };
const LAPTOP = { width: 1440, height: 900 };
const PAGES = Object.entries(PAGE_FACTS);

const goTo = async (page: Page, id: string): Promise<void> => {
  await page.evaluate((to) => (location.hash = to), `#${id}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    PAGE_FACTS[id as keyof typeof PAGE_FACTS].question,
  );
};

const scrolled = (page: Page) =>
  page.evaluate(() => Math.round(document.querySelector('main')?.scrollTop ?? 0));

/** What scrolls beside the page itself, or is wider than it: nothing has to. */
const overflows = (page: Page) =>
  page.evaluate(() => {
    const [root, main, header] = ['html', 'main', 'body > div > header, .shell > header'].map((name) =>
      document.querySelector(name),
    );
    return [
      ...(root && root.scrollHeight > innerHeight ? [`document ${root.scrollHeight} high`] : []),
      ...[root, main].flatMap((box) =>
        box && box.scrollWidth > box.clientWidth ? [`${box.tagName} ${box.scrollWidth} wide`] : [],
      ),
      ...(header && header.getBoundingClientRect().top !== 0 ? ['the header is out of view'] : []),
    ];
  });

test('a phone that opens a page by its address sees its name among the pages', async ({ page }) => {
  await page.setViewportSize(PHONE);
  await page.goto('./#study');
  await expect(page.getByRole('navigation').locator('[aria-current]')).toHaveText(/Study/);
  await expect(page.getByRole('navigation').locator('[aria-current]')).toBeInViewport({ ratio: 1 });
});

test('on every page Esc closes the sheet on top, and no key acts behind it', async ({ page }) => {
  await new AppPage(page).start();
  const stand = () =>
    page.evaluate(() => [document.title, location.hash, document.documentElement.outerHTML.split('>')[0]]);
  const sheet = page.getByRole('dialog');
  for (const [id] of PAGES) {
    await goTo(page, id);
    const definition = page.getByRole('button', { name: 'How this is computed' });
    const opened = [
      ...['?', 'm', 's'].map((key) => () => page.keyboard.press(key)),
      ...((await definition.count()) > 0 ? [() => definition.click()] : []),
    ];
    for (const open of opened) {
      const before = await stand();
      await open();
      await expect(sheet).toBeVisible();
      const isHelp = (await sheet.getByRole('heading', { name: 'Keys and words' }).count()) > 0;
      const keys = ['1', '3', '7', 't', 'd', 'l', 's', 'm', 'b', 'v', ...(isHelp ? [] : ['?'])];
      for (const key of keys) await page.keyboard.press(key);
      await expect(sheet).toHaveCount(1);
      expect(await stand()).toEqual(before);
      await page.keyboard.press('Escape');
      await expect(sheet).toBeHidden();
      expect(await stand()).toEqual(before);
    }
  }
  // From a field in a sheet, and with what lies beneath it, one after another.
  await page.keyboard.press('t');
  await page.keyboard.press('m');
  await sheet.getByRole('button', { name: 'Close' }).focus();
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await expect(page.getByRole('complementary', { name: 'Try it' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary', { name: 'Try it' })).toBeHidden();
});

test('a page begins at its top, one that was left is where it was, and the browser goes back to it', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1000, height: 420 });
  await new AppPage(page).start();
  await page.keyboard.press('5');
  await expect(page).toHaveTitle(/^Necessity/);
  // It may still be laid out, and is put at its top once.
  await expect
    .poll(async () => {
      await page.evaluate(() => document.querySelector('main')?.scrollTo(0, 150));
      await page.waitForTimeout(200);
      return scrolled(page);
    })
    .toBe(150);
  await page.keyboard.press('6');
  await expect(page).toHaveTitle(/^Perception/);
  await expect.poll(() => scrolled(page)).toBe(0);
  await page.keyboard.press('5');
  await expect.poll(() => scrolled(page)).toBe(150);
  await page.goBack();
  await expect(page).toHaveTitle(/^Perception/);
  await expect.poll(() => scrolled(page)).toBe(0);
  await page.goBack();
  await expect(page).toHaveTitle(/^Necessity/);
  await expect.poll(() => scrolled(page)).toBe(150);
  for (const [id] of PAGES) {
    await goTo(page, id);
    expect(await overflows(page)).toEqual([]);
  }
});

test('with the demo family: what is missing is offered, charts stand first and stay, buttons mean something', async ({
  page,
}) => {
  // Every page, sheet and drawer is looked at by axe three times.
  test.setTimeout(900_000);
  await page.setViewportSize(LAPTOP);
  await new AppPage(page).start();
  await goTo(page, 'necessity');
  const main = page.getByRole('main');
  await main.getByRole('button', { name: 'Open the demo family' }).click();
  await expect(main.getByText(/^Open but not loaded/)).toBeVisible(LOADED);
  // Pressed on a page of its own, it is for that page.
  await expect(page.getByRole('progressbar', { name: 'Opening the demo family' })).toBeHidden(LOADED);
  await expect(page.getByRole('complementary', { name: 'Try it' })).toBeHidden();
  const load = main.getByRole('button', { name: 'Load them' });
  await expect(load).toBeVisible(LOADED);

  await test.step('a measured chart stands whole in the first screen, its settings in a line', async () => {
    await page.keyboard.press('3');
    await main.getByRole('button', { name: 'Measure energy' }).click();
    await expect(main.getByRole('button', { name: 'Energy is measured' })).toBeDisabled(LOADED);
    await expect(main.getByRole('figure').first()).toBeInViewport({ ratio: 1 });
    await page.keyboard.press('2');
    await set(main, 'Pairs of each task', 1);
    await main.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(main.getByRole('button', { name: 'Run', exact: true })).toBeDisabled(ANSWERED);
    // Four tasks are four panels: as many as a screen has room for.
    await expect(main.getByRole('figure').first()).toBeInViewport({ ratio: 0.7 });
    const line = main.getByText(/^Settings · Tasks: all · Pairs of each task: 1 ·/);
    await expect(line).toBeInViewport({ ratio: 1 });
    for (const [id] of PAGES) {
      await goTo(page, id);
      expect([id, await overflows(page)]).toEqual([id, []]);
    }
    await goTo(page, 'localize');
  });

  await test.step('other settings leave it in sight, and say what it is of', async () => {
    const found = main.getByRole('region', { name: 'What was found' });
    const sentence = await found.locator('p').first().textContent();
    const of = main.getByText(
      /^Settings have changed: Pairs of each task 1 → 2\. .* of the settings before: Token swap of RL/,
    );
    await expect(of).toBeHidden();
    await openSettings(main);
    await set(main, 'Pairs of each task', 2);
    await expect(of).toBeVisible();
    await expect(found.locator('p').first()).toHaveText(sentence ?? '');
    await expect(main.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
    await set(main, 'Pairs of each task', 1);
    await expect(of).toBeHidden();
    await expect(found.locator('p').first()).toHaveText(sentence ?? '');
  });

  await test.step('on a phone nothing scrolls sideways', async () => {
    await page.setViewportSize(PHONE);
    for (const [id] of PAGES) {
      await goTo(page, id);
      expect([id, await overflows(page)]).toEqual([id, []]);
    }
    await page.setViewportSize(LAPTOP);
  });

  await test.step('axe finds nothing on any page, sheet or drawer, in both themes and on a phone', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    for (const id of [...PAGES.map(([id]) => id), 'open?try']) {
      await page.setViewportSize(LAPTOP);
      await page.evaluate((to) => (location.hash = to), `#${id}`);
      await expect(page.getByRole('complementary', { name: 'Try it' })).toBeVisible({
        visible: id.endsWith('try'),
      });
      await page.evaluate(() => document.querySelectorAll('details').forEach((fold) => (fold.open = true)));
      expect([id, await violations(page)]).toEqual([id, []]);
      // Another theme changes colours alone, another width everything else.
      await page.emulateMedia({ colorScheme: 'dark' });
      expect([id, 'dark', await violations(page, 'colours')]).toEqual([id, 'dark', []]);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize(PHONE);
      expect([id, 'phone', await violations(page, 'the rest')]).toEqual([id, 'phone', []]);
    }
    await goTo(page, 'localize');
    const sheet = page.getByRole('dialog');
    for (const open of ['?', 'm', 's', 'definition']) {
      if (open.length === 1) await page.keyboard.press(open);
      else await main.getByRole('button', { name: 'How this is computed' }).click();
      await expect(sheet).toBeVisible();
      expect([open, await violations(page, 'all', 'dialog[open]')]).toEqual([open, []]);
      await page.keyboard.press('Escape');
    }
    await page.setViewportSize(LAPTOP);
  });

  await test.step('an answer of another stitch is told as such', async () => {
    const app = new AppPage(page);
    await page.keyboard.press('t');
    await app.tryIt.getByRole('button', { name: 'Ask' }).click();
    await app.answers();
    const stale = app.tryIt.getByText(
      /^What is below was answered before the model was changed: .* as it is/,
    );
    await expect(stale).toBeHidden();
    await app.layer(3).click();
    await expect(stale).toBeVisible();
    await app.layer(3).click();
    await expect(stale).toBeHidden();
  });
});
