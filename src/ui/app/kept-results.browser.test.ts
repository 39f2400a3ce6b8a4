import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
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

test('works that look alike are told apart, and what was withdrawn is listed whole', async () => {
  const journals = new Journals(storage);
  const titles = ['a', 'b', 'c', 'd'].map((name) => `Update energy of ${name}`);
  const kept = (title: string, inputs: Record<string, string>): WorkIdentity => ({
    ...{ kind: 'energy', title, settings: { title }, inputs: { 'weights of in': 'p', ...inputs } },
  });
  for (const title of titles) await runJournalled(journals, kept(title, {}), 0, () => Promise.resolve());
  for (const digit of ['1', '2'])
    await runJournalled(journals, kept('Twins', { 'config.json of in': digit.repeat(64) }), 0, () =>
      Promise.resolve(),
    );
  const { app } = await stageApp(
    {},
    { journals, computers: () => Promise.reject(new Error('not asked for')) },
  );
  await userEvent.keyboard('m');
  const sheet = page.getByRole('dialog', { name: 'This machine' });
  await expect.element(sheet.getByText('Told from its like by config.json of in 11111111')).toBeVisible();
  await expect.element(sheet.getByText('Told from its like by config.json of in 22222222')).toBeVisible();
  await userEvent.keyboard('{Escape}');

  await journals.weights.note('p', new Map([['t', '0'.repeat(64)]]));
  const told = await journals.weights.note('p', new Map([['t', '1'.repeat(64)]]));
  expect(told?.sentence).toMatch(/ and 3 more are withdrawn/);
  await userEvent.keyboard('m');
  await userEvent.click(sheet.getByText(/^6 withdrawn since this page was opened/));
  for (const title of titles)
    await expect.element(sheet.getByText(title, { exact: true }).first()).toBeVisible();
  expect(app.kept.withdrawn).toHaveLength(6);
});

test('a journal is saved as one file; dropped anywhere it stands in the list again, and what is none is told', async () => {
  const journals = new Journals(storage);
  await keep(journals, 'Update energy of a', 2);
  const { app } = await stageApp(
    {},
    { journals, computers: () => Promise.reject(new Error('not asked for')) },
  );
  const key = (await journals.list())[0]?.key ?? '';
  await userEvent.keyboard('m');
  const sheet = page.getByRole('dialog', { name: 'This machine' });
  const saved: string[] = [];
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    saved.push(this.download);
  });
  const blobs: Blob[] = [];
  const make = vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    blobs.push(blob as Blob);
    return 'blob:x';
  });
  onTestFinished(() => {
    click.mockRestore();
    make.mockRestore();
  });
  await sheet.getByRole('button', { name: 'Save the journal of Update energy of a' }).click();
  await expect.poll(() => saved.length).toBe(1);
  expect(saved[0]).toBe(`energy-${key.slice(0, 8)}.journal.jsonl`);
  const [blob] = blobs as [Blob];
  expect((await blob.text()).trimEnd().split('\n')).toHaveLength(4);
  await userEvent.keyboard('{Escape}');
  await journals.remove(key);

  const drop = (...files: readonly File[]): void => {
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    const slot = page.getByRole('group', { name: 'IN checkpoint' }).element();
    slot.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
  };
  drop(new File([blob], saved[0] ?? ''), new File(['Dear reader'], 'letter.journal.jsonl'));
  await expect.element(sheet.getByText('2 of 5 records, goes on from there')).toBeVisible();
  await expect
    .element(sheet.getByText(`2 records of "Update energy of a" were taken over from ${saved[0] ?? ''}.`))
    .toBeVisible();
  await expect
    .element(sheet.getByRole('alert'))
    .toHaveTextContent(/no line of the file is one of a journal/i);
  expect(app.family.dropError).toBeNull();
  expect(await journals.read(work('Update energy of a'))).toHaveProperty('size', 2);
});
