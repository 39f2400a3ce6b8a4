/** What kept work becomes of a page where things happen while it is read. */
import { expect, test } from 'vitest';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { Journals } from '../../study/journal/journals.ts';
import { MemoryStorage } from '../../study/journal/memory-storage.ts';
import { keepAsOtherBuild } from '../../study/testing/other-build.ts';
import { Jobs } from './jobs.svelte.ts';
import { type Preparing, StudyRun } from './study-run.svelte.ts';

interface Verdict {
  readonly verdict: 'correct';
  readonly said: string;
}
const identity: WorkIdentity = { kind: 'verdicts', title: 'Verdicts', inputs: { judge: 'j' }, settings: {} };
const verdict = (said: string): Verdict => ({ verdict: 'correct', said });

/** Storage that can be made to wait, and to fail, where it gives records. */
function slowStorage() {
  const waiting: ((fails?: boolean) => void)[] = [];
  const state = { slow: false };
  const storage = new MemoryStorage();
  const read = storage.read.bind(storage);
  storage.read = async (work, file) => {
    const found = await read(work, file);
    if (!state.slow || file !== 'records.jsonl') return found;
    return new Promise((resolve, reject) =>
      waiting.push((fails) => (fails ? reject(new Error('gone')) : resolve(found))),
    );
  };
  return { storage, state, waiting };
}

function staged(storage = new MemoryStorage(), preparing: Preparing<Verdict> | null = null) {
  const journals = new Journals(storage);
  const run = new StudyRun<Verdict>('verdicts', journals, new Jobs(), preparing);
  const said = () => [...run.records.values()].map((one) => one.said);
  const compute = (words: string) =>
    run.run('Verdicts', async (long) => long.onRecord?.('a', verdict(words)));
  return { journals, run, said, compute };
}

test('a run that is begun while records of another build are made ready is not taken for that build', async () => {
  const waiting: (() => void)[] = [];
  let slow = true;
  const prepare = (records: readonly Verdict[]): Promise<void> =>
    slow && records.length > 0 ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve();
  const storage = new MemoryStorage();
  const key = await keepAsOtherBuild(storage, identity, { a: verdict('theirs') });
  const { run, said, compute, journals } = staged(storage, { prepare });
  const showing = run.showWork({ identity, total: 1 });
  await expect.poll(() => waiting.length).toBe(1);
  slow = false;
  const running = compute('ours');
  waiting[0]?.();
  await Promise.all([showing, running]);
  expect([said(), run.origin, run.notices]).toEqual([['ours'], null, []]);
  await run.forget();
  expect((await journals.list()).map((work) => work.key)).toEqual([key]);
});

test('what is withdrawn while it is read is not shown, of this build or of another', async () => {
  const { storage, state, waiting } = slowStorage();
  const { run, said, compute, journals } = staged(storage);
  await run.showWork({ identity, total: 1 });
  await compute('ours');
  run.leave();
  state.slow = true;
  const showing = run.showWork({ identity, total: 1 });
  await expect.poll(() => waiting.length).toBe(1);
  state.slow = false;
  for (const { key } of await storage.list()) await journals.remove(key);
  waiting[0]?.();
  await showing;
  expect([said(), run.origin]).toEqual([[], null]);

  run.leave();
  const key = await keepAsOtherBuild(storage, identity, { a: verdict('theirs') });
  state.slow = true;
  const again = run.showWork({ identity, total: 1 });
  await expect.poll(() => waiting.length).toBe(2);
  waiting[1]?.();
  await expect.poll(() => waiting.length).toBe(3);
  state.slow = false;
  await journals.remove(key);
  waiting[2]?.();
  await again;
  expect([said(), run.origin, run.notices]).toEqual([[], null, []]);
});

test('what is left, or replaced, before it is laid out is not laid out behind that', async () => {
  const { run } = staged();
  const laid: string[] = [];
  const show = (name: string): Promise<void> =>
    run.showWork({ identity: { ...identity, settings: name }, total: 1 }, () => laid.push(name));
  await Promise.all([show('one'), show('two')]);
  expect(laid).toEqual(['two']);
  const three = show('three');
  run.leave();
  await three;
  expect([laid, run.total]).toEqual([['two'], 0]);
});

