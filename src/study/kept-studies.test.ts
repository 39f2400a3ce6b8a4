import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Journals } from './journal/journals.ts';
import { MemoryStorage } from './journal/memory-storage.ts';
import { KeptStudies } from './kept-studies.ts';
import { lineOf } from './journal/lines.ts';
import { isStudyFile, memoryStudies, studyFileName } from './study-folder.ts';
import { readStudyFile } from './study-file.ts';

const DEMO = join(import.meta.dirname, '../../public/study/demo.frankenscope');
const demo = async () => new Uint8Array(await readFile(DEMO));
const linesOf = (packed: Uint8Array): readonly string[] => gunzipSync(packed).toString('utf8').split('\n');
const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());

test('a file that is opened and saved again is the same, byte for byte; unpacked, it is packed, line for line', async () => {
  const kept = new KeptStudies(memoryStudies());
  const bytes = await demo();
  const { id, damaged } = await kept.take(new Blob([bytes]), 'demo.frankenscope');
  expect(damaged).toEqual([]);
  expect(await bytesOf(await kept.file(id))).toEqual(bytes);
  const plain = await kept.take(new Blob([new Uint8Array(gunzipSync(bytes))]), 'demo.frankenscope');
  expect(linesOf(await bytesOf(await kept.file(plain.id)))).toEqual(linesOf(bytes));
  expect((await kept.list()).map(({ result }) => result?.name)).toEqual([
    'The demo family',
    'The demo family',
  ]);
});

test('what is renamed or copied has another first line and no other difference', async () => {
  const kept = new KeptStudies(memoryStudies());
  const bytes = await demo();
  const { id, study } = await kept.take(new Blob([bytes]), 'x');
  const copy = await kept.duplicate(id, 'Another');
  await kept.change(id, (one) => ({ ...one, name: '<b>Mine</b>\n"' }));
  for (const [one, name] of [
    [id, '<b>Mine</b>\n"'],
    [copy, 'Another'],
  ] as const) {
    const [, ...lines] = linesOf(await bytesOf(await kept.file(one)));
    expect(lines).toEqual(linesOf(bytes).slice(1));
    expect((await kept.open(one)).study).toEqual({ ...study, name });
  }
  await kept.remove(id);
  await expect(kept.open(id)).rejects.toMatchObject({ name: 'NotOpen' });
  expect((await kept.list()).map((one) => one.id)).toEqual([copy]);
});

test('what journals hold of a study becomes its file; kept again under its id, it keeps its name', async () => {
  const kept = new KeptStudies(memoryStudies());
  const { study, storage } = await readStudyFile(await demo(), 'x');
  const begun = { ...study, analyses: study.analyses.slice(0, 1) };
  const id = await kept.keep(begun, new Journals(storage));
  expect((await kept.open(id)).study).toEqual(begun);
  await kept.change(id, (one) => ({ ...one, name: 'Mine' }));
  expect(await kept.keep(study, new Journals(storage), id)).toBe(id);
  expect((await kept.open(id)).study).toEqual({ ...study, name: 'Mine' });
  const [, ...lines] = linesOf(await bytesOf(await kept.file(id)));
  // Records stand by their keys, whatever order a file had them in.
  expect([...lines].sort()).toEqual(
    linesOf(await demo())
      .slice(1)
      .sort(),
  );
  // Of journals that are gone, what was kept before stays.
  await kept.keep(study, new Journals(new MemoryStorage()), id);
  const [, ...again] = linesOf(await bytesOf(await kept.file(id)));
  expect(again).toEqual(lines);
});

test('what was computed from other weights than it says is taken out of every study, and nothing else', async () => {
  const kept = new KeptStudies(memoryStudies());
  const { id, study } = await kept.take(new Blob([await demo()]), 'x');
  const swap = study.analyses.find(({ name }) => name === 'swap')?.works[0]?.key ?? '';
  expect(await kept.withdraw(new Set(['0'.repeat(32)]))).toEqual([]);
  expect(await kept.withdraw(new Set([swap]))).toEqual(['The demo family']);
  const after = await kept.open(id);
  expect(after.study.analyses.map(({ name }) => name)).toEqual(
    study.analyses.map(({ name }) => name).filter((name) => name !== 'swap'),
  );
  expect((await after.storage.list()).map(({ key }) => key)).not.toContain(swap);
  const ofSwap = (line: string) => line.includes(swap) || line.includes('"name":"swap"');
  const [, ...lines] = linesOf(await bytesOf(await kept.file(id)));
  expect(lines.some(ofSwap)).toBe(false);
  expect(await kept.withdraw(new Set([swap]))).toEqual([]);
});

test('damaged lines are named, and kept as they are; what is no study is refused by name and not kept', async () => {
  const kept = new KeptStudies(memoryStudies());
  const lines = [...linesOf(await demo())];
  lines[5] = `${lines[5]?.slice(0, 40)}=${lines[5]?.slice(41)}`;
  const spoiled = lines.join('\n');
  const { id, damaged } = await kept.take(new Blob([spoiled]), 'x');
  expect(damaged).toEqual([6]);
  expect(gunzipSync(await bytesOf(await kept.file(id))).toString('utf8')).toBe(spoiled);
  const refused = (file: Blob, name: string) => expect(kept.take(file, 'x')).rejects.toMatchObject({ name });
  await refused(new Blob(['{}']), 'NotAStudy');
  await refused(new Blob([new Uint8Array(gzipSync('x'))]), 'NotAStudy');
  await refused(new Blob([new Uint8Array([0x1f, 0x8b, 9])]), 'FileUnreadable');
  const large = Object.defineProperty(new Blob([]), 'size', { value: 2 ** 40 });
  await refused(large, 'StudyTooLarge');
  // Valid, and deeper than any reader of it can go.
  const deep = `{"spec":${'['.repeat(100_000)}${']'.repeat(100_000)},"name":"x","analyses":[],"frankenscope":{"version":"1","run":{"build":"1"}}}`;
  await refused(new Blob([await lineOf('study', deep)]), 'NotAStudy');
  expect(await kept.list()).toHaveLength(1);
});

test('a kept file whose first line is damaged is still listed, so that it can be removed', async () => {
  const folder = memoryStudies();
  await folder.write('a', new Blob([new Uint8Array(gzipSync('none of a study\n'))]));
  await folder.write('b', new Blob(['not packed']));
  const kept = new KeptStudies(folder);
  const listed = (await kept.list()).map(({ id, result }) => [id, result]);
  expect(listed.toSorted()).toEqual([
    ['a', null],
    ['b', null],
  ]);
});

test('a file is called after its study, by letters that any disk takes', () => {
  expect(studyFileName('The demo family')).toBe('The-demo-family.frankenscope');
  expect(studyFileName('../../<script>')).toBe('script.frankenscope');
  expect(studyFileName('…')).toBe('study.frankenscope');
  expect(isStudyFile('The demo (1).FRANKENSCOPE')).toBe(true);
  expect(isStudyFile('study.json')).toBe(false);
});
