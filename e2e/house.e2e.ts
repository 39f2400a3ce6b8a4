import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIST } from '../scripts/paths.mjs';
import { serve } from '../scripts/static-server.mjs';
import { expect, test } from './page.ts';

// As a visitor has it: what the worker fetches once the page is painted is no request of the page.
test.use({ serviceWorkers: 'allow' });

/** What the start page may take before anybody has pressed anything, in bytes as they lie in the folder; 0.94e6 today. */
const START_PAGE_BYTES = 1e6;
/** With what was found of the demo family, which comes once the page is painted: its file, and what draws its chart. */
const WITH_FINDING_BYTES = 1.3e6;
const OF_FINDING = /\/study\/|\/(CarriedFinding|carried-finding|LayerLines|page-frame|series)-/;

test('the app starts, isolated, asking nobody but its own host, and for no more than it shows', async ({
  page,
  baseURL,
}) => {
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  await page.goto('./');
  await expect(page).toHaveTitle(/Frankenscope/);
  await expect(page.locator('#app')).not.toBeEmpty();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await page.waitForLoadState('networkidle');
  // Nothing was pressed: a sentence with its n and interval, and its chart on the body.
  const found = page.getByRole('region', { name: 'What was found' });
  await expect(found).toContainText(/^In the demo family, RL .* 95 %: .*n = 50\)\.$/);
  await expect(page.getByRole('main').getByRole('figure')).toBeVisible();
  await expect(page.getByText(/^Carried with the app: measured by version/)).toBeVisible();
  expect(requested.filter((url) => !url.startsWith(baseURL ?? 'nowhere'))).toEqual([]);
  expect(requested.filter((url) => /\.wasm|\.packed|\/ort[.-]|\/demo\/|\/data\//.test(url))).toEqual([]);
  const files = new Set(requested.map((url) => new URL(url).pathname.replace(/\/$/, '/index.html')));
  const bytes = (paths: readonly string[]): number =>
    paths.reduce((sum, path) => sum + statSync(join(DIST, path)).size, 0);
  expect(bytes([...files].filter((path) => !OF_FINDING.test(path)))).toBeLessThan(START_PAGE_BYTES);
  expect(bytes([...files])).toBeLessThan(WITH_FINDING_BYTES);
});

test('the app starts in a subfolder of any host', async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), 'frankenscope-'));
  cpSync(DIST, join(folder, 'some', 'place'), { recursive: true });
  const host = await serve(folder);
  try {
    await page.goto(`${host.url}some/place/`);
    await expect(page.locator('#app')).not.toBeEmpty();
  } finally {
    await host.close();
    rmSync(folder, { recursive: true });
  }
});

test('the page refuses to send anything to another host', async ({ page, violations }) => {
  await page.goto('./');
  const reached = await page.evaluate(() =>
    fetch('http://127.0.0.2:9/').then(
      () => 'reached',
      () => 'refused',
    ),
  );
  expect(reached).toBe('refused');
  await expect.poll(() => violations.map(({ directive }) => directive)).toContain('connect-src');
  violations.length = 0;
});
