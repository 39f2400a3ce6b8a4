/** The pictures of docs/guide.md and README.md, as this build draws them: `PICTURES=1 npx playwright test -c e2e pictures`. */
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { ROOT } from '../scripts/paths.mjs';

const FOLDER = join(ROOT, 'docs', 'pictures');

test.skip(!process.env['PICTURES'], 'pictures are made on demand');
test.use({ viewport: { width: 1200, height: 760 }, colorScheme: 'light' });

test('pictures of the start page, of a probe and of updates', async ({ page }) => {
  const shown = async (name: string, address: string, chart: string): Promise<void> => {
    await page.goto('about:blank');
    await page.goto(`./${address}`);
    await expect(page.getByRole('figure', { name: chart }).locator('.plot svg').first()).toBeVisible();
    await page.waitForTimeout(1500);
    await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  };
  await shown('start', '', 'Attention shift per layer');
  await shown('swap', '#localize', 'Change rate per layer');
  await shown('energy', '#characterize', 'Update energy per layer');
});
