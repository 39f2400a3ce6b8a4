import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { contrast } from '../src/ui/theme/contrast.ts';
import { AppPage } from './app.ts';
import { goldenCase, goldenFolder, goldenText, withoutLayer } from './fixtures/goldens.ts';
import { expect, test } from './page.ts';

/** More stops than the page has. */
const MOST_STOPS = 80;
/** WCAG AA for text. */
const READABLE = 4.5;

async function tabTo(page: Page, goal: Locator): Promise<void> {
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press('Tab');
    if (await goal.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`no way to ${goal.toString()} by Tab`);
}

test('a folder is opened, loaded, asked and edited without a pointer', async ({ page }) => {
  const golden = goldenCase('untied-gqa4-f32', 'text');
  const app = new AppPage(page);
  await app.start();

  // Asked for early: a dialog that opens before the browser was told to hand it over would stay open.
  const dialog = page.waitForEvent('filechooser');
  await tabTo(page, app.slot('Base').getByRole('button', { name: 'or files' }));
  await page.keyboard.press('Enter');
  const folder = goldenFolder('untied-gqa4-f32');
  await (await dialog).setFiles(readdirSync(folder).map((name) => join(folder, name)));

  const load = app.slot('Base').getByRole('button', { name: 'Load Base' });
  await expect(load).toBeVisible();
  await tabTo(page, page.getByRole('group', { name: 'Run on' }).getByRole('radio', { checked: true }));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await tabTo(page, load);
  await page.keyboard.press('Enter');
  await expect(app.slot('Base').getByRole('button', { name: 'Try Base' })).toBeVisible();

  await page.keyboard.press('t');
  await expect(app.tryIt).toBeVisible();
  await tabTo(page, app.layer(1));
  await page.keyboard.press('ArrowRight');
  await expect(app.layer(2)).toBeFocused();
  await page.keyboard.press('Space');
  await expect(app.layer(2)).not.toBeChecked();

  await tabTo(page, app.tryIt.getByRole('textbox', { name: 'Question' }));
  await page.keyboard.type('What is two plus three? Think step by step.');
  await page.keyboard.press('Control+Enter');
  const [intact = '', edited = ''] = await app.answers();
  expect(intact.startsWith(goldenText(golden.greedy).slice(0, 20))).toBe(true);
  expect(edited.startsWith(goldenText(withoutLayer(golden, 1)).slice(0, 20))).toBe(true);

  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(app.tryIt).toBeHidden();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys and words' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Keys and words' })).toBeHidden();
});

/** Colours of every visible text and of the ground behind it, as the browser computes them. */
async function textColours(page: Page): Promise<{ text: string; colour: string; ground: string }[]> {
  return page.evaluate(() => {
    const opaque = (colour: string) => !/(, 0\)|\/ 0\)|transparent)$/.test(colour);
    const groundOf = (element: Element | null): string => {
      if (!element) return getComputedStyle(document.documentElement).backgroundColor;
      const { backgroundColor } = getComputedStyle(element);
      return opaque(backgroundColor) ? backgroundColor : groundOf(element.parentElement);
    };
    return [...document.body.querySelectorAll<HTMLElement>('*')]
      .filter((element) => element.checkVisibility() && element.clientWidth > 1)
      .flatMap((element) => {
        const text = [...element.childNodes]
          .filter((node) => node.nodeType === Node.TEXT_NODE)
          .map((node) => node.textContent?.trim())
          .join('');
        return text ? [{ text, colour: getComputedStyle(element).color, ground: groundOf(element) }] : [];
      });
  });
}

function hex(colour: string): string {
  const parts = colour.match(/[\d.]+/g)?.slice(0, 3) ?? [];
  return `#${parts.map((part) => Math.round(Number(part)).toString(16).padStart(2, '0')).join('')}`;
}

for (const theme of ['light', 'dark'] as const) {
  test(`text is readable in the ${theme} theme, and everything has a name`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    const app = new AppPage(page);
    await app.start();
    await app.open('Base', goldenFolder('untied-gqa2-f16'));
    await app.try('Base');
    await app.layer(2).click();
    const colours = await textColours(page);
    expect(colours.length).toBeGreaterThan(40);
    const faint = colours.filter(({ colour, ground }) => contrast(hex(colour), hex(ground)) < READABLE);
    expect(faint).toEqual([]);

    for (const role of ['button', 'radio', 'checkbox', 'textbox', 'switch', 'spinbutton'] as const) {
      for (const control of await page.getByRole(role).all())
        await expect(control).toHaveAccessibleName(/\S/);
    }
    await expect(page.getByRole('banner')).toBeVisible();
    await expect(page.getByRole('main')).toBeVisible();
    await expect(page.getByRole('contentinfo')).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  });
}
