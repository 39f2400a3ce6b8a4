import type { Page } from '@playwright/test';
import { PAGE_FACTS } from '../src/ui/analysis-page/page-facts.ts';
import { contrast } from '../src/ui/theme/contrast.ts';
import { AppPage } from './app.ts';
import { goldenFolder } from './fixtures/goldens.ts';
import { expectWholeOnEveryScreen } from './first-screen.ts';
import { expect, test } from './page.ts';

/** WCAG AA for text. */
const READABLE = 4.5;
const PHONE = { width: 390, height: 844 };

interface Text {
  readonly text: string;
  /** Red, green, blue, 0…255, as they are seen: blended with the ground where the text is translucent. */
  readonly colour: readonly number[];
  readonly ground: readonly number[];
}

/** Every visible text, HTML's and SVG's, with its colour and the ground behind it, as the browser computes them. */
async function texts(page: Page): Promise<Text[]> {
  return page.evaluate(() => {
    const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const opaque = (colour: string) => !/(, 0\)|\/ 0\)|transparent)$/.test(colour);
    const groundOf = (element: Element | null): string => {
      if (!element) return getComputedStyle(document.documentElement).backgroundColor;
      const { backgroundColor } = getComputedStyle(element);
      return opaque(backgroundColor) ? backgroundColor : groundOf(element.parentElement);
    };
    const opacityOf = (element: Element | null): number =>
      element ? Number(getComputedStyle(element).opacity) * opacityOf(element.parentElement) : 1;
    return [...document.body.querySelectorAll('*')]
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().width > 1)
      .flatMap((element) => {
        const text = [...element.childNodes]
          .filter((node) => node.nodeType === Node.TEXT_NODE)
          .map((node) => node.textContent?.trim())
          .join('');
        if (!text || element instanceof HTMLOptionElement) return [];
        const style = getComputedStyle(element);
        const ground = channels(groundOf(element)).slice(0, 3);
        const own = channels(element instanceof SVGElement ? style.fill : style.color);
        const opacity = opacityOf(element) * (own[3] ?? 1);
        const colour = ground.map((back, i) => (own[i] ?? 0) * opacity + back * (1 - opacity));
        return [{ text, colour, ground }];
      });
  });
}

const hex = (colour: readonly number[]) =>
  `#${colour.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

const faint = (all: readonly Text[]) =>
  all.filter(({ colour, ground }) => contrast(hex(colour), hex(ground)) < READABLE);

async function eachPage(page: Page, look: (id: string) => Promise<void>): Promise<void> {
  for (const [id, { question }] of Object.entries(PAGE_FACTS)) {
    await page.evaluate((to) => (location.hash = to), `#${id}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(question);
    await test.step(id, () => look(id));
  }
}

for (const theme of ['light', 'dark'] as const) {
  test(`in the ${theme} theme every text is readable, everything has a name, and nothing has to move`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const app = new AppPage(page);
    await app.start();
    await app.open('Base', goldenFolder('untied-gqa2-f16'));
    await app.try('Base');
    await app.layer(2).click();
    await eachPage(page, async () => {
      // A hovered button has a colour of its own for a moment.
      await page.mouse.move(0, 0);
      const all = await texts(page);
      expect(all.length).toBeGreaterThan(40);
      expect(faint(all)).toEqual([]);
      expect(await moving(page)).toEqual([]);
      for (const role of [
        'button',
        'radio',
        'checkbox',
        'textbox',
        'switch',
        'spinbutton',
        'slider',
      ] as const) {
        for (const control of await page.getByRole(role).all())
          await expect(control).toHaveAccessibleName(/\S/);
      }
    });
    await expect(page.getByRole('banner')).toBeVisible();
    await expect(page.getByRole('main')).toBeVisible();
    await expect(page.getByRole('contentinfo')).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  });
}

/** What would still move for somebody who asked that nothing does. */
async function moving(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return animationName !== 'none' || transitionDuration.split(',').some((time) => parseFloat(time) > 0);
      })
      .map(({ outerHTML }) => outerHTML.slice(0, 80)),
  );
}

test('on a phone no page scrolls sideways, nor what stands around it, and the page one is on is in view', async ({
  page,
}) => {
  await page.setViewportSize(PHONE);
  const app = new AppPage(page);
  await app.start();
  await app.open('Base', goldenFolder('untied-gqa2-f16'));
  await app.choose('IN', goldenFolder('untied-gqa2-f16'));
  await eachPage(page, async (id) => {
    if (id === 'transfer') await page.getByLabel('Write as').selectOption('AWQ int4');
    expect(
      await page.evaluate(
        () => document.documentElement.scrollHeight - document.documentElement.clientHeight,
      ),
    ).toBe(0);
    const wide = await page.evaluate(() =>
      [document.documentElement, document.querySelector('main')]
        .filter((box) => box !== null && box.scrollWidth > box.clientWidth)
        .map((box) => `${box?.tagName} ${box?.scrollWidth}`),
    );
    expect(wide).toEqual([]);
    await expect(page.getByRole('navigation').locator('[aria-current]')).toBeInViewport({ ratio: 1 });
  });
});

/** What travels with the app: by page what shows it, null where that stands there already, and the title of its first chart. */
const CARRIED = {
  '#open': [[null, /^Attention shift per layer/]],
  '#localize': [
    [null, /^Change rate per layer/],
    [/^Show Zero ablation/, /^Error rate per ablated layer/],
    [/^Show Attention shift/, /^Attention shift per layer/],
    [/^Show Logit lens/, /^Where the answer can be read/],
  ],
  '#characterize': [
    [null, /^Update energy per layer/],
    [/^Show .*diversity/i, /^Spectrum of the update/],
  ],
  '#study': [[null, /^Update energy per layer/]],
} as const;

test('what travels with the app is whole in the first screen, and read from the back row, light and dark', async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./');
  const main = page.getByRole('main');
  for (const [hash, shown] of Object.entries(CARRIED)) {
    await page.evaluate((to) => (location.hash = to), hash);
    for (const [show, title] of shown) {
      // In a fold, which it closes.
      if (show) await main.getByRole('button', { name: show, includeHidden: true }).dispatchEvent('click');
      await expect(main.locator('figure h3').first()).toHaveText(title);
      await expectWholeOnEveryScreen(page, title.source);
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(faint(await texts(page))).toEqual([]);
      }
    }
  }
});
