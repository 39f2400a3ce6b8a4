/** The whole study of the demo family on the page, by one press, against the one that the command wrote: some minutes, on demand. */
import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { StudyResult } from '../src/study/study-result.ts';
import { expect, test } from './page.ts';

test.skip(process.env['STUDY'] !== 'all', 'some minutes: STUDY=all');
test.setTimeout(3_600_000);

const FILE = join(import.meta.dirname, '../public/study/demo.frankenscope');
const WAIT = { timeout: 120_000 };

/** Lines of a study's file without their sums: its first line, and its records by the journals that they stand in. */
function read(file: string): { readonly study: StudyResult; readonly records: readonly string[] } {
  const [first = '', ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
  const records = lines.flatMap((line) => (line.includes(',"record":') ? [line.slice(17)] : []));
  return { study: JSON.parse(first.slice(17)) as StudyResult, records: records.sort() };
}

async function saved(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('main').getByRole('button', { name: 'Save as one file' }).click(),
  ]);
  return download.path();
}

test('one press runs the demo study to its end, with the records and sentences of the command', async ({
  page,
}) => {
  await page.goto('./#study');
  await page.getByRole('button', { name: 'Run the study' }).click();
  const main = page.getByRole('main');
  const cancel = main.getByRole('region', { name: 'Run the study' }).getByRole('button', { name: 'Cancel' });
  await expect(cancel).toBeVisible(WAIT);
  // The study that is made of it, no longer the one that is carried.
  await expect(page).toHaveURL(/#study\?do=[0-9a-f]{8}$/);
  await expect(cancel).toBeHidden({ timeout: 3_000_000 });
  await expect(main.getByText(/^RL − IN leaves 7\.3 % of the weights/)).toBeVisible(WAIT);
  await expect(main.getByRole('alert')).toBeHidden();
  const [ours, theirs] = [read(await saved(page)), read(FILE)];
  expect(ours.records).toEqual(theirs.records);
  // A build has a name of its own.
  const said = ({ study: { frankenscope, ...study } }: typeof ours) =>
    JSON.stringify({ ...study, version: frankenscope.version });
  expect(said(ours)).toBe(said(theirs));
});
