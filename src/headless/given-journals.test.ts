/** `--journal`: what a file holds of the same work goes on here, and of other work it is said what differs. */
import { expect, test } from 'vitest';
import { readFlags } from '../../scripts/flags.mjs';
import type { WorkIdentity } from '../identity/work-identity.ts';
import { keyOfModules, workKey } from '../identity/work-identity.ts';
import type { JudgeVerdict } from '../remote/judge.ts';
import { Journals } from '../study/journal/journals.ts';
import { lineOf } from '../study/journal/lines.ts';
import { MemoryStorage } from '../study/journal/memory-storage.ts';
import { runJournalled } from '../study/run-journalled.ts';
import { savedJournal } from '../study/testing/saved-journal.ts';
import type { CommandContext } from './context.ts';
import { run as kept } from './commands/kept.ts';
import { FlagReader } from './flag-reader.ts';
import { GivenJournals } from './given-journals.ts';
import { table } from './testing/identity-stage.ts';

const PARTS = { model: { device: 'webgpu', adapter: 'nvidia ada', dtype: 'f16' } };
const identity: WorkIdentity = {
  ...{ kind: 'verdicts', title: 'Verdicts' },
  inputs: { 'weights of model': 'a'.repeat(64), samples: 'b'.repeat(64) },
  settings: { computedBy: PARTS, maxNewTokens: 64, layers: [0, 1] },
};

async function begun(journals: Journals, work: WorkIdentity): Promise<void> {
  await runJournalled<JudgeVerdict, unknown>(journals, work, 2, async ({ onRecord }) => {
    await onRecord?.('a', { verdict: 'correct', said: '' });
    throw new Error('cut off');
  }).catch(() => undefined);
}

async function begunElsewhere(work: WorkIdentity, name = 'x.journal.jsonl'): Promise<File> {
  const journals = new Journals(new MemoryStorage());
  await begun(journals, work);
  return savedJournal(journals, await workKey(work), name);
}

const given = (files: readonly File[], journals: Journals, told: string[] = []): GivenJournals =>
  new GivenJournals(files, journals, {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    notice: (line) => told.push(line),
  });

const refusal = async (theirs: WorkIdentity, ...ours: readonly WorkIdentity[]): Promise<Error> => {
  const journals = new Journals(new MemoryStorage());
  const [first = identity] = ours;
  const error = await given([await begunElsewhere(theirs)], journals)
    .takeOver(first, ours)
    .catch((reason: unknown) => reason as Error);
  expect(await journals.list()).toEqual([]);
  expect(error).toMatchObject({ name: 'OtherWork', place: { file: 'x.journal.jsonl' } });
  return error as Error;
};

test('what was begun elsewhere is there before the work begins, once', async () => {
  const journals = new Journals(new MemoryStorage());
  const told: string[] = [];
  const files = given([await begunElsewhere(identity)], journals, told);
  await files.takeOver(identity);
  await files.takeOver(identity);
  expect(told).toEqual(['1 record of "Verdicts" was taken over from x.journal.jsonl.']);
  expect([...(await journals.read(identity)).keys()]).toEqual(['a']);
});

const changed = (more: object): WorkIdentity => ({
  ...identity,
  settings: { ...(identity.settings as object), ...more },
});

test.each([
  [
    'weights',
    { ...identity, inputs: { ...identity.inputs, 'weights of model': 'c'.repeat(64) } },
    'the journal is of other work: weights of model cccccccccccc, here aaaaaaaaaaaa; x.journal.jsonl; give the inputs and flags that it was begun with, or leave --journal out',
  ],
  [
    'an input that is not there',
    { ...identity, inputs: { samples: 'b'.repeat(64) } },
    'the journal is of other work: weights of model none, here aaaaaaaaaaaa; x.journal.jsonl; give the inputs and flags that it was begun with, or leave --journal out',
  ],
  [
    'settings',
    changed({ maxNewTokens: 8, layers: [0] }),
    'the journal is of other work: maxNewTokens 8, here 64; layers [0], here [0,1]; x.journal.jsonl; give the inputs and flags that it was begun with, or leave --journal out',
  ],
  [
    'device, adapter and dtype',
    changed({ computedBy: { model: { device: 'wasm', adapter: '4 threads', dtype: 'f32' } } }),
    'the journal is of other work: device of model wasm, here webgpu; adapter of model 4 threads, here nvidia ada; dtype of model f32, here f16; x.journal.jsonl; ' +
      'give the inputs and flags that it was begun with, on the same kind of device and with the same dtype, or leave --journal out',
  ],
  [
    'kind',
    { ...identity, kind: 'energy' as const },
    'the journal is of other work: kind energy, here verdicts; x.journal.jsonl; give it to the command that does this kind of work',
  ],
])('other %s are told, with what to do', async (_, theirs, message) => {
  expect((await refusal(theirs, identity)).message).toBe(message);
});

