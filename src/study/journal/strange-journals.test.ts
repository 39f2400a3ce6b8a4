/** Journals that no run of ours leaves: other hands, other programs and other disks wrote them. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { JournalFiles } from '../../../scripts/journal-files.mjs';
import type { Answer } from '../../evaluation/answers/answer.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { workKey } from '../../identity/work-identity.ts';
import { runJournalled } from '../run-journalled.ts';
import type { LongWork } from '../../work/long-work.ts';
import { Journals } from './journals.ts';
import { rerunText, differingInputs } from './kept-work-text.ts';
import { lineOf } from './lines.ts';
import { MemoryStorage } from './memory-storage.ts';

const identity: WorkIdentity = { kind: 'answers', title: 'Answers', inputs: { a: 'b' }, settings: null };
const KEYS = ['a', 'b', 'c', 'd'];
const FILE = 'records.jsonl';

async function work({ finished, onRecord }: LongWork<Answer>): Promise<string> {
  const answers: Answer[] = [];
  for (const key of KEYS) {
    const answer: Answer = finished?.get(key) ?? { text: `${key} ü`, stop: 'end' };
    if (!finished?.has(key)) await onRecord?.(key, answer);
    answers.push(answer);
  }
  return JSON.stringify(answers);
}

/** What a run says first, and what it says when it is run again. */
async function run(storage: MemoryStorage): Promise<{ text: string; told: string[]; again: string[] }> {
  const [told, again]: [string[], string[]] = [[], []];
  const journals = new Journals(storage, { flushMs: 0 });
  const text = await runJournalled(journals, identity, 4, work, { onNotice: (one) => told.push(one) });
  await runJournalled(journals, identity, 4, work, { onNotice: (one) => again.push(one) });
  expect(await journals.list()).toMatchObject([{ complete: true, problems: [] }]);
  return { text, told, again };
}

const entry = (json: string) => async (whole: string, place: string) => (await lineOf(place, json)) + whole;

const STRANGE: Readonly<
  Record<string, [(whole: string, place: string) => string | Promise<string>, RegExp[]]>
> = {
  nothing: [() => '', []],
  'empty lines': [() => '\n\n\n', []],
  'every record twice': [(whole) => whole + whole, []],
  'lines in another order': [(whole) => `${whole.trimEnd().split('\n').toReversed().join('\n')}\n`, []],
  'line ends of Windows': [(whole) => whole.replaceAll('\n', '\r\n'), [/^4 damaged/]],
  'a byte order mark': [(whole) => `\ufeff${whole}`, [/^1 damaged/]],
  zeros: [() => '\0'.repeat(5000), [/cut off/]],
  'one long line': [() => 'x'.repeat(5_000_000), [/cut off/]],
  'no last newline': [(whole) => whole.slice(0, -1), [/cut off/]],
  'lines joined': [(whole) => whole.replaceAll('\n', '') + '\n', [/^1 damaged/]],
  capitals: [(whole) => whole.toUpperCase(), [/^4 damaged/]],
  'blanks at the ends': [(whole) => whole.replaceAll('\n', ' \n'), [/^4 damaged/]],
  'a line of a version without sums': [
    () => '{"key":"a","record":{"text":"x","stop":"end"}}\n',
    [/^1 damaged/],
  ],
  'an empty record': [entry('{"key":"a","record":{}}'), [/^1 damaged/]],
  'a record of null': [entry('{"key":"a","record":null}'), [/^1 damaged/]],
  'a record without a key': [entry('{"record":{"text":"","stop":"end"}}'), [/^1 damaged/]],
  'a record of another kind': [entry('{"key":"a","record":{"verdict":"correct","said":""}}'), [/^1 damaged/]],
  'a stop that is none': [entry('{"key":"a","record":{"text":"","stop":"cancelled"}}'), [/^1 damaged/]],
  'a note of lines that are not there': [entry('{"told":[[0,1e300],[-1,-5]]}'), []],
  'a note that is none': [entry('{"told":"all"}'), [/^1 damaged/]],
  'ten thousand brackets': [
    entry(`{"key":"a","record":${'['.repeat(1e4)}${']'.repeat(1e4)}}`),
    [/^1 damaged/],
  ],
  'a key of the language': [entry('{"key":"__proto__","record":{"text":"","stop":"end"}}'), []],
  'a line of another work': [
    async (whole) =>
      (await lineOf(`x/${FILE}`, '{"key":"a","record":{"text":"wrong","stop":"end"}}')) + whole,
    [/^1 damaged/],
  ],
};

