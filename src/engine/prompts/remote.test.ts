/** The engine's side against workers that are silent where ours answer. */
import { expose } from 'comlink';
import { afterEach, expect, test, vi } from 'vitest';
import type { PromptHost } from './host.ts';
import type { PromptRequest } from '../../vlm/prompt-maker.ts';
import { RemotePromptMaker } from './remote.ts';

type Answers = Partial<Record<keyof PromptHost, () => unknown>>;

const ended = new Set<unknown>();
afterEach(() => {
  ended.clear();
  vi.useRealTimers();
});

/** A worker that answers with these; null: not even that it has started. */
function worker(answers: Answers | null): Worker {
  const { port1, port2 } = new MessageChannel();
  if (answers) expose(answers, port2);
  port1.start();
  port2.start();
  const terminate = (): void => {
    ended.add(port1);
    port1.close();
    port2.close();
  };
  return Object.assign(port1, { terminate }) as unknown as Worker;
}

const silent = (): Promise<never> => new Promise(() => undefined);
const after = (milliseconds: number, value: unknown) => (): Promise<unknown> =>
  new Promise((resolve) => setTimeout(() => resolve(value), milliseconds));
const started = (): void => undefined;
const open = (answers: Answers | null, ...given: [signal?: AbortSignal, deadlines?: typeof SHORT]) =>
  RemotePromptMaker.open(() => worker(answers), new Map(), ...given);
const SHORT = { start: 10_000, open: 100, openPerStart: 0, prompt: 300, cancelled: 100 };

test('a tokenizer that never becomes ready is refused within 5 s, and its worker ended', async () => {
  // The client's clock; ports keep the time of the machine.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  let asked = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const opening = open({ started, open: () => (asked(), silent()) }).catch((error: unknown) => error);
  await isAsked;
  await vi.advanceTimersByTimeAsync(2999);
  expect(ended.size).toBe(0);
  await vi.advanceTimersByTimeAsync(2000);
  expect(ended.size).toBe(1);
  expect(await opening).toMatchObject({
    name: 'NotInTime',
    what: 'the tokenizer did not come to an end within 3 s and was stopped',
    place: { file: 'tokenizer.json' },
  });
});

test('a worker that never starts is no fault of the folder', async () => {
  await expect(open(null, undefined, { ...SHORT, start: 100 })).rejects.toMatchObject({
    name: 'WorkerFailed',
    what: 'the worker of the tokenizer did not start within 0.1 s',
    place: {},
  });
  expect(ended.size).toBe(1);
});

test('where the worker starts slowly, the folder may take as many times as long', async () => {
  const slow = { started: after(100, undefined), open: after(600, ['a notice']) };
  await expect(open(slow, undefined, SHORT)).rejects.toMatchObject({ name: 'NotInTime' });
  const opened = await open(slow, undefined, { ...SHORT, openPerStart: 300 });
  expect(opened.notices).toEqual(['a notice']);
});

test('Cancel rejects at once, and a worker that goes on is ended soon after', async () => {
  const controller = new AbortController();
  const opening = open({ started, open: silent }, controller.signal, { ...SHORT, open: 60_000 });
  setTimeout(() => controller.abort(new Error('cancelled')), 50);
  await expect(opening).rejects.toThrow('cancelled');
  await expect.poll(() => ended.size).toBe(1);
});

test('a prompt that does not end is given up, and the next one is made by a new worker', async () => {
  let spawned = 0;
  const maker = await RemotePromptMaker.open(
    () => worker({ started, open: () => [], encode: ++spawned === 1 ? silent : () => [[spawned]] }),
    new Map(),
    undefined,
    SHORT,
  );
  await expect(maker.encode(['a'])).rejects.toMatchObject({ name: 'NotInTime' });
  expect(await maker.encode(['a'])).toEqual([[2]]);
  expect(ended.size).toBe(1);
});

test('of prompts asked for together each has its own time: those before one that does not end are made', async () => {
  let asked = 0;
  const build = async () => {
    const mine = ++asked;
    // The third comes when the time of one prompt is long over.
    await new Promise((resolve) => setTimeout(resolve, 220 * mine));
    return mine === 4 ? silent() : { inputIds: [mine], imageSpans: [] };
  };
  const maker = await RemotePromptMaker.open(
    () => worker({ started, open: () => [], build }),
    new Map(),
    undefined,
    SHORT,
  );
  const request = {} as PromptRequest;
  const late = { status: 'rejected', reason: expect.objectContaining({ name: 'NotInTime' }) as unknown };
  const made = await maker.buildAll(Array.from({ length: 5 }, () => request));
  const of = (id: number) => ({ status: 'fulfilled', value: { inputIds: [id], imageSpans: [] } });
  expect(made).toEqual([of(1), of(2), of(3), late, late]);
  expect(ended.size).toBe(1);
  asked = 0;
  expect(await maker.buildAll([request])).toEqual([of(1)]);
  expect(await maker.buildAll([])).toEqual([]);
});
