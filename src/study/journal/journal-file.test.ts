/** A journal as one file: what a person saves here and goes on with elsewhere, and what other hands make of it. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { keyOfModules, workKey } from '../../identity/work-identity.ts';
import type { JudgeVerdict } from '../../remote/judge.ts';
import { runJournalled } from '../run-journalled.ts';
import { digestAtOnce } from '../testing/digest-at-once.ts';
import { savedJournal } from '../testing/saved-journal.ts';
import { isJournalFile, journalFileName, LONGEST_LINE } from './journal-file.ts';
import { Journals } from './journals.ts';
import { lineOf } from './lines.ts';
import { MemoryStorage } from './memory-storage.ts';
import { takenText } from './take-over.ts';

const identity: WorkIdentity = {
  ...{ kind: 'verdicts', title: 'Verdicts of a judge' },
  inputs: { judge: 'a'.repeat(64) },
  settings: { seed: 1, list: [{ deep: ['ü'] }] },
};
const KEYS = ['a', 'b', 'c', 'd'];
const verdict = (said: string): JudgeVerdict => ({ verdict: 'correct', said });

interface Here {
  readonly storage: MemoryStorage;
  readonly journals: Journals;
}

const here = (again?: string): Here => {
  const storage = new MemoryStorage();
  return { storage, journals: new Journals(storage, { flushMs: 0, ...(again ? { again } : {}) }) };
};

/** Keeps verdicts of these keys, of four. */
async function keep(
  { journals }: Here,
  said: Readonly<Record<string, string>>,
  work = identity,
): Promise<void> {
  await runJournalled<JudgeVerdict, unknown>(journals, work, KEYS.length, async ({ onRecord }) => {
    for (const [key, text] of Object.entries(said)) await onRecord?.(key, verdict(text));
    if (Object.keys(said).length < KEYS.length) throw new Error('cut off');
  }).catch(() => undefined);
}

async function kept({ journals }: Here, work = identity): Promise<Record<string, string>> {
  const records = await journals.read<JudgeVerdict>(work);
  return Object.fromEntries([...records].map(([key, { said }]) => [key, said]));
}

async function fileOf(place: Here, work = identity): Promise<File> {
  return savedJournal(place.journals, await workKey(work));
}

const textOf = async (file: File): Promise<string[]> => (await file.text()).trimEnd().split('\n');
const made = (lines: readonly string[], name = 'x.journal.jsonl'): File =>
  new File([lines.map((line) => `${line}\n`).join('')], name);
const recordLine = async (json: string): Promise<string> =>
  (await lineOf(`${await workKey(identity)}/records.jsonl`, json)).trimEnd();