test('of work that the page has left nothing is told', async () => {
  const { storage, state, waiting } = slowStorage();
  const { run } = staged(storage);
  state.slow = true;
  const showing = run.showWork({ identity, total: 1 });
  await expect.poll(() => waiting.length).toBe(1);
  state.slow = false;
  await run.showWork({ identity: { ...identity, settings: 1 }, total: 1 });
  waiting[0]?.(true);
  await showing;
  expect(run.notices).toEqual([]);
});

test('what was shown stays under other settings, told as former, until there is something of them', async () => {
  const { run, said, compute } = staged();
  await run.showWork({ identity, total: 1 });
  await compute('before');
  expect([said(), run.former, run.whole]).toEqual([['before'], null, true]);

  const other = { ...identity, title: 'Others', settings: 1 };
  let laid: boolean[] = [];
  await run.showWork({ identity: other, total: 2 }, (isOther) => laid.push(isOther));
  expect([said(), run.total, run.done, run.whole, run.resumable]).toEqual([
    ['before'],
    1,
    true,
    false,
    false,
  ]);
  expect(run.former).toEqual({ title: 'Verdicts', total: 1 });
  // A third work is not what is shown, either.
  await run.showWork({ identity: { ...identity, settings: 2 }, total: 3 });
  expect(run.former).toEqual({ title: 'Verdicts', total: 1 });
  await run.showWork({ identity, total: 1 }, (isOther) => laid.push(isOther));
  expect([said(), run.former, run.whole]).toEqual([['before'], null, true]);

  await run.showWork({ identity: other, total: 2 });
  await run.run('Others', () => Promise.reject(new Error('no answer')));
  expect([said(), run.former?.title]).toEqual([['before'], 'Verdicts']);
  await compute('after');
  expect([said(), run.former, run.total, run.resumable]).toEqual([['after'], null, 2, true]);

  // Nor is what was shown gone where nothing can be run for a while; where nothing is open any more it is.
  await run.showWork({ identity: other, total: 2 });
  run.leave();
  expect([said(), run.former, run.whole]).toEqual([['after'], { title: 'Others', total: 2 }, false]);
  await run.showWork({ identity: other, total: 2 });
  expect([said(), run.former, run.resumable]).toEqual([['after'], null, true]);
  run.leave(false);
  expect([said(), run.former, run.total]).toEqual([[], null, 0]);
  await run.showWork({ identity: other, total: 2 });

  // Of former work that is forgotten nothing stays.
  await run.showWork({ identity: { ...identity, settings: 3 }, total: 1 });
  await run.forget();
  expect([said(), run.former]).toEqual([[], null]);
  laid = [];
  await run.showWork({ identity: { ...identity, settings: 3 }, total: 1 }, (isOther) => laid.push(isOther));
  expect(laid).toEqual([false]);
});

test('records are shown in the order of the plan, whatever order they came in: in a run, and read again', async () => {
  const storage = new MemoryStorage();
  const { run, said } = staged(storage);
  const work = { identity, total: 3, keys: ['a', 'b', 'c'] };
  await run.showWork(work);
  await run.run('Verdicts', async ({ onRecord }) => {
    for (const key of ['c', 'a', 'b']) await onRecord?.(key, verdict(key));
  });
  expect(said()).toEqual(['a', 'b', 'c']);
  const again = staged(storage);
  await again.run.showWork(work);
  expect(again.said()).toEqual(['a', 'b', 'c']);
  expect(again.run.found.map((one) => one.said)).toEqual(['a', 'b', 'c']);
});

test('what showing it again takes is kept with its first record, once, and is gone with it', async () => {
  const { run, compute, journals } = staged();
  const part = { ...{ title: 'Verdicts', told: 'all', n: '1 sample' }, given: { models: [1] } };
  let made = 0;
  const make = () => Promise.resolve((made++, part));
  await run.showWork({ identity, total: 1 }, undefined, make);
  expect(await journals.shown()).toEqual([]);
  await compute('ours');
  const listed = { ...{ analysis: 'verdicts', kind: 'verdicts', total: 1, complete: true }, part };
  expect(await journals.shown()).toMatchObject([listed]);
  run.leave();
  await run.showWork({ identity, total: 1 }, undefined, make);
  expect(made).toBe(2);
  expect(await journals.shown()).toHaveLength(1);
  await run.forget();
  expect(await journals.shown()).toEqual([]);
});
