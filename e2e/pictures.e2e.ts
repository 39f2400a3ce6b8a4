/** The pictures of the guides and README.md, as this build draws them: `PICTURES=1 npx playwright test -c e2e pictures`. */
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { ROOT } from '../scripts/paths.mjs';

const FOLDER = join(ROOT, 'docs', 'pictures');

test.skip(!process.env['PICTURES'], 'pictures are made on demand');
test.use({ viewport: { width: 1200, height: 760 }, colorScheme: 'light' });

for (const [locale, ending] of [
  ['en-US', ''],
  ['zh-CN', '.zh'],
] as const)
  test.describe(locale, () => {
    test.use({ locale });
    test('pictures of the start page, of a probe and of updates', async ({ page }) => {
      const shown = async (name: string, address: string): Promise<void> => {
        await page.goto('about:blank');
        await page.goto(`./${address}`);
        await expect(page.getByRole('figure').locator('.plot svg').first()).toBeVisible();
        await page.waitForTimeout(1500);
        await page.screenshot({ path: join(FOLDER, `${name}${ending}.png`) });
      };
      await shown('start', '');
      await shown('swap', '#localize');
      await shown('energy', '#characterize');
    });
  });
