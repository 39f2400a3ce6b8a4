import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { identify } from '../identity/identify.ts';
import { workKey } from '../identity/work-identity.ts';
import { modulesOf } from '../work/modules.ts';
import { lineOf } from './journal/lines.ts';
import { Journals } from './journal/journals.ts';
import { type Origin, originText } from './journal/other-builds.ts';
import { MemoryStorage } from './journal/memory-storage.ts';
import { runJournalled } from './run-journalled.ts';
import { readStudyFile } from './study-file.ts';
import type { StudyResult } from './study-result.ts';

const VERDICT = { verdict: 'correct', said: 'yes' } as const;
const works = ['one', 'two'].map((judge) => identify('verdicts', `Verdicts of ${judge}`, { judge }));

/** Two pieces of work that ran, and a study of them. */
async function ran() {
  const storage = new MemoryStorage();
  const journals = new Journals(storage, { again: 'study --spec /home/me/study.json', flushMs: 0 });
  for (const [index, work] of works.entries()) {
    await runJournalled(journals, work, 1, async ({ onRecord }) => onRecord?.(`key ${index}`, VERDICT));
    await journals.keepShown(work, 'transfer', { title: 'a', told: 'b', n: 'c', given: index });
  }
  const study: StudyResult = {
    ...{ spec: { definitions: 1 }, name: 'Mine' },
    analyses: [
      {
        ...{ name: 'transfer', folder: 'transfer', models: { in: ['in'] }, settings: {} },
        works: await Promise.all(
          works.map(async (work) => ({
            key: await workKey(work),
            kind: 'verdicts',
            modules: modulesOf('verdicts'),
          })),
        ),
        ...{ files: ['transfer/paper_metrics.json'], findings: ['IN answers 1 of 1.'] },
      },
    ],
    frankenscope: { version: '1', run: { build: '1 (00000000)' } },
  };
  const pieces: Uint8Array[] = [];
  for await (const piece of journals.study(study)) pieces.push(piece);
  return { study, journals, storage, bytes: new Uint8Array(Buffer.concat(pieces)) };
}

test('what a study found is read again, packed or not: the same records, what shows them, and no path of the machine', async () => {
  const { study, journals, bytes } = await ran();
  for (const file of [bytes, new Uint8Array(gzipSync(bytes))]) {
    const found = await readStudyFile(file, 'study.frankenscope');
    expect(found.study).toEqual(study);
    expect(found.damaged).toEqual([]);
    const again = new Journals(found.storage);
    for (const work of works) expect(await again.read(work)).toEqual(await journals.read(work));
    expect(await again.shown()).toEqual(await journals.shown());
    expect((await again.list()).map(({ again }) => again)).toEqual([null, null]);
  }
  expect(new TextDecoder().decode(bytes)).not.toContain('/home/me');
});

test('what is carried is shown as such, of this build alone, and is nothing that was computed here', async () => {
  const { bytes, journals } = await ran();
  const own = new Journals(new MemoryStorage());
  const [work] = works as [(typeof works)[number]];
  expect(await own.ofCarried(work)).toBeNull();
  own.carried = new Journals((await readStudyFile(bytes, 'x')).storage);
  const found = await own.ofCarried(work);
  expect(found?.records).toEqual(await journals.read(work));
  expect(originText(found?.origin as Origin)).toMatch(/^carried with the app: measured by version .* on 20/);
  expect([await own.list(), (await own.read(work)).size]).toEqual([[], 0]);
  // Of other code the key is another, so that nothing is found under it.
  expect(await own.ofCarried({ ...work, inputs: { judge: 'other' } })).toBeNull();
});

