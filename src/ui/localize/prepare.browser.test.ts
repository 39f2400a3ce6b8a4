/** What is laid out while settings change: the last of them count, however long each takes. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NamedError } from '../../named-error.ts';
import type { Problem } from '../../probes/data/problem.ts';
import { fakeFolder } from '../testing/fake-folder.ts';
import { clearStage, stageApp } from '../testing/stage.ts';

beforeEach(() => localStorage.clear());
afterEach(clearStage);

async function start() {
  const { app } = await stageApp({ layers: 2, visionBlocks: 1, parameters: 1e6 });
  await app.family.place([fakeFolder('x-sft'), fakeFolder('x-rl')]);
  await app.family.loadAll();
  const { localize } = app;
  /** Readings under way, in the order in which they began. */
  const readings: { readonly go: () => void; readonly fail: (error: NamedError) => void }[] = [];
  localize.sets.broughtQuestions = {
    name: 'mine',
    samples: {
      count: 3,
      at: (indices) =>
        new Promise<readonly Problem[]>((resolve, reject) => {
          const problems = indices.map((index) => ({ id: `${index}`, question: 'Q', answer: '1' }));
          readings.push({ go: () => resolve(problems), fail: reject });
        }),
      close: () => undefined,
    },
  };
  localize.sets.pictureSource = 'dropped';
  localize.probe = 'lens';
  /** Lays the work of so many samples out, as far as its list is being read. */
  const asking = async (samples: number): Promise<void> => {
    const before = readings.length;
    localize.store.restore({ samples });
    localize.prepare().catch(() => undefined);
    await expect.poll(() => readings.length).toBe(before + 1);
  };
  return { localize, readings, asking };
}

test('an earlier reading that ends last is not what is shown', async () => {
  const { localize, readings, asking } = await start();
  await asking(1);
  await asking(2);
  readings[1]?.go();
  await expect.poll(() => localize.store.plan?.total).toBe(2);
  readings[0]?.go();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(localize.store.plan?.total).toBe(2);
});

test('an earlier reading that fails late takes nothing away', async () => {
  const { localize, readings, asking } = await start();
  await asking(1);
  await asking(2);
  readings[1]?.go();
  await expect.poll(() => localize.store.plan?.total).toBe(2);
  readings[0]?.fail(new NamedError('FileChanged', 'the list changed', {}, 'choose it again'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(localize.store.plan?.total).toBe(2);
});

test('what cannot be laid out leaves Run to be pressed, and what was shown as of before', async () => {
  const { localize, readings, asking } = await start();
  const { run } = localize.store;
  localize.store.restore({ samples: 1 });
  const laid = localize.prepare();
  await expect.poll(() => readings.length).toBe(1);
  readings[0]?.go();
  await laid;
  run.records = new Map([['0', {}]]);
  expect(run.whole).toBe(true);
  await asking(2);
  readings[1]?.fail(new NamedError('FileChanged', 'the list changed', {}, 'choose it again'));
  await expect.poll(() => run.whole).toBe(false);
  expect([run.records.size, run.former?.total]).toEqual([1, 1]);
});
