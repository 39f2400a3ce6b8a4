import type { Page } from '@playwright/test';
import { violations } from './axe.ts';
import { expect, noMoreRequests, sideways, test } from './page.ts';

/** The carried study: a title, six findings in three parts each, two live slides, and where it comes from. */
const SLIDES = 10;
const PARTS = 6 * 3 + 4;

/** Texts of the talk below 24 pixels, and the size of its sentence. */
function sizes(page: Page): Promise<{ readonly small: readonly string[]; readonly sentence: number }> {
  return page.evaluate(() => {
    const px = (one: Element | null) => (one ? parseFloat(getComputedStyle(one).fontSize) : 0);
    const small = [...document.querySelectorAll('.talk *')].filter(
      (one) =>
        [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim()) &&
        one.checkVisibility() &&
        !one.closest('.unseen, table') &&
        px(one) < 24,
    );
    return {
      small: small.map(({ outerHTML }) => outerHTML),
      sentence: px(document.querySelector('.talk h1')),
    };
  });
}

for (const theme of ['light', 'dark'] as const)
  test(`a talk of the carried study is given by keys alone, ${theme}, with notes in a second window`, async ({
    page,
    context,
  }) => {
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.goto('/#open?talk=carried.1');
    const talk = page.getByRole('region', { name: 'Talk: The demo family' });
    await expect(talk).toBeVisible();
    const second = context.waitForEvent('page');
    await page.keyboard.press('p');
    const notes = await second;
    await expect(notes.getByText(`Slide 1 of ${SLIDES}`)).toBeVisible();
    // All that it takes is there.
    await noMoreRequests(page);
    await context.setOffline(true);

    let presses = 0;
    for (let slide = 1; slide <= SLIDES; slide++) {
      await expect(page).toHaveURL(new RegExp(`#open\\?talk=carried\\.${slide}$`));
      await expect(notes.getByText(`Slide ${slide} of ${SLIDES}`)).toBeVisible();
      const finding = (await talk.locator('article.finding').count()) > 0;
      if (finding) await expect(talk.locator('.plot > svg')).toBeVisible();
      const { small, sentence } = await sizes(page);
      expect(small).toEqual([]);
      expect(sentence).toBeGreaterThanOrEqual(40);
      for (let part = finding ? 3 : 1; part > 0 && slide < SLIDES; part--) {
        // Every other press in the second window.
        await (presses++ % 2 ? notes : page).keyboard.press('PageDown');
      }
    }
    expect(presses).toBe(PARTS - 1);
    await expect(talk).toContainText('npm run -s headless -- study');
    expect(await violations(page, 'all', '.talk')).toEqual([]);
    expect(await violations(notes, 'all')).toEqual([]);
    await context.setOffline(false);
    await page.reload();
    await expect(page.getByText(`${SLIDES} / ${SLIDES}`)).toBeVisible();

    // A slide of each kind: a title, a finding, a live one without models, and on a phone.
    for (const slide of [1, 2, 6, 9]) {
      await page.goto(`/#open?talk=carried.${slide}`);
      await expect(page.getByText(`${slide} / ${SLIDES}`)).toBeVisible();
      expect(await violations(page, 'all', '.talk')).toEqual([]);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    for (let slide = 1; slide <= SLIDES; slide++) {
      await page.goto(`/#open?talk=carried.${slide}`);
      await expect(page.getByText(`${slide} / ${SLIDES}`)).toBeVisible();
      expect(await sideways(page, '.talk, .talk article')).toEqual([]);
    }
    await page.keyboard.press('Escape');
    await expect(talk).toBeHidden();
    await expect(page).toHaveURL(/#open$/);
  });
