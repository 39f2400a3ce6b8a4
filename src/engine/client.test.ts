/** The page's side against a host that does nothing but note what it is asked. */
import { expose } from 'comlink';
import { afterEach, expect, it, vi } from 'vitest';
import { connectEngine, type EngineSettings } from './client.ts';
import type { EngineHost } from './host.ts';
import type { OpenedCheckpoint } from './protocol/checkpoint.ts';
import type { CaptureKvRequest } from './protocol/forward.ts';
import type { EngineStarter } from './starter.ts';
import type { ModelId } from './subject.ts';

type Called = Partial<Record<keyof EngineHost | keyof EngineStarter, (...request: never[]) => unknown>>;

/** Workers that answer with `host`; each death is told to the last one. */
function stage(host: Called, lanes: EngineSettings['lanes'] = 1) {
  const asked: string[] = [];
  const started: (number | undefined)[] = [];
  let ended = 0;
  let kill = (): void => undefined;
  const engine = connectEngine(() => {
    const { port1, port2 } = new MessageChannel();
    const noted = Object.entries(host).map(([name, answer]) => [
      name,
      (...request: never[]): unknown => {
        asked.push(`${name} ${request.filter((part) => typeof part === 'string').join(' ')}`.trim());
        return answer(...request);
      },
    ]);
    const answers = Object.fromEntries(noted);
    const start = (port: MessagePort, threads?: number): void => {
      started.push(threads);
      expose(answers, port);
    };
    expose({ ...answers, start }, port2);
    port1.start();
    port2.start();
    kill = () => port1.dispatchEvent(Object.assign(new Event('error'), { message: 'killed' }));
    const terminate = (): void => {
      ended += 1;
      port1.close();
      port2.close();
    };
    return Object.assign(port1, { terminate }) as unknown as Worker;
  }, lanes);
  return { engine, asked, started, ended: () => ended, kill: () => kill() };
}

const summary = (id: ModelId, name: string): OpenedCheckpoint => ({ id, name }) as OpenedCheckpoint;
const nothing = (): void => undefined;

it('hears a cancel while the device is still being made ready', async () => {
  let ready = nothing;
  const { engine, asked } = stage({
    open: summary,
    watch: () => new Promise<void>((resolve) => (ready = resolve)),
    load: nothing,
    cancel: nothing,
  });
  const { id } = await engine.open('a', new Map());
  const loading = engine.load('load a', id, { device: 'wasm', dtype: 'f32' }, nothing);
  loading.catch(nothing);
  await engine.cancel('load a');
  ready();
  await expect(loading).rejects.toMatchObject({ name: 'Cancelled' });
  expect(asked).not.toContain(`load load a ${id}`);
});

it('is rebuilt without what a model now unloaded had captured, and without a load that failed', async () => {
  let fails = false;
  const { engine, asked, kill } = stage({
    open: summary,
    watch: nothing,
    unload: nothing,
    load: () => {
      if (fails) throw new Error('failed');
      return { adapter: 'vendor a' };
    },
    adapter: () => 'vendor a',
    ...{ captureImageKv: nothing, captureImagesKv: nothing, releaseKv: nothing },
    storedWeights: () => [],
  });
  const ids = [];
  for (const name of ['a', 'b', 'c']) {
    const { id } = await engine.open(name, new Map());
    await engine.load(`load ${id}`, id, { device: 'wasm', dtype: 'f32' }, nothing);
    const subject = { layers: [id], rest: id };
    await engine.captureImageKv({ job: id, subject } satisfies CaptureKvRequest);
    const [first] = await engine.captureImagesKv({ job: id, subject, prompts: [{ positions: [1] }, {}] });
    await engine.releaseKv(first as string);
    ids.push(id);
  }
  const [a, b, c] = ids as [ModelId, ModelId, ModelId];
  await engine.unload(a);
  fails = true;
  await expect(engine.load('again', b, { device: 'wasm', dtype: 'q8' }, nothing)).rejects.toThrow('failed');
  fails = false;
  asked.length = 0;
  kill();
  await engine.storedWeights();
  expect(asked.filter((call) => /^(load|captureImageKv)/.test(call))).toEqual([
    `load rebuild ${c} ${c}`,
    // What was captured together is captured again one by one, without what was given back.
    expect.stringMatching(/^captureImageKv kv-/),
    expect.stringMatching(/^captureImageKv kv-/),
  ]);
});