describe('the file', () => {
  test('is the lines of the journal: description first and last, what is damaged left out', async () => {
    const one = here('npm run -s headless -- x --out /home/somebody');
    await keep(one, { a: '1', b: '2' });
    const key = await workKey(identity);
    const records = await one.storage.read(key, 'records.jsonl');
    await one.storage.append(key, 'records.jsonl', new TextEncoder().encode('0123456789abcdef {"key":\n'));
    const lines = await textOf(await fileOf(one));
    const description = new TextDecoder().decode((await one.storage.read(key, 'work.jsonl')) ?? undefined);
    expect(lines).toEqual([
      description.trimEnd(),
      ...new TextDecoder()
        .decode(records ?? undefined)
        .trimEnd()
        .split('\n'),
      description.trimEnd(),
    ]);
  });

  test('is given piece by piece, however large the journal', async () => {
    const one = here();
    await keep(one, Object.fromEntries(KEYS.map((key) => [key, key.repeat(1_200_000)])));
    const sizes: number[] = [];
    for await (const piece of one.journals.file(await workKey(identity))) sizes.push(piece.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(4_800_000);
    expect(Math.max(...sizes)).toBeLessThan(1_300_000);
    const two = here();
    expect(await two.journals.takeOver(await fileOf(one))).toMatchObject({ added: 4 });
    expect(await kept(two)).toEqual(await kept(one));
  });

  test('of work without a whole description is refused, with what to do', async () => {
    const one = here();
    await one.storage.append('k', 'records.jsonl', new Uint8Array([1]));
    await expect(savedJournal(one.journals, 'k')).rejects.toMatchObject({ name: 'JournalDamaged' });
  });

  test('is known by its name, as browsers number it, too', () => {
    const name = journalFileName({ kind: 'swap', key: '0123456789abcdef' });
    expect(name).toBe('swap-01234567.journal.jsonl');
    for (const one of [name, 'swap-01234567.journal (1).jsonl', 'my own.JOURNAL.JSONL'])
      expect(isJournalFile(one), one).toBe(true);
    for (const one of ['records.jsonl', 'journal.txt', 'x.journals.jsonl', 'x.journal/data.jsonl'])
      expect(isJournalFile(one), one).toBe(false);
  });
});

describe('taken over', () => {
  test('nothing is lost: both have all records, and what differs is told and stays', async () => {
    const [one, two] = [here(), here()];
    await keep(one, { a: '1', b: '2', c: '3' });
    await keep(two, { b: '2', c: 'otherwise', d: '4' });
    const taken = await two.journals.takeOver(await fileOf(one));
    expect(taken).toMatchObject({ added: 1, known: 1, conflicts: ['c'], damaged: [], current: true });
    expect(await kept(two)).toEqual({ a: '1', b: '2', c: 'otherwise', d: '4' });
    expect(takenText('x.jsonl', taken)).toBe(
      '1 record of "Verdicts of a judge" was taken over from x.jsonl, 1 was here already. ' +
        '1 record of it (c) says something else than what is kept here: what is kept here stays.',
    );
    // The same again changes nothing.
    expect(await two.journals.takeOver(await fileOf(one))).toMatchObject({ added: 0, known: 2 });
    expect(await two.journals.list()).toMatchObject([{ done: 4, problems: [] }]);
  });

  test('of two records of one key in the file the last counts, as in a journal', async () => {
    const one = here();
    await keep(one, { a: 'first' });
    const lines = await textOf(await fileOf(one));
    const two = here();
    const file = made([...lines, await recordLine(JSON.stringify({ key: 'a', record: verdict('last') }))]);
    expect(await two.journals.takeOver(file)).toMatchObject({ added: 1 });
    expect(await kept(two)).toEqual({ a: 'last' });
  });

  test('a whole one is whole; the command that began it, of another machine, is not', async () => {
    const [one, two] = [here('npm run -s headless -- x --out /home/somebody'), here()];
    await keep(one, { a: '', b: '', c: '', d: '' });
    await keep(two, { a: '' });
    await two.journals.takeOver(await fileOf(one));
    expect(await two.journals.list()).toMatchObject([{ done: 4, complete: true, again: null }]);
    const three = here();
    await three.journals.takeOver(await fileOf(one));
    expect(await three.journals.list()).toMatchObject([{ done: 4, complete: true, again: null }]);
  });

  test('what showing it takes goes along: listed there as here, once, whatever other hands made of it', async () => {
    const [one, two] = [here(), here()];
    const part = { title: 'Verdicts', told: '<b>all</b>', n: '1 sample', given: { models: [1] } };
    await keep(one, { a: '1' });
    await one.journals.keepShown(identity, 'verdicts', part);
    const lines = await textOf(await fileOf(one));
    expect(lines).toHaveLength(4);
    // Twice changes nothing; a file without it, as older ones are, is whole.
    for (const file of [made(lines), made(lines), made(lines.toSpliced(1, 1))])
      expect(await two.journals.takeOver(file)).toMatchObject({ damaged: [] });
    expect(await two.journals.shown()).toEqual(await one.journals.shown());
    expect(await two.journals.shown()).toMatchObject([{ analysis: 'verdicts', part }]);

    const place = `${await workKey(identity)}/shown.jsonl`;
    const at = new Date(0).toISOString();
    const strange = await Promise.all(
      [
        { analysis: 'verdicts', part },
        { analysis: 7, part, at },
        { analysis: 'verdicts', part, at: 'today' },
        [part],
      ].map(async (said) => (await lineOf(place, JSON.stringify(said))).trimEnd()),
    );
    const many = await Promise.all(
      Array.from({ length: 101 }, async (_, n) =>
        (await lineOf(place, JSON.stringify({ analysis: 'verdicts', part: n, at }))).trimEnd(),
      ),
    );
    const three = here();
    const [first = '', , ...others] = lines;
    const { damaged } = await three.journals.takeOver(made([first, ...strange, ...many, ...others]));
    expect(damaged).toEqual([2, 3, 4, 5, 106]);
    expect(await three.journals.shown()).toHaveLength(100);
    expect(await kept(three)).toEqual({ a: '1' });
  });

  test('with any bit of it flipped: the same records or fewer, told, or a named error', async () => {
    const one = here();
    await keep(one, { a: '1', b: 'ü', c: '"\n"' });
    const file = await fileOf(one);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const whole = await kept(one);
    vi.spyOn(crypto.subtle, 'digest').mockImplementation(digestAtOnce);
    onTestFinished(() => void vi.restoreAllMocks());
    const lost = new Set<number>();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      const two = here();
      const taken = await two.journals.takeOver(new File([flipped], 'x.jsonl'));
      for (const [key, said] of Object.entries(await kept(two))) expect(whole[key], `bit ${bit}`).toBe(said);
      // The last newline says nothing.
      if (bit >> 3 !== bytes.length - 1) expect(taken.damaged, `bit ${bit}`).not.toEqual([]);
      expect(await two.journals.list()).toMatchObject([{ described: true, done: taken.added }]);
      lost.add(3 - taken.added);
    }
    expect([...lost].sort()).toEqual([0, 1, 2]);
  });

  test('cut off at any byte: the lines before it', async () => {
    const one = here();
    await keep(one, { a: '1', b: '2' });
    const file = await fileOf(one);
    const [first = ''] = await textOf(file);
    const described = new TextEncoder().encode(first).length;
    for (let end = described; end < file.size; end += 7) {
      const two = here();
      const { added, damaged } = await two.journals.takeOver(new File([file.slice(0, end)], 'x.jsonl'));
      expect(added).toBeLessThanOrEqual(2);
      expect(damaged.length).toBeLessThanOrEqual(1);
      expect(Object.keys(await kept(two))).toEqual(KEYS.slice(0, added));
    }
  });

  test('lines that are whole and no records of the kind are told and left out', async () => {
    const one = here();
    await keep(one, { a: '1' });
    const lines = await textOf(await fileOf(one));
    const strange = await Promise.all(
      [
        '{"key":"b","record":{"verdict":"perhaps","said":""}}',
        '{"key":"b","record":{"verdict":"correct","said":"","more":1}}',
        '{"key":"b","record":{"text":"","stop":"end"}}',
        '{"key":7,"record":{"verdict":"correct","said":""}}',
        '[]',
        '7',
      ].map(recordLine),
    );
    const foreign = (
      await lineOf('other/records.jsonl', JSON.stringify({ key: 'b', record: verdict('') }))
    ).trim();
    const two = here();
    const taken = await two.journals.takeOver(
      made([...lines, ...strange, '', foreign, 'text', '{"told":[]}']),
    );
    expect(taken).toMatchObject({ added: 1, damaged: [4, 5, 6, 7, 8, 9, 11, 12, 13] });
    expect(takenText('x', taken)).toContain(
      '9 lines of it (4, 5, 6, 7, 8 and 4 more) are damaged, or no record of this kind, and left out.',
    );
    expect(await kept(two)).toEqual({ a: '1' });
    // Where a journal notes what was told of its own damage, that is of other places.
    const noted = made([...lines, await recordLine('{"told":[[0,5]]}')]);
    expect(await here().journals.takeOver(noted)).toMatchObject({ damaged: [] });
  });

  test('a line of megabytes is left out, and nothing of it held', async () => {
    const one = here();
    await keep(one, { a: '1' });
    const lines = await textOf(await fileOf(one));
    const long = await recordLine(JSON.stringify({ key: 'b', record: verdict('x'.repeat(LONGEST_LINE)) }));
    expect(await here().journals.takeOver(made([long, ...lines, long]))).toMatchObject({
      ...{ added: 1, damaged: [1, 5] },
    });
  });

  test('what another build computed is told as its own, and never gone on with', async () => {
    const theirs = { ...identity, total: 4, complete: false, modules: 'other', build: '0.0.1 (0123abcd)' };
    const key = await keyOfModules('other', identity);
    const line = async (file: string, said: object) =>
      (await lineOf(`${key}/${file}`, JSON.stringify(said))).trimEnd();
    const file = made([
      await line('work.jsonl', { ...theirs, at: '2026-01-02T03:04:05.678Z' }),
      await line('records.jsonl', { key: 'a', record: verdict('theirs') }),
    ]);
    const two = here();
    const taken = await two.journals.takeOver(file);
    expect(taken).toMatchObject({ added: 1, current: false });
    expect(takenText('x', taken)).toContain(
      'It was computed by another build (0.0.1 (0123abcd)): shown, not gone on with.',
    );
    expect(await kept(two)).toEqual({});
    expect(await two.journals.otherBuilds(identity)).toMatchObject([{ key, build: '0.0.1 (0123abcd)' }]);
    // And it can be saved again.
    expect(await textOf(await savedJournal(two.journals, key))).toHaveLength(3);
  });

  test('a storage that is full leaves what it took, and the same file goes on from there', async () => {
    const [one, two] = [here(), here()];
    await keep(one, Object.fromEntries(KEYS.map((key) => [key, key.repeat(600_000)])));
    const file = await fileOf(one);
    let left = 2;
    const full = Object.assign(Object.create(two.storage) as MemoryStorage, {
      append: (key: string, name: string, lines: Uint8Array<ArrayBuffer>) => {
        if (left-- > 0) return two.storage.append(key, name, lines);
        return Promise.reject(new DOMException('full', 'QuotaExceededError'));
      },
      read: two.storage.read.bind(two.storage),
      list: two.storage.list.bind(two.storage),
    });
    await expect(new Journals(full).takeOver(file)).rejects.toMatchObject({
      ...{ name: 'JournalFailed', what: 'results cannot be kept (the storage is full)' },
    });
    const [begun] = await two.journals.list();
    expect(begun).toMatchObject({ described: true, complete: false });
    expect(begun?.done).toBeGreaterThan(0);
    expect(await two.journals.takeOver(file)).toMatchObject({ known: begun?.done });
    expect(await kept(two)).toEqual(await kept(one));
  });

  test('a cancelled one rejects with its reason', async () => {
    const one = here();
    await keep(one, { a: '1' });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(here().journals.takeOver(await fileOf(one), { signal })).rejects.toThrow('enough');
  });
});

