/** What is seen of a page when a run has ended, without scrolling. */
import type { Page } from '@playwright/test';
import { expect } from './page.ts';

export const PHONE = { width: 390, height: 844 };
const SCREENS = [
  { name: 'a phone', ...PHONE, talk: false },
  { name: 'a laptop', width: 1440, height: 900, talk: false },
  { name: 'a hall', width: 1920, height: 1080, talk: true },
] as const;

/** What is not as it should be: of the header, of scrolling, and of the first chart with its title, axes and names. */
const amiss = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const box = (found: Element | null | undefined) =>
      found?.getBoundingClientRect() ?? new DOMRect(0, -1, 0, 0);
    const root = document.documentElement;
    const main = document.querySelector('main');
    const figure = main?.querySelector('figure');
    const [page, strip] = [main, main?.querySelector('section[aria-label="The body"]')].map(box);
    const [title, plot] = [figure?.querySelector('h3'), figure?.querySelector('.plot > svg')].map(box);
    if (!main || !page || !strip || !title || !plot) return ['nothing is there'];
    const top = Math.max(page.top, main.scrollTop > 0 ? strip.bottom : 0);
    return [
      ...(box(document.querySelector('.shell > header')).top === 0 ? [] : ['the header is out of view']),
      ...(root.scrollHeight > innerHeight ? [`the document is ${root.scrollHeight} high`] : []),
      ...[root, main].flatMap((one) =>
        one.scrollWidth > one.clientWidth ? [`${one.tagName} is ${one.scrollWidth} wide`] : [],
      ),
      ...(title.top < top - 1 ? [`the title begins ${title.top - top} above what is seen`] : []),
      ...(plot.height < 100 ? [`the picture is ${plot.height} high`] : []),
      ...(plot.bottom > page.bottom
        ? [`the picture ends ${plot.bottom - page.bottom} below what is seen`]
        : []),
    ];
  });

/** Looks at a page on which a run has just ended on a phone: there, on a laptop, and in a hall. Leaves it in its first size. */
export async function expectWholeOnEveryScreen(page: Page, of: string): Promise<void> {
  const talk = page.getByRole('button', { name: 'Talk mode' });
  for (const { name, width, height, talk: talking } of SCREENS) {
    await page.setViewportSize({ width, height });
    if (talking) await talk.click();
    // On a phone the app has scrolled to the chart where that takes a screen of its own.
    if (width !== PHONE.width) await page.evaluate(() => document.querySelector('main')?.scrollTo(0, 0));
    await expect.poll(() => amiss(page), { message: `${of}, ${name}` }).toEqual([]);
    if (talking) await talk.click();
  }
  await page.setViewportSize({ width: 1280, height: 720 });
}