it('is not rebuilt on another GPU: what was begun there would go on with other numbers', async () => {
  let gpu = 'vendor a';
  const { engine, asked, kill } = stage({
    ...{ open: summary, watch: nothing, unload: nothing, storedWeights: () => [] },
    load: () => ({ adapter: gpu }),
    adapter: () => gpu,
  });
  const states: string[] = [];
  await engine.onStatus((status) => void states.push('reason' in status ? status.reason : status.state));
  const { id } = await engine.open('a', new Map());
  await engine.load('load', id, { device: 'webgpu', dtype: 'f32' }, nothing);
  gpu = 'vendor b';
  asked.length = 0;
  kill();
  await expect(engine.storedWeights()).rejects.toThrow(
    'loaded on vendor a, and the browser now gives vendor b',
  );
  expect(asked.filter((call) => call.startsWith('load'))).toEqual([]);
  expect(states.at(-1)).toMatch('results of two GPUs are not mixed');
  // Loaded anew it is another model, of that GPU.
  await engine.unload(id);
  expect(await engine.load('again', id, { device: 'webgpu', dtype: 'f32' }, nothing)).toEqual({
    adapter: 'vendor b',
  });
});

it.each(['fingerprint', 'smallFiles'] as const)(
  'is not rebuilt of a folder whose %s changed: results would go on under the name of what was opened',
  async (what) => {
    let changed = false;
    const { engine, kill } = stage({
      open: (id: ModelId, name: string) => ({
        ...{ id, name, fingerprint: 'as it was', smallFiles: { 'config.json': 'as it was' } },
        ...(changed ? { [what]: what === 'fingerprint' ? 'other' : { 'config.json': 'other' } } : {}),
      }),
      ...{ close: nothing, storedWeights: () => [] },
    });
    const { id } = await engine.open('a', new Map());
    kill();
    expect(await engine.storedWeights()).toEqual([]);
    changed = true;
    kill();
    await expect(engine.storedWeights()).rejects.toThrow('holds other files than when it was opened; a');
    await engine.close(id);
    expect(await engine.storedWeights()).toEqual([]);
  },
);

const ONE = 'wasm simd, 1 threads';
/** What lanes are asked: an engine of one thread, or of `adapter` where the page's own has more. */
const opening = (adapter = ONE): Called => {
  let first = true;
  return {
    ...{ open: summary, watch: nothing, unload: nothing, close: nothing, forward: nothing },
    adapter: () => ONE,
    load: () => {
      const loaded = { adapter: first ? adapter : ONE, weightBytes: 1 };
      first = false;
      return loaded;
    },
  };
};
const WASM = { device: 'wasm', dtype: 'f32' } as const;