test.each(Object.entries(STRANGE))(
  '%s: the result is the same, and damage is told once',
  async (_, [made, expected]) => {
    const key = await workKey(identity);
    const whole = new MemoryStorage();
    const { text } = await run(whole);
    const lines = new TextDecoder().decode((await whole.read(key, FILE)) ?? new Uint8Array(0));
    const storage = new MemoryStorage();
    await storage.append(key, FILE, new TextEncoder().encode(await made(lines, `${key}/${FILE}`)));
    const found = await run(storage);
    expect(found.text).toBe(text);
    expect(found.told).toEqual(expected.map((one) => expect.stringMatching(one) as unknown));
    expect(found.again).toEqual([]);
  },
);

test('what else lies among journals on a disk hides none, and takes no path outside', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'frankenscope-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'file'), '');
  mkdirSync(join(folder, 'a b'));
  mkdirSync(join(folder, 'broken', FILE), { recursive: true });
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
  const files = new JournalFiles(folder);
  const line = Buffer.from(await lineOf(`whole/${FILE}`, '{"key":"a","record":1}'));
  files.append('whole', FILE, line);
  const soon = <T>(value: () => T): Promise<T> => Promise.resolve().then(value);
  const journals = new Journals({
    list: () => soon(() => files.list()),
    read: (key, file) => soon(() => files.read(key, file) as Uint8Array<ArrayBuffer> | null),
    readPart: (key, file, start, end) =>
      soon(() => files.readPart(key, file, start, end) as Uint8Array<ArrayBuffer>),
    append: (key, file, lines) => soon(() => files.append(key, file, lines)),
    remove: (key) => soon(() => files.remove(key)),
  });
  expect(await journals.list()).toMatchObject([
    {
      key: 'broken',
      problems: [expect.stringMatching(/^Kept results cannot be read \(a folder stands where a file should/)],
    },
    { key: 'whole', done: 1, described: false },
  ]);
  for (const [key, file] of [
    ['..', 'x'],
    ['a/b', 'c'],
    ['k', '../x'],
    ['', ''],
  ] as const)
    expect(() => files.append(key, file, line)).toThrow(RangeError);
});

test('of a journal of an earlier version no rerun is promised', async () => {
  const storage = new MemoryStorage();
  const old = (text: string) => new TextEncoder().encode(text);
  await storage.append('0'.repeat(32), 'work.json', old('{"kind":"answers","title":"Answers of in"}'));
  await storage.append('0'.repeat(32), FILE, old('{"key":"a","record":{"text":"x","stop":"end"}}\n'));
  const [kept] = await new Journals(storage).list();
  expect(kept).toMatchObject({ described: false, done: 0 });
  expect(kept && rerunText(kept)).toMatch(/^nothing whole is in it, as of work of an earlier version/);
});

test('works of one title and the same settings are told apart by their inputs', async () => {
  const storage = new MemoryStorage();
  const journals = new Journals(storage);
  const keep = (more: Partial<WorkIdentity>) =>
    runJournalled(journals, { ...identity, ...more }, 0, () => Promise.resolve());
  const template = (digit: string) => ({ 'weights of 0': 'w', 'chat_template.jinja': digit.repeat(64) });
  await keep({ inputs: template('1') });
  await keep({ inputs: template('2') });
  await keep({ inputs: { 'weights of 0': 'w' } });
  await keep({ inputs: template('1'), settings: { maxNewTokens: 8 } });
  await keep({ inputs: template('3'), title: 'Others' });
  const works = await journals.list();
  const told = works.map(({ key }) => differingInputs(works).get(key) ?? '').sort();
  expect(told).toEqual([
    '',
    '',
    'chat_template.jinja 11111111',
    'chat_template.jinja 22222222',
    'chat_template.jinja none',
  ]);
});