test('a line that is damaged, or of another journal, is left out and told', async () => {
  const { bytes } = await ran();
  const lines = new TextDecoder().decode(bytes).trim().split('\n');
  const record = lines.findIndex((line) => line.includes('"record"'));
  const flipped = lines.map((line, at) => (at === record ? line.replace('"yes"', '"no"') : line));
  // The second journal's record under the first one's description.
  const other = lines.findLast((line) => line.includes('"record"')) ?? '';
  const moved = flipped.toSpliced(record + 1, 0, other);
  const found = await readStudyFile(new TextEncoder().encode(moved.join('\n')), 'x');
  expect(found.damaged).toEqual([record + 1, record + 2]);
  const again = new Journals(found.storage);
  expect(await Promise.all(works.map(async (work) => (await again.read(work)).size))).toEqual([0, 1]);
});

test('records stand by their keys, whatever order they came in; of one key the last counts', async () => {
  const work = identify('verdicts', 'Verdicts', { judge: 'ordered' });
  const key = await workKey(work);
  const said = (words: string) => ({ verdict: 'correct', said: words }) as const;
  const lines = async (keys: readonly string[]): Promise<readonly string[]> => {
    const journals = new Journals(new MemoryStorage());
    await runJournalled(journals, work, 3, async ({ onRecord }) => {
      for (const [at, one] of keys.entries())
        await onRecord?.(one, said(keys.indexOf(one) === at ? '' : 'last'));
    });
    const analysis = {
      name: 'transfer',
      folder: 'transfer',
      models: {},
      settings: {},
      files: [],
      findings: [],
    };
    const study = { spec: {}, name: 'x', frankenscope: { version: '1', run: { build: '1' } } };
    const works = [{ key, kind: 'verdicts', modules: modulesOf('verdicts') }];
    const pieces: Uint8Array[] = [];
    for await (const piece of journals.study({ ...study, analyses: [{ ...analysis, works }] }))
      pieces.push(piece);
    const text = Buffer.concat(pieces);
    const found = new Journals((await readStudyFile(new Uint8Array(text), 'x')).storage);
    expect([...(await found.read(work)).keys()]).toEqual(['B', 'a', 'b']);
    expect((await found.read(work)).get('b')).toEqual(said(keys.length > 3 ? 'last' : ''));
    return text.toString().split('\n').slice(2);
  };
  expect(await lines(['b', 'a', 'B'])).toEqual(await lines(['a', 'B', 'b']));
  expect((await lines(['b', 'a', 'B', 'b'])).filter(Boolean)).toHaveLength(4);
});

const bytesOf = (text: string) => new TextEncoder().encode(text);

test('files that are none, or too large, are refused by name', async () => {
  const refused = (bytes: Uint8Array<ArrayBuffer>, name: string) =>
    expect(readStudyFile(bytes, 'x')).rejects.toMatchObject({ name });
  const study = { spec: {}, name: 'x', analyses: [], frankenscope: { version: '1', run: { build: '1' } } };
  await refused(bytesOf(''), 'NotAStudy');
  await refused(bytesOf('\n\n'), 'NotAStudy');
  await refused(bytesOf(JSON.stringify(study)), 'NotAStudy');
  await refused(bytesOf(`0000000000000000 ${JSON.stringify(study)}\n`), 'NotAStudy');
  await refused(bytesOf(await lineOf('study', '['.repeat(100_000))), 'NotAStudy');
  await refused(
    bytesOf(await lineOf('study', JSON.stringify({ ...study, name: 'x'.repeat(10_001) }))),
    'NotAStudy',
  );
  await refused(bytesOf(await lineOf('study', JSON.stringify({ ...study, analyses: [{}] }))), 'NotAStudy');
  await refused(new Uint8Array([0x1f, 0x8b, 1, 2, 3]), 'FileUnreadable');
  // A thousandth of it is what it says it is.
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(3 * 2 ** 20)));
  await expect(readStudyFile(bomb, 'x', 2 ** 20)).rejects.toMatchObject({ name: 'StudyTooLarge' });
  const fine = await readStudyFile(bytesOf(await lineOf('study', JSON.stringify(study))), 'x');
  expect([fine.study.name, fine.damaged]).toEqual(['x', []]);
});
