/** One queue for several lanes, with engines that only wait and note what they are asked. */
import { describe, expect, it } from 'vitest';
import { type ModelId, wholeModel } from '../engine/subject.ts';
import { NamedError } from '../named-error.ts';
import { abortable } from '../work/cancel.ts';
import type { LongWork } from '../work/long-work.ts';
import { eachGroup } from './each-sample.ts';
import { GroupQueue } from './group-queue.ts';

interface Lane {
  readonly name: number;
  lanes?(models: readonly ModelId[], samples: number): Promise<readonly Promise<Lane>[]>;
}
type Group = { readonly lane: number; readonly samples: readonly number[] };

const SUBJECTS = [wholeModel('a' as ModelId, 2), wholeModel('b' as ModelId, 2)];
const forever = (): Promise<never> => new Promise(() => undefined);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const engineOf = (lanes: readonly Promise<Lane>[]): Lane => ({
  name: -1,
  lanes: () => Promise.resolve(lanes),
});
const ready = (count: number): readonly Promise<Lane>[] =>
  Array.from({ length: count }, (_, name) => Promise.resolve({ name }));
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

/** Answers each number with its square. @param answer waits, or fails */
function squares(
  samples: readonly number[],
  engine: Lane,
  size: number,
  work: LongWork<number> = {},
  answer: (group: Group, signal: AbortSignal) => Promise<void> = () => Promise.resolve(),
) {
  const groups: Group[] = [];
  const run = eachGroup(samples, work, {
    ...{ engine, subjects: SUBJECTS, size, keyOf: (sample) => `n${sample}` },
    async compute(group, { name }, signal) {
      const asked = { lane: name, samples: group };
      groups.push(asked);
      await answer(asked, signal);
      return group.map((sample) => sample ** 2);
    },
  });
  return { groups, run };
}