test('another build is told, and which one goes on with it', async () => {
  const said = { ...identity, total: 2, complete: false, modules: 'other', build: '0.0.1 (0123abcd)' };
  const key = await keyOfModules('other', identity);
  const line = await lineOf(`${key}/work.jsonl`, JSON.stringify({ ...said, at: '2026-01-02T03:04:05.678Z' }));
  const files = given([new File([line], 'x')], new Journals(new MemoryStorage()));
  await expect(files.takeOver(identity)).rejects.toMatchObject({
    ...{
      name: 'OtherWork',
      what: expect.stringMatching(/work: build 0\.0\.1 \(0123abcd\), here /) as string,
    },
    remedy: 'run it with the build that wrote it (0.0.1 (0123abcd)), or leave --journal out',
  });
});

test('many and long differences are told in one short line', async () => {
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`s${index}`, 'x'.repeat(5000)]));
  const { message } = await refusal({ ...identity, settings: many }, identity);
  expect(message).toContain(', and 51 more differences;');
  expect(message.length).toBeLessThan(1000);
  expect(message).not.toContain('\n');
});

test('several journals that are opened together: each file goes to its own, and none is told of the nearest', async () => {
  const answers = (donor: string): WorkIdentity => ({
    ...{ kind: 'answers', title: `Answers of ${donor}`, inputs: { 'weights of 0': donor.repeat(64) } },
    settings: { dtype: 'f32' },
  });
  const works = ['a', 'b'].map(answers);
  const [one, two] = works as [WorkIdentity, WorkIdentity];
  const journals = new Journals(new MemoryStorage());
  const told: string[] = [];
  const files = given([await begunElsewhere(two, 'two'), await begunElsewhere(one, 'one')], journals, told);
  await files.takeOver(one, works);
  expect((await journals.list()).map(({ title }) => title)).toEqual(['Answers of a']);
  await files.takeOver(two, works);
  expect(told).toHaveLength(2);
  expect((await journals.list()).map(({ title }) => title).sort()).toEqual(['Answers of a', 'Answers of b']);
  const other = { ...two, settings: { dtype: 'q4' } };
  expect((await refusal(other, ...works)).message).toContain('other work: dtype q4, here f32;');
});

test('overlap waits until it is begun', async () => {
  const overlap: WorkIdentity = { ...identity, kind: 'overlap', title: 'Overlap' };
  const journals = new Journals(new MemoryStorage());
  const told: string[] = [];
  const files = given([await begunElsewhere(overlap)], journals, told);
  await files.takeOver({ ...identity, kind: 'diversity' });
  expect(await journals.list()).toEqual([]);
  await files.takeOver(overlap);
  expect(told[0]).toContain('is of the overlap: taken over when that is begun');
  expect(await journals.list()).toHaveLength(1);
});

test('`kept --save` writes the file that the page saves', async () => {
  const journals = new Journals(new MemoryStorage());
  await begun(journals, identity);
  const key = await workKey(identity);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const names: string[] = [];
  const context = (...words: string[]) =>
    ({
      flags: new FlagReader(readFlags(table('kept'), words) as ConstructorParameters<typeof FlagReader>[0]),
      ...{ journals, outName: 'mine.jsonl' },
      out: {
        create: (name: string) => {
          names.push(name);
          return Promise.resolve(
            new WritableStream<Uint8Array<ArrayBuffer>>({ write: (piece) => void pieces.push(piece) }),
          );
        },
      },
    }) as unknown as CommandContext;
  expect(await kept(context('--save', key))).toBeUndefined();
  expect(names).toEqual(['mine.jsonl']);
  expect(await new File(pieces, '').text()).toBe(await (await savedJournal(journals, key)).text());
  await expect(kept(context('--save', 'none'))).rejects.toMatchObject({
    ...{ name: 'UnknownWork', place: { field: 'save' } },
  });
  await expect(kept(context('--save', key, '--forget', key))).rejects.toMatchObject({ name: 'BadValue' });
  expect(await journals.list()).toHaveLength(1);
});
