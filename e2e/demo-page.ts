import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { AppPage } from './app.ts';
import { expect } from './page.ts';

/** Three checkpoints fetched, opened and loaded on a busy machine. */
const LOADED = { timeout: 120_000 };
export const ANSWERED = { timeout: 240_000 };

/** Opens the demo family, waits until Base, IN and RL answer, and goes to a page: `#localize`. */
export async function openDemo(page: Page, hash: string): Promise<void> {
  const app = new AppPage(page);
  await app.start();
  await page.getByRole('button', { name: 'Open the demo family' }).click();
  for (const name of ['Base', 'IN', 'RL'] as const)
    await expect(app.slot(name).getByRole('button', { name: `Unload ${name}` })).toBeVisible(LOADED);
  await expect(page.getByRole('region', { name: 'Demo family' }).getByRole('progressbar')).toBeHidden(LOADED);
  await page.evaluate((to) => (location.hash = to), `#${hash}`);
}

/** Chooses a probe. */
export async function choose(main: Locator, probe: string): Promise<void> {
  await pick(main, 'Probe', probe);
}

/** Unfolds the settings, which a result folds into a line. */
export async function openSettings(main: Locator): Promise<void> {
  const line = main.locator('summary', { hasText: /^Settings/ });
  if (!(await line.evaluate(({ parentElement }) => parentElement?.hasAttribute('open')))) await line.click();
}

/** Chooses one of a group. */
export async function pick(main: Locator, group: string | RegExp, option: string): Promise<void> {
  const exact = true;
  const options = main.getByRole('group', { name: group, exact, includeHidden: true });
  await expect(options).toBeAttached();
  if (!(await options.isVisible())) await openSettings(main);
  await options.getByText(option, { exact }).click();
}

/** Writes a number into a field, as one who leaves it then. The page may still be on its way. */
export async function set(main: Locator, name: string, value: number): Promise<void> {
  const field = main.getByRole('spinbutton', { name, includeHidden: true });
  await expect(field).toBeAttached();
  if (!(await field.isVisible())) await openSettings(main);
  await field.fill(String(value));
  await field.blur();
}

/** The chart's data table as text: header, then a line a row. */
export async function tableOf(chart: Locator): Promise<readonly (readonly string[])[]> {
  await chart.getByRole('button', { name: 'Table' }).click();
  const rows = chart.getByRole('row');
  await expect(rows.first()).toBeVisible();
  // All of one moment.
  return rows.evaluateAll((all) =>
    all.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent ?? '')),
  );
}

/** Reads the chart by keyboard and picks its first point. */
export async function pickFirst(page: Page, chart: Locator): Promise<void> {
  await chart.getByRole('application').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
}

/** Presses the button that saves results and reads the one file that comes. */
export async function saved<Contents>(
  page: Page,
  button: Locator,
): Promise<{ name: string; contents: Contents }> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  const text = readFileSync(await download.path(), 'utf8');
  return { name: download.suggestedFilename(), contents: JSON.parse(text) as Contents };
}
