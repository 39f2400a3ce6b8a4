/** What the page is asked and saves, file by file, beside what a command writes. */
import { readFileSync } from 'node:fs';
import type { Download, Locator, Page } from '@playwright/test';
import { pick } from './demo-page.ts';
import { withoutRun } from './fixtures/results.ts';
import { unzipped } from './fixtures/zip.ts';
import { expect } from './page.ts';

export const DONE = { timeout: 120_000 };

export interface Run {
  /** Text by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Names of the journals that it kept. */
  readonly keys: readonly string[];
}

export const isKey = (name: string): boolean => /^[0-9a-f]{32}$/.test(name);

export const keptByPage = (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const journals = await root.getDirectoryHandle('journal', { create: true });
    const keys: string[] = [];
    for await (const key of journals.keys()) keys.push(key);
    return keys;
  });

/** Runs the probe that the page shows and saves what it found. @param records null where answers decide how many there are */
export async function byPage(page: Page, records: number | null, downloads: number): Promise<Run> {
  const before = await keptByPage(page);
  const main = page.getByRole('main');
  await main.getByRole('button', { name: 'Run', exact: true }).click();
  const samples = records === 1 ? '1 sample' : `${records} samples`;
  const name = `Save the results of${records === null ? '' : ` ${samples}`}`;
  const save = main.getByRole('button', { name });
  // What was measured before stays in sight until then.
  await expect(main.getByRole('button', { name: 'Run', exact: true })).toBeDisabled(DONE);
  return saved(page, save, downloads, before);
}

/** Measures what Characterize is asked, and saves it. */
export async function measured(page: Page, title: string, file: string): Promise<Run> {
  const main = page.getByRole('main');
  const before = await keptByPage(page);
  await pick(main, 'Measure', title);
  await main.getByRole('button', { name: `Measure ${title.toLowerCase()}` }).click();
  await expect(main.getByRole('button', { name: `${title} is measured` })).toBeVisible(DONE);
  return saved(page, main.getByRole('button', { name: `Save ${file}` }), 1, before);
}

/** What a click saves, and what is kept since. */
export async function saved(
  page: Page,
  button: Locator,
  downloads: number,
  before: readonly string[],
): Promise<Run> {
  const found: Download[] = [];
  const take = (download: Download): void => void found.push(download);
  page.on('download', take);
  await button.click();
  await expect.poll(() => found.length).toBe(downloads);
  page.off('download', take);
  const files = new Map<string, string>();
  for (const download of found) {
    const bytes = readFileSync(await download.path());
    const name = download.suggestedFilename();
    for (const [file, text] of name.endsWith('.zip') ? unzipped(bytes) : [[name, bytes.toString()] as const])
      files.set(file, text);
  }
  const keys = (await keptByPage(page)).filter((key) => isKey(key) && !before.includes(key));
  return { files, keys };
}

/** Files by their paths, byte for byte, but for how their runs went. */
export function expectSameFiles(
  page: ReadonlyMap<string, string>,
  command: ReadonlyMap<string, string>,
): void {
  expect([...page.keys()].sort()).toEqual([...command.keys()].sort());
  for (const [file, text] of command) {
    expect(text.length, file).toBeGreaterThan(file === 'paper_metrics.json' ? 20 : 100);
    // As values first: what differs is then told by its name.
    if (file.endsWith('.json'))
      expect(JSON.parse(withoutRun(page.get(file) ?? '')), file).toEqual(JSON.parse(withoutRun(text)));
    expect(withoutRun(page.get(file) ?? ''), file).toBe(withoutRun(text));
  }
}