it('gives the same records in the samples’ order, each told once, whatever lanes, sizes and speeds', async () => {
  let state = 1;
  const random = (below: number): number => {
    state = (1103515245 * state + 12345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  for (let round = 0; round < 60; round++) {
    const samples = numbers(random(40));
    const known = samples.filter(() => random(4) === 0);
    const [lanes, size] = [1 + random(5), 1 + random(9)];
    const told: string[] = [];
    let telling = 0;
    const work: LongWork<number> = {
      finished: new Map(known.map((sample) => [`n${sample}`, sample ** 2])),
      async onRecord(key, record) {
        telling += 1;
        expect(telling).toBe(1);
        expect(record).toBe(Number(key.slice(1)) ** 2);
        await wait(0);
        told.push(key);
        telling -= 1;
      },
    };
    const { groups, run } = squares(samples, engineOf(ready(lanes)), size, work, () => wait(random(3)));
    expect(await run).toEqual(samples.map((sample) => sample ** 2));
    const left = samples.filter((sample) => !known.includes(sample));
    expect(told).toEqual(left.map((sample) => `n${sample}`));
    // In order out of one queue, and told so.
    expect(groups.flatMap((group) => group.samples)).toEqual(left);
    expect(groups.every((group) => group.samples.length <= size)).toBe(true);
  }
});

it('takes whole groups on one lane, and on several no more than half of what would be a lane’s share', async () => {
  const sizes = async (lanes: number): Promise<number[]> => {
    const { groups, run } = squares(numbers(20), engineOf(ready(lanes)), 8, {}, () => wait(1));
    await run;
    return groups.map(({ samples }) => samples.length);
  };
  expect(await sizes(1)).toEqual([8, 8, 4]);
  expect(await sizes(2)).toEqual([4, 4, 3, 3, 2, 2, 2]);
});

it('while an earlier group is under way a lane answers one group more than is told, and no further', async () => {
  const told: string[] = [];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const { groups, run } = squares(
    numbers(12),
    engineOf(ready(2)),
    1,
    { onRecord: (key) => void told.push(key) },
    ({ samples }) => (samples.includes(0) ? held : Promise.resolve()),
  );
  await wait(20);
  expect(groups.map(({ samples }) => samples)).toEqual([[0], [1], [2]]);
  expect(told).toEqual([]);
  release();
  expect(await run).toHaveLength(12);
  expect(told).toEqual(numbers(12).map((sample) => `n${sample}`));
});

it('a group that fails behind one under way ends it at once', async () => {
  const { run } = squares(numbers(4), engineOf(ready(2)), 1, {}, async ({ samples }, signal) => {
    if (samples.includes(0)) return abortable(forever, signal);
    await wait(1);
    if (samples.includes(2)) throw new NamedError('EmptyPrompt', 'there is nothing', {}, 'ask');
  });
  await expect(run).rejects.toMatchObject({ name: 'EmptyPrompt', what: 'n2: there is nothing' });
});

it('asks for lanes by all models and what is left, and begins before the last of them is ready', async () => {
  const asked: unknown[] = [];
  const lanes = [Promise.resolve({ name: 0 }), forever(), Promise.reject(new Error('no memory'))];
  const engine: Lane = {
    ...{ name: -1 },
    lanes(...request) {
      asked.push(request);
      return Promise.resolve(lanes);
    },
  };
  const { groups, run } = squares(numbers(9), engine, 2, { finished: new Map([['n3', 9]]) });
  expect(await run).toHaveLength(9);
  expect(asked).toEqual([[['a', 'b'], 8]]);
  expect(new Set(groups.map(({ lane }) => lane))).toEqual(new Set([0]));
});

it('is answered by the engine itself where no lane can be made ready, or it has none', async () => {
  for (const engine of [engineOf([Promise.reject(new Error('no memory'))]), { name: -1 }]) {
    const { groups, run } = squares(numbers(3), engine, 2);
    expect(await run).toEqual([0, 1, 4]);
    expect(new Set(groups.map(({ lane }) => lane))).toEqual(new Set([-1]));
  }
});

it('tells how many engines are there until there are answers, and which are left out and why', async () => {
  const [progress, notices]: [string[], string[]] = [[], []];
  const refused = Promise.reject(
    new NamedError('FileChanged', 'the folder holds other files', {}, 'open it again'),
  );
  const later = wait(5).then(() => ({ name: 1 }));
  const { run } = squares(
    numbers(4),
    engineOf([wait(1).then(() => ({ name: 0 })), later, refused]),
    1,
    {
      onProgress: ({ phase, done, total }) => void progress.push(`${phase} ${done}/${total}`),
      onNotice: (notice) => void notices.push(notice),
    },
    () => wait(10),
  );
  expect(await run).toEqual([0, 1, 4, 9]);
  expect(progress.filter((text) => text.startsWith('starting'))).toEqual([
    ...['starting engines 0/3', 'starting engines 1/2'],
  ]);
  expect(progress.at(-1)).toBe('answering 4/4');
  expect(notices).toEqual([
    expect.stringMatching(/^One of 3 engines .*: the folder holds other files; open it again\./),
  ]);
  // One engine alone is no phase, and what is not needed any more is no fault.
  const alone: string[] = [];
  await squares(numbers(1), engineOf([...ready(1)]), 1, { onProgress: ({ phase }) => void alone.push(phase) })
    .run;
  expect(new Set(alone)).toEqual(new Set(['answering']));
  const silent: string[] = [];
  const late = engineOf([...ready(1), forever()]);
  await squares(numbers(2), late, 1, { onNotice: (notice) => void silent.push(notice) }).run;
  expect(silent).toEqual([]);
});

it('a cancel ends all lanes at once, those that are not ready among them', async () => {
  const controller = new AbortController();
  const lanes = [...ready(2), forever()];
  let under = 0;
  const { groups, run } = squares(
    numbers(9),
    engineOf(lanes),
    2,
    { signal: controller.signal },
    (_, signal) => {
      under += 1;
      if (under === 2) setTimeout(() => controller.abort());
      return abortable(forever, signal);
    },
  );
  await expect(run).rejects.toMatchObject({ name: 'Cancelled' });
  expect(groups).toHaveLength(2);
});

it('a cancel while no lane is ready yet is a cancel', async () => {
  const controller = new AbortController();
  const { run } = squares(numbers(3), engineOf([forever()]), 2, { signal: controller.signal });
  setTimeout(() => controller.abort(), 5);
  await expect(run).rejects.toMatchObject({ name: 'Cancelled' });
});

it('an error is named by its sample and ends the other lanes; the rest of its group is kept', async () => {
  const told: string[] = [];
  const ended: number[] = [];
  const { run } = squares(
    numbers(40),
    engineOf(ready(2)),
    4,
    { onRecord: (key) => void told.push(key) },
    async ({ lane, samples }, signal) => {
      if (lane === 1) return abortable(forever, signal, () => ended.push(lane));
      await wait(1);
      if (samples.includes(2)) throw new NamedError('EmptyPrompt', 'there is nothing', {}, 'ask');
    },
  );
  await expect(run).rejects.toMatchObject({ name: 'EmptyPrompt', what: 'n2: there is nothing' });
  expect(told).toEqual(['n0', 'n1']);
  expect(ended).toEqual([1]);
});

it('what a journal refuses ends all lanes', async () => {
  const work = { onRecord: () => Promise.reject(new NamedError('JournalFailed', 'full', {}, '')) };
  await expect(squares(numbers(9), engineOf(ready(3)), 2, work).run).rejects.toMatchObject({
    ...{ name: 'JournalFailed', what: 'full' },
  });
});

describe('groups that need something', () => {
  /** Groups of one sample, in rounds over so many kinds; every second kind needs "even" besides. */
  function kinds(
    count: number,
    of: number,
    engine: Lane,
    told: string[],
    answer: (group: Group) => Promise<void>,
  ) {
    const groups: Group[] = [];
    const run = eachGroup(
      numbers(count),
      { onRecord: (key) => void told.push(key) },
      {
        ...{ engine, subjects: SUBJECTS, size: 1, keyOf: (sample: number) => `n${sample}` },
        needsOf: (sample) => [`kind ${sample % of}`, sample % 2 === 0 ? 'even' : 'odd'],
        async compute(group, { name }) {
          const asked = { lane: name, samples: group };
          groups.push(asked);
          await answer(asked);
          return group;
        },
      },
    );
    return { groups, run };
  }
  const order = (count: number): readonly string[] => numbers(count).map((sample) => `n${sample}`);
  const kindsOf = (groups: readonly Group[], of: number, lane: number): ReadonlySet<number> =>
    new Set(groups.filter((group) => group.lane === lane).map(({ samples: [sample = -1] }) => sample % of));

  it('are kept to the lane that has it ready, and told in their order all the same', async () => {
    const told: string[] = [];
    // Both lanes take as long: each answers once the other has something to answer too.
    let other: (() => void) | null = null;
    const together = (): Promise<void> => {
      other?.();
      return other ? Promise.resolve(void (other = null)) : new Promise((resolve) => (other = resolve));
    };
    const { groups, run } = kinds(40, 8, engineOf(ready(2)), told, together);
    await run;
    expect(told).toEqual(order(40));
    // One round after the other.
    expect(
      groups
        .slice(0, 8)
        .map(({ samples: [sample = -1] }) => sample)
        .toSorted(),
    ).toEqual(numbers(8));
    expect(kindsOf(groups, 8, 0)).toEqual(new Set([0, 2, 4, 6]));
    expect(kindsOf(groups, 8, 1)).toEqual(new Set([1, 3, 5, 7]));
  });

  it('are taken by another lane where the one that has it ready is slow', async () => {
    const told: string[] = [];
    const { groups, run } = kinds(40, 8, engineOf(ready(2)), told, ({ lane }) => wait(lane === 0 ? 1 : 40));
    await run;
    expect(told).toEqual(order(40));
    expect(groups.filter(({ lane }) => lane === 1).length).toBeLessThan(10);
    expect(kindsOf(groups, 8, 0).size).toBeGreaterThan(4);
  });

  it('are all answered by one lane where the other never comes, no further ahead of what is told than kinds', async () => {
    const told: string[] = [];
    let ahead = 0;
    const { groups, run } = kinds(40, 8, engineOf([...ready(1), forever()]), told, () => {
      ahead = Math.max(ahead, groups.length - 1 - told.length);
      return wait(1);
    });
    await run;
    expect(told).toEqual(order(40));
    expect(ahead).toBeLessThanOrEqual(8);
  });

  it('are whole while every lane has a share of one, and then halves and quarters', () => {
    const taken = (of: number, length: number, lanes: number): number[] => {
      const groups = numbers(of).map((kind) => numbers(length).map((sample) => kind * length + sample));
      const queue = new GroupQueue<number, number>(groups, lanes, (sample) => [
        `${Math.floor(sample / length)}`,
      ]);
      const sizes: number[] = [];
      for (let lane = 0; ; lane = (lane + 1) % lanes) {
        const part = queue.next(lane);
        if (!part) return sizes;
        sizes.push(part.samples.length);
      }
    };
    expect(taken(4, 16, 2)).toEqual([16, 16, 16, 8, 4, 4]);
    expect(taken(2, 16, 8)).toEqual([4, 4, 4, 4, 4, 4, 4, 4]);
  });
});
