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
  const showing = run.showWork(identity, 1);
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
  await run.showWork(identity, 1);
  await compute('ours');
  run.leave();
  state.slow = true;
  const showing = run.showWork(identity, 1);
  await expect.poll(() => waiting.length).toBe(1);
  state.slow = false;
  for (const { key } of await storage.list()) await journals.remove(key);
  waiting[0]?.();
  await showing;
  expect([said(), run.origin]).toEqual([[], null]);

  run.leave();
  const key = await keepAsOtherBuild(storage, identity, { a: verdict('theirs') });
  state.slow = true;
  const again = run.showWork(identity, 1);
  await expect.poll(() => waiting.length).toBe(2);
  waiting[1]?.();
  await expect.poll(() => waiting.length).toBe(3);
  state.slow = false;
  await journals.remove(key);
  waiting[2]?.();
  await again;
  expect([said(), run.origin, run.notices]).toEqual([[], null, []]);
});

test('of work that the page has left nothing is told', async () => {
  const { storage, state, waiting } = slowStorage();
  const { run } = staged(storage);
  state.slow = true;
  const showing = run.showWork(identity, 1);
  await expect.poll(() => waiting.length).toBe(1);
  state.slow = false;
  await run.showWork({ ...identity, settings: 1 }, 1);
  waiting[0]?.(true);
  await showing;
  expect(run.notices).toEqual([]);
});
