import type { Page } from '@playwright/test';
import { PAGE_FACTS } from '../src/ui/analysis-page/page-facts.ts';
import { expect, test, withoutCarried } from './page.ts';

const seam = (page: Page, between: string) =>
  page.getByRole('slider', { name: `Seam between ${between}` }).first();

test('an address goes to its page with the cuts it carries, at the start and while the app runs', async ({
  page,
}) => {
  await page.goto('./#perception?cuts=28:8-20');
  await expect(page).toHaveTitle('Perception or reasoning · Frankenscope');
  await expect(seam(page, 'Early and Mid')).toHaveAttribute('aria-valuetext', 'after layer 8');
  await expect(seam(page, 'Mid and Late')).toHaveAttribute('aria-valuetext', 'after layer 20');

  await page.evaluate(() => (location.hash = '#transfer?try&cuts=28:5-6'));
  await expect(page).toHaveTitle('Transfer · Frankenscope');
  await expect(page.getByRole('complementary', { name: 'Try it' })).toBeVisible();
  await expect(seam(page, 'Early and Mid')).toHaveAttribute('aria-valuetext', 'after layer 5');
  await expect(seam(page, 'Mid and Late')).toHaveAttribute('aria-valuetext', 'after layer 6');
});

test('a seam moved on one page has moved on all, and in the address', async ({ page }) => {
  await withoutCarried(page);
  await page.goto('./');
  let after = 9;
  // A study's charts have a body of their own.
  const { study: _, ...onBody } = PAGE_FACTS;
  for (const { key, title } of Object.values(onBody)) {
    await page.keyboard.press(key);
    await expect(page).toHaveTitle(`${title} · Frankenscope`);
    await expect(seam(page, 'Early and Mid')).toHaveAttribute('aria-valuetext', `after layer ${after}`);
    await seam(page, 'Early and Mid').focus();
    await page.keyboard.press('ArrowLeft');
    after -= 1;
    await expect(seam(page, 'Early and Mid')).toHaveAttribute('aria-valuetext', `after layer ${after}`);
    await expect(page).toHaveURL(new RegExp(`cuts=28:${after}-18$`));
  }
});