it('has lanes of one thread for many samples: the same checkpoints under the same ids, loaded once, given back together', async () => {
  const { engine, asked, started, ended } = stage(opening(), 3);
  const [a, b] = [(await engine.open('a', new Map())).id, (await engine.open('b', new Map())).id];
  expect(await engine.lanes([a], 100)).toHaveLength(1);
  for (const id of [a, b]) await engine.load(`load ${id}`, id, WASM, nothing);
  expect(await Promise.all(await engine.lanes([a], 7))).toEqual([engine]);
  asked.length = 0;
  // Two sweeps that begin together.
  const [lanes, same, others] = await Promise.all(
    [[a], [a], [a, b]].map(async (ids) => Promise.all(await engine.lanes(ids, 12))),
  );
  expect(lanes).toHaveLength(3);
  expect(lanes?.[0]).toBe(engine);
  expect(new Set(lanes).size).toBe(3);
  for (const again of [same, others]) again?.forEach((lane, at) => expect(lane).toBe(lanes?.[at]));
  expect(started).toEqual([undefined, 1, 1]);
  expect(asked.filter((call) => /^(open|load)/.test(call)).toSorted()).toEqual(
    [a, a, b, b]
      .flatMap((id) => [`open ${id} ${id === a ? 'a' : 'b'}`, `load rebuild ${id} ${id}`])
      .toSorted(),
  );
  expect(await engine.lanes([a], 8)).toHaveLength(2);
  await engine.unload(a);
  expect(asked.filter((call) => call === `close ${a}`)).toHaveLength(2);
  expect(ended()).toBe(0);
  await engine.close(b);
  expect(ended()).toBe(2);
  expect(await engine.lanes([b], 12)).toHaveLength(1);
  await expect(lanes?.[1]?.forward({ job: 'late' } as never)).rejects.toMatchObject({ name: 'NotLoaded' });
});

it('opens all that a lane is to hold at once, and makes its device ready meanwhile', async () => {
  let begun = (): void => undefined;
  const all = new Promise<void>((resolve) => (begun = resolve));
  const inLane: string[] = [];
  const note = (call: string): void => void (inLane.push(call) === 3 && begun());
  let [opened, loaded] = [0, false];
  const { engine } = stage(
    {
      ...opening(),
      open: async (id: ModelId, name: string) => {
        opened += 1;
        if (opened <= 2) return summary(id, name);
        note(`open ${name}`);
        await all;
        return summary(id, name);
      },
      watch: (device: string) => (loaded ? note(`watch ${device}`) : undefined),
      adapter: () => (inLane.push('adapter'), ONE),
    },
    2,
  );
  const [a, b] = [(await engine.open('a', new Map())).id, (await engine.open('b', new Map())).id];
  for (const id of [a, b]) await engine.load(`load ${id}`, id, WASM, nothing);
  [inLane.length, loaded] = [0, true];
  const [, lane] = await engine.lanes([a, b], 100);
  expect(await lane).not.toBe(engine);
  expect(inLane.slice(0, 3).toSorted()).toEqual(['open a', 'open b', 'watch wasm']);
});

it('waits itself where it has several threads, and has no lanes of models on a GPU', async () => {
  const { engine, started } = stage(opening('wasm simd, 4 threads'), 2);
  const { id } = await engine.open('a', new Map());
  await engine.load('load', id, WASM, nothing);
  expect(await Promise.all(await engine.lanes([id], 100))).not.toContain(engine);
  expect(started).toEqual([undefined, 1, 1]);
  await engine.load('load', id, { device: 'webgpu', dtype: 'f32' }, nothing);
  expect(await Promise.all(await engine.lanes([id], 100))).toEqual([engine]);
});

it('takes what a lane is to hold from the first engine, where that hands it over, and reads no weights again', async () => {
  const handed = () => ({ weights: [['array', new Uint8Array([1, 2, 3])]] });
  const taken: unknown[] = [];
  const { engine, asked } = stage(
    {
      ...opening(),
      handOver: handed,
      takeOver: (...[id, name, , model, options]: [ModelId, string, unknown, unknown, unknown]) => {
        taken.push([id, model, options]);
        return summary(id, name);
      },
    },
    2,
  );
  const [a, b] = [(await engine.open('a', new Map())).id, (await engine.open('b', new Map())).id];
  for (const id of [a, b]) await engine.load(`load ${id}`, id, { ...WASM, keep: true }, nothing);
  asked.length = 0;
  await Promise.all(await engine.lanes([a, b], 100));
  // What is kept of the weights is the first engine's to write.
  expect(taken).toEqual([a, b].map((id) => [id, handed(), { ...WASM, keep: false }]));
  expect(asked.filter((call) => /^(open|load)/.test(call))).toEqual([]);
  expect(asked.filter((call) => call.startsWith('handOver'))).toEqual([`handOver ${a}`, `handOver ${b}`]);
});

