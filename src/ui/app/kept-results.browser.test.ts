import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { inlineThreads } from '../../spectra/threads/inline.ts';
import { browserStorage } from '../../study/journal/browser-storage.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { Journals } from '../../study/journal/journals.ts';
import { runJournalled } from '../../study/run-journalled.ts';
import type { LongWork } from '../../work/long-work.ts';
import type { EnergyRecord } from '../../spectra/energy.ts';
import { clearStage, stageApp } from '../testing/stage.ts';

const storage = browserStorage();
const empty = async () => {
  for (const { key } of await storage.list()) await storage.remove(key);
};
beforeEach(empty);
afterEach(async () => {
  clearStage();
  await empty();
});

const work = (title: string): WorkIdentity => ({ kind: 'energy', title, inputs: {}, settings: { title } });

const RECORD: EnergyRecord = { elements: 1, weights: {}, squares: {}, unchanged: {}, products: {} };

/** Keeps `done` of 5 records. */
async function keep(journals: Journals, title: string, done: number): Promise<void> {
  const run = async ({ onRecord }: LongWork<EnergyRecord>) => {
    for (let record = 0; record < done; record++)
      await onRecord?.(`tensor ${record}`, { ...RECORD, squares: { [title.repeat(50)]: record } });
    if (done < 5) throw new Error('cut off');
  };
  await runJournalled(journals, work(title), 5, run).catch(() => undefined);
}

test('kept results are listed with size and fate, and deleted by keyboard', async () => {
  const journals = new Journals(storage);
  await keep(journals, 'Update energy of a', 5);
  await keep(journals, 'Update energy of b', 2);
  const { app } = await stageApp(
    {},
    {
      journals,
      threads: inlineThreads,
      computers: () => Promise.reject(new Error('not asked for')),
    },
  );
  await userEvent.keyboard('m');
  const sheet = page.getByRole('dialog', { name: 'This machine' });
  await expect.element(sheet.getByText('whole, 5 records')).toBeVisible();
  await expect.element(sheet.getByText('2 of 5 records, goes on from there')).toBeVisible();
  const sizes = sheet
    .getByRole('listitem')
    .elements()
    .map((item) => item.textContent ?? '');
  // Five records of some 1000 bytes, two of them: the largest first.
  expect(sizes[0]).toMatch(/Update energy of a\s*5\.\d+ KiB/);
  expect(sizes[1]).toMatch(/Update energy of b\s*2\.\d+ KiB/);

  const remove = (title: string) => sheet.getByRole('button', { name: `Delete ${title}` });
  (remove('Update energy of a').element() as HTMLElement).focus();
  await userEvent.keyboard('{Enter}');
  await expect.element(sheet.getByText('whole, 5 records')).not.toBeInTheDocument();
  await expect.element(remove('Update energy of b')).toHaveFocus();
  expect((await journals.list()).map(({ title }) => title)).toEqual(['Update energy of b']);

  app.jobs.report({ id: 'x', title: 'Update energy', detail: '', share: null, cancel: () => undefined });
  await expect.element(remove('Update energy of b')).toBeDisabled();
  await expect
    .element(sheet.getByText(/Nothing can be deleted or gone on with while work is under way/))
    .toBeVisible();
  app.jobs.end('x');
  await userEvent.click(remove('Update energy of b'));
  await expect.element(sheet.getByText(/None are kept in this browser/)).toBeVisible();
  await expect.element(sheet.getByRole('heading', { name: 'Kept results' })).toHaveFocus();
  expect(await journals.list()).toEqual([]);
});