describe('weights', () => {
  const print = 'f'.repeat(64);
  const work: WorkIdentity = { ...identity, inputs: { 'weights of rl': print } };
  const hash = (digit: string) => new Map([['w', digit.repeat(64)]]);

  async function saved(): Promise<File> {
    const one = here();
    await one.journals.weights.note(print, hash('1'));
    await keep(one, { a: '1' }, work);
    return fileOf(one, work);
  }

  test('that are known to be others refuse the journal before anything is taken over', async () => {
    const two = here();
    await two.journals.weights.note(print, hash('2'));
    await expect(two.journals.takeOver(await saved())).rejects.toMatchObject({
      ...{ name: 'OtherWeights', place: { file: 'a.journal.jsonl', tensor: 'w' } },
    });
    expect(await two.journals.list()).toEqual([]);
    expect(await two.journals.weights.known(print)).toEqual(hash('2'));
  });

  test('that turn out to be others when they are read withdraw what was taken over', async () => {
    const two = here();
    expect(await two.journals.takeOver(await saved())).toMatchObject({ added: 1, damaged: [] });
    expect(await two.journals.weights.note(print, hash('1'))).toBeNull();
    expect(await kept(two, work)).toEqual({ a: '1' });
    expect((await two.journals.weights.note(print, hash('2')))?.works).toHaveLength(1);
    expect(await two.journals.list()).toEqual([]);
  });

  test('are said before the records, of the inputs alone, in hashes: else the line is damaged', async () => {
    const lines = await textOf(await saved());
    const key = await workKey(work);
    const [description = '', weights = '', ...records] = lines;
    expect(weights).toContain('{"weights":"fff');
    const strange = [
      { weights: 'other', tensors: {} },
      { weights: print, tensors: { w: 'short' } },
    ];
    const others = strange.map(async (said) =>
      (await lineOf(`${key}/weights.jsonl`, JSON.stringify(said))).trimEnd(),
    );
    const two = here();
    const file = made([description, ...(await Promise.all(others)), ...records, weights]);
    expect(await two.journals.takeOver(file)).toMatchObject({ added: 1, damaged: [2, 3, 6] });
    expect(await two.journals.weights.known(print)).toEqual(new Map());
  });
});

