/** What another build computed is found by what it was computed from, told as that build's, and never gone on with. */
import { expect, test } from 'vitest';
import { run as kept } from '../../headless/commands/kept.ts';
import type { CommandContext } from '../../headless/context.ts';
import type { JudgeVerdict } from '../../remote/judge.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { sameWork } from '../../identity/work-identity.ts';
import { runJournalled } from '../run-journalled.ts';
import { keepAsOtherBuild } from '../testing/other-build.ts';
import type { LongWork } from '../../work/long-work.ts';
import { Journals } from './journals.ts';
import { MemoryStorage } from './memory-storage.ts';
import { originFacts, originNotice } from './other-builds.ts';

const WORK: WorkIdentity = {
  ...{ kind: 'verdicts', title: 'Verdicts', inputs: { judge: 'x' } },
  settings: { b: [1, { c: null }], a: 'text' },
};
const verdict = (said: string): JudgeVerdict => ({ verdict: 'correct', said });

test('the latest other build comes first, and this one is none of them', async () => {
  const storage = new MemoryStorage();
  const journals = new Journals(storage);
  await keepAsOtherBuild(
    storage,
    WORK,
    { one: verdict('old') },
    { build: '1', at: '2026-01-01T00:00:00.000Z' },
  );
  await keepAsOtherBuild(
    storage,
    { ...WORK, title: 'Of another name', settings: { a: 'text', b: [1, { c: null }] } },
    { one: verdict('newer'), two: verdict('newer') },
    { build: '2', at: '2026-02-01T00:00:00.000Z' },
  );
  const others: WorkIdentity[] = [
    { ...WORK, settings: { a: 'other' } },
    { ...WORK, inputs: { judge: 'y' } },
    { ...WORK, kind: 'answers' },
  ];
  for (const [index, other] of others.entries())
    await keepAsOtherBuild(storage, other, {}, { build: `x${index}`, at: '2026-03-01T00:00:00.000Z' });
  await runJournalled<JudgeVerdict, unknown>(journals, WORK, 1, ({ onRecord, finished }) => {
    expect(finished?.size).toBe(0);
    return Promise.resolve(onRecord?.('one', verdict('this build')));
  });

  const found = await journals.otherBuilds(WORK);
  expect(found.map(({ build }) => build)).toEqual(['2', '1']);
  const { records, left } = await journals.ofOtherBuild<JudgeVerdict>(
    'verdicts',
    found[0] as (typeof found)[0],
  );
  expect([...records]).toEqual([
    ['one', verdict('newer')],
    ['two', verdict('newer')],
  ]);
  expect(left).toBe(0);
});

test('a record of a shape that this build does not know is left out, and told', async () => {
  const storage = new MemoryStorage();
  const journals = new Journals(storage);
  await keepAsOtherBuild(storage, WORK, { one: verdict('good'), two: { verdict: 'yes' } });
  const [origin] = await journals.otherBuilds(WORK);
  if (!origin) throw new Error('not found');
  const { records, left } = await journals.ofOtherBuild('verdicts', origin);
  expect([...records.keys()]).toEqual(['one']);
  expect(originNotice(origin, left)).toBe(
    "Computed by build 0.0.1 (0123abcd) on 2026-01-02 03:04, whose code is not this build's: shown as it was kept, not gone " +
      'on with. Computing again begins anew. 1 record of it is damaged, or of a shape that this build does not know, and left out.',
  );
  expect(originFacts(origin)).toEqual({
    computedBy: { build: '0.0.1 (0123abcd)', at: '2026-01-02T03:04:05.678Z' },
  });
});

test('a field that JSON does not know makes no other work', () => {
  const settings = { a: 1, b: undefined } as unknown as WorkIdentity['settings'];
  expect(sameWork({ ...WORK, settings }, { ...WORK, settings: { a: 1 } })).toBe(true);
  expect(sameWork({ ...WORK, settings }, { ...WORK, settings: { a: 2 } })).toBe(false);
});

test('the command writes what another build kept with its build and date, and nothing goes on with it', async () => {
  const storage = new MemoryStorage();
  const journals = new Journals(storage);
  const records = { one: verdict('a'), ['__proto__']: verdict('b') };
  const key = await keepAsOtherBuild(storage, WORK, records);
  const flags = (shown: readonly string[]) => ({
    list: (name: string) => (name === 'show' ? shown : []),
    text: () => undefined,
  });
  const list = async (...shown: string[]) =>
    (await kept({ journals, flags: flags(shown) } as unknown as CommandContext)) as { kept: object[] };
  const work = { key, current: false, build: '0.0.1 (0123abcd)', begun: '2026-01-02T03:04:05.678Z' };
  const [entry] = (await list()).kept;
  expect(entry).toMatchObject({
    ...work,
    state: expect.stringMatching(/another build .*: shown, not gone on/) as string,
  });
  expect(entry).not.toHaveProperty('records');
  const shown = { kept: [{ ...work, records: { one: verdict('a') } }] };
  expect(await list(key)).toMatchObject(shown);
  expect(await list('all')).toMatchObject(shown);
  await expect(list('none')).rejects.toMatchObject({ name: 'UnknownWork' });
  const begun: LongWork<JudgeVerdict>['finished'][] = [];
  await runJournalled<JudgeVerdict, unknown>(journals, WORK, 2, ({ finished }) => {
    begun.push(finished);
    return Promise.resolve();
  });
  expect(begun.map((finished) => finished?.size)).toEqual([0]);
});
