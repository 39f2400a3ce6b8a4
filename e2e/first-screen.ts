/** What is seen of a page when a run has ended, without scrolling. */
import type { Page } from '@playwright/test';
import { expect } from './page.ts';

export const PHONE = { width: 390, height: 844 };
const SCREENS = [
  { name: 'a phone', ...PHONE, talk: false },
  { name: 'a laptop', width: 1440, height: 900, talk: false },
  { name: 'a hall', width: 1920, height: 1080, talk: true },
] as const;

/** What cannot be read: texts of a chart that cover each other or leave it, letters too small for a hall, a second scroll bar. */
const unreadable = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const talk = parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--talk'));
    const LEAST = 12 * talk - 0.1;
    const told = (one: Element): string => (one.textContent ?? '').trim().slice(0, 40);
    const seen = [...document.querySelectorAll('.shell *')].filter(
      (one) => one.checkVisibility() && !one.closest('.unseen') && one.getBoundingClientRect().width > 1,
    );
    const small = seen.filter(
      (one) =>
        (one.matches('select, input') ||
          [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim())) &&
        parseFloat(getComputedStyle(one).fontSize) < LEAST,
    );
    const scrolls = seen.filter(
      (one) =>
        one.closest('main') &&
        one.tagName !== 'MAIN' &&
        /auto|scroll/.test(getComputedStyle(one).overflowY) &&
        one.scrollHeight > one.clientHeight + 1,
    );
    const charts = seen.filter((one) => one.matches('.plot > svg'));
    const crossed = charts.flatMap((chart) => {
      const frame = chart.getBoundingClientRect();
      const texts = [...chart.querySelectorAll('text')]
        .filter((text) => told(text) !== '')
        .map((text) => ({ text, box: text.getBoundingClientRect() }));
      return texts.flatMap(({ text, box }, i) => [
        ...(box.left < frame.left - 2 || box.right > frame.right + 2
          ? [`"${told(text)}" leaves its chart`]
          : []),
        ...texts.slice(i + 1).flatMap((other) => {
          const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
          const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
          // Line boxes are taller than letters.
          return across > 2 && down > 6 * talk ? [`"${told(text)}" covers "${told(other.text)}"`] : [];
        }),
      ]);
    });
    return [
      ...small.map((one) => `${one.tagName} "${told(one)}" has ${getComputedStyle(one).fontSize}`),
      ...scrolls.map((one) => `${one.tagName} "${told(one)}" scrolls by itself`),
      ...crossed,
    ];
  });

/** What is not as it should be: of the header, of scrolling, and of the first chart with its title, axes and names. */
const amiss = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const box = (found: Element | null | undefined) =>
      found?.getBoundingClientRect() ?? new DOMRect(0, -1, 0, 0);
    const root = document.documentElement;
    const main = document.querySelector('main');
    const figure = main?.querySelector('figure');
    const page = box(main);
    const [title, plot] = [figure?.querySelector('h3'), figure?.querySelector('.plot > svg')].map(box);
    if (!main || !title || !plot) return ['nothing is there'];
    return [
      ...(main.scrollTop === 0 ? [] : [`the page is scrolled by ${main.scrollTop}`]),
      ...(box(document.querySelector('.shell > header')).top === 0 ? [] : ['the header is out of view']),
      ...(root.scrollHeight > innerHeight ? [`the document is ${root.scrollHeight} high`] : []),
      ...[root, main].flatMap((one) =>
        one.scrollWidth > one.clientWidth ? [`${one.tagName} is ${one.scrollWidth} wide`] : [],
      ),
      ...(title.top < page.top - 1 ? [`the title begins ${page.top - title.top} above what is seen`] : []),
      ...(plot.height < 100 ? [`the picture is ${plot.height} high`] : []),
      ...(plot.bottom > page.bottom
        ? [`the picture ends ${plot.bottom - page.bottom} below what is seen`]
        : []),
    ];
  });

/** Looks at a page that shows a result: on a phone, where a run may just have ended, on a laptop, and in a hall, where it leaves it. */
export async function expectWholeOnEveryScreen(page: Page, of: string): Promise<void> {
  const talk = page.getByRole('button', { name: 'Talk mode' });
  for (const { name, width, height, talk: talking } of SCREENS) {
    await page.setViewportSize({ width, height });
    if (talking) await talk.click();
    // Where a run has just ended, the app itself has gone there.
    if (width !== PHONE.width) await page.evaluate(() => document.querySelector('main')?.scrollTo(0, 0));
    await expect.poll(() => amiss(page), { message: `${of}, ${name}` }).toEqual([]);
    await expect.poll(() => unreadable(page), { message: `${of}, ${name}` }).toEqual([]);
    if (talking) await talk.click();
  }
}