it('has no lane of what was handed over where the folder holds other files by now', async () => {
  const { engine } = stage(
    {
      ...opening(),
      open: (id: ModelId, name: string) => ({
        ...summary(id, name),
        smallFiles: { 'config.json': 'as it was' },
      }),
      handOver: () => ({ weights: [] }),
      takeOver: (id: ModelId, name: string) => ({
        ...summary(id, name),
        smallFiles: { 'config.json': 'other' },
      }),
    },
    2,
  );
  const { id } = await engine.open('a', new Map());
  await engine.load('load', id, WASM, nothing);
  const [, lane] = await engine.lanes([id], 100);
  await expect(lane).rejects.toMatchObject({ name: 'FileChanged' });
});

it('has none of a folder that holds other files by now', async () => {
  let fingerprint = 'as it was';
  const { engine } = stage({ ...opening(), open: (id, name) => ({ ...summary(id, name), fingerprint }) }, 2);
  const { id } = await engine.open('a', new Map());
  await engine.load('load', id, WASM, nothing);
  fingerprint = 'other';
  const [own, lane] = await engine.lanes([id], 100);
  expect(await own).toBe(engine);
  await expect(lane).rejects.toMatchObject({ name: 'FileChanged' });
});

/** Of the client's own; ports keep the time of the machine. */
const fakeTimers = (): unknown => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
afterEach(() => void vi.useRealTimers());

/** An engine that is opening a folder without end, hears of nothing (`cancel`: unless it does), and was told to cancel. */
async function cancelledInVain(cancel: () => unknown) {
  let opened = 0;
  const staged = stage({
    open: (id: ModelId, name: string) => (++opened === 2 ? silence() : summary(id, name)),
    cancel,
    close: nothing,
    forward: silence,
    vocabulary: nothing,
  });
  const states: string[] = [];
  await staged.engine.onStatus(({ state }) => void states.push(state));
  const { id } = await staged.engine.open('good', new Map());
  const controller = new AbortController();
  const opening = staged.engine.open('hostile', new Map(), controller.signal);
  opening.catch(nothing);
  const cancelNow = async (): Promise<void> => {
    controller.abort(new Error('cancelled by a person'));
    await expect(opening).rejects.toThrow('cancelled by a person');
  };
  return { ...staged, states, id, cancelNow };
}
const silence = (): Promise<never> => new Promise(() => undefined);

it('is replaced when a cancelled opening keeps it silent: what was open stays, and the next folder opens', async () => {
  const { engine, asked, states, cancelNow, id } = await cancelledInVain(silence);
  fakeTimers();
  await cancelNow();
  await vi.advanceTimersByTimeAsync(9900);
  await expect.poll(() => asked).toContain('cancel open model-1');
  expect(states).toEqual([]);
  asked.length = 0;
  await vi.advanceTimersByTimeAsync(200);
  vi.useRealTimers();
  await expect.poll(() => states).toEqual(['rebuilding', 'ready']);
  expect(asked).toEqual([`open ${id} good`]);
  expect(await engine.open('next', new Map())).toMatchObject({ id: 'model-2' });
});

it.each([
  ['hears of a cancel', nothing, false],
  ['does other work', silence, true],
] as const)('is not replaced when it %s', async (_, cancel, works) => {
  const { engine, states, cancelNow, id } = await cancelledInVain(cancel);
  if (works) engine.forward({ job: 'work', subject: { layers: [id], rest: id } } as never).catch(nothing);
  fakeTimers();
  await cancelNow();
  // The answer to the cancel has come by then.
  await engine.vocabulary(id);
  await vi.advanceTimersByTimeAsync(60_000);
  vi.useRealTimers();
  // Answered by the same worker, after all that came before.
  await engine.vocabulary(id);
  expect(states).toEqual([]);
});