describe('a file that is no journal', () => {
  const refused = async (file: File): Promise<unknown> => {
    const place = here();
    const error = await place.journals.takeOver(file).catch((reason: unknown) => reason);
    expect(await place.journals.list()).toEqual([]);
    return error;
  };

  test.each([
    ['nothing', '', 'the file is empty'],
    ['text', 'Dear reader,\nhow are you?\n', 'no line of the file is one of a journal'],
    ['lines of JSON', '{"id":"1"}\n'.repeat(1000), 'no line of the file is one of a journal'],
    ['a picture', '\x89PNG\r\n\x1a\n', 'no line of the file is one of a journal'],
    ['zeros', '\0'.repeat(5_000_000), 'no line of the file is one of a journal'],
  ])('%s is told', async (_, text, what) => {
    expect(await refused(new File([text], 'x.jsonl'))).toMatchObject({
      ...{ name: 'NotAJournal', what, place: { file: 'x.jsonl' } },
      remedy: 'give a file that "Save journal" or `kept --save` wrote',
    });
  });

  test('records without a description, and a description of other work, are told', async () => {
    const one = here();
    await keep(one, { a: '1' });
    const lines = await textOf(await fileOf(one));
    expect(await refused(made(lines.slice(1, 2)))).toMatchObject({ name: 'JournalDamaged' });
    // Whoever changes a setting changes the name that everything is summed with.
    const settled = lines.map((line) => line.replace('"seed":1', '"seed":2'));
    expect(await refused(made(settled))).toMatchObject({ name: 'JournalDamaged' });
  });

  test('of a kind that earlier versions kept it is taken over, listed, and saved again as it was', async () => {
    const inputs = { answers: 'hash' };
    const said = { kind: 'gpu-memory', title: 'GPU memory of an evaluation', inputs, settings: null };
    const key = await keyOfModules('m', said);
    const bytes = { peakBytes: 7, estimateBytes: 6, weightBytes: 3, kvCacheBytes: 2, activationBytes: 1 };
    const described = { ...said, total: 1, complete: true, modules: 'm', build: '1.0.0 (abcd)' };
    const lines = [
      await lineOf(`${key}/work.jsonl`, JSON.stringify({ ...described, at: '2026-01-02T03:04:05.678Z' })),
      await lineOf(
        `${key}/records.jsonl`,
        JSON.stringify({ key: 'gpu memory', record: { ...bytes, rows: 2, tokens: 40 } }),
      ),
    ];
    const journals = new Journals(new MemoryStorage());
    expect(await journals.takeOver(new File(lines, 'x.jsonl'))).toMatchObject({ added: 1, damaged: [] });
    expect(await journals.list()).toMatchObject([
      { kind: 'gpu-memory', done: 1, complete: true, current: false, problems: [] },
    ]);
    const pieces: string[] = [];
    for await (const piece of journals.file(key)) pieces.push(new TextDecoder().decode(piece));
    expect(pieces.join('')).toContain(lines.join(''));
  });

  test('of a kind that is not known here is told, with the build that knows it', async () => {
    const said = {
      ...identity,
      kind: 'tarot',
      total: 1,
      complete: false,
      modules: 'm',
      build: '9.9.9 (abcd)',
    };
    const key = await keyOfModules('m', said);
    const line = await lineOf(
      `${key}/work.jsonl`,
      JSON.stringify({ ...said, at: '2026-01-02T03:04:05.678Z' }),
    );
    expect(await refused(new File([line], 'x.jsonl'))).toMatchObject({
      ...{ name: 'UnknownKind', remedy: 'open it with the build that wrote it: 9.9.9 (abcd)' },
    });
  });

  test.each([
    [
      'settings that nest a hundred thousand deep',
      { settings: null },
      ['null', `${'['.repeat(1e5)}${']'.repeat(1e5)}`],
    ],
    ['settings that nest forty deep', { settings: null }, ['null', `${'['.repeat(40)}${']'.repeat(40)}`]],
    ['an input that is no text under a name of the language', {}, ['"judge"', '"__proto__":{},"judge"']],
  ])('%s describe nothing', async (_, change, [from = '', to = '']) => {
    const said = { ...identity, ...change, total: 1, complete: false, modules: 'm', build: 'b' };
    const json = JSON.stringify({ ...said, at: '2026-01-02T03:04:05.678Z' }).replace(from, to);
    const key = await keyOfModules('m', JSON.parse(json.replace(to, from)) as WorkIdentity);
    const line = await lineOf(`${key}/work.jsonl`, json);
    expect(await refused(new File([line], 'x.jsonl'))).toMatchObject({ name: 'JournalDamaged' });
  });

  test('larger than any journal is refused before it is read', async () => {
    const file = Object.defineProperty(new File([], 'x.jsonl'), 'size', { value: 2 ** 30 + 1 });
    expect(await refused(file)).toMatchObject({ name: 'JournalTooLarge' });
  });

  test('that is gone since it was chosen is told', async () => {
    const gone = Object.assign(new File(['x'], 'x.jsonl'), {
      slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotFoundError')) }),
    });
    expect(await refused(gone)).toMatchObject({
      ...{ name: 'FileUnreadable', what: 'the file is not there any more', remedy: 'choose it again' },
    });
  });
});
