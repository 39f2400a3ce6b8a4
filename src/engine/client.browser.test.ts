import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EngineClient } from './client.ts';
import type { EngineStatus } from './protocol.ts';
import type { Device } from './protocol/device.ts';
import type { GenerateEvent, GenerateRequest, GenerateResult } from './protocol/generation.ts';
import type { ModelId } from './subject.ts';
import { wholeModel } from './subject.ts';
import { fetchGolden } from './testing/fetch-golden.ts';
import type { Golden, GoldenCase } from './testing/goldens.ts';
import { goldenFolder, goldenImages, readGolden } from './testing/goldens.ts';

const NAME = 'untied-gqa4-f32';

let golden: Golden;
let square: GoldenCase;
let images: Awaited<ReturnType<typeof goldenImages>>;
beforeAll(async () => {
  golden = await readGolden(fetchGolden, NAME);
  square = golden.cases['square'] as GoldenCase;
  images = await goldenImages(fetchGolden);
});

const workers: Worker[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate();
});

function crashing(): Worker {
  const url = new URL('./testing/crashing-worker.ts', import.meta.url);
  const worker = new Worker(url, { type: 'module' });
  workers.push(worker);
  return worker;
}

function neverStarted(): Worker {
  const url = new URL('./testing/never-started-worker.ts', import.meta.url);
  const worker = new Worker(url, { type: 'module' });
  workers.push(worker);
  return worker;
}

const kill = (): void => workers.at(-1)?.postMessage('die');

/** A client with the golden loaded, what it says of its health, and a request for the golden's answer. */
async function loaded(device: Device, spawn = crashing) {
  const client = new EngineClient(spawn);
  const statuses: EngineStatus['state'][] = [];
  await client.onStatus(({ state }) => statuses.push(state));
  const { id, layers } = await client.open(NAME, await goldenFolder(fetchGolden, NAME));
  await client.load('load', id, { device, dtype: 'f32' }, () => undefined);
  return { client, statuses, request: await requestOf(id, layers) };
}

async function requestOf(id: ModelId, layers: number): Promise<GenerateRequest> {
  return {
    job: 'ask',
    subject: wholeModel(id, layers),
    messages: square.messages,
    images: [await images.file('square')],
    maxNewTokens: square.greedy.tokens.length,
  };
}

/** Runs the request and calls `midway` once the third token has come; gives back what was reported too. */
async function ask(
  client: EngineClient,
  request: GenerateRequest,
  midway: () => unknown = () => undefined,
): Promise<{ result: GenerateResult; tokens: number[]; prompts: number }> {
  const tokens: number[] = [];
  let prompts = 0;
  const onEvent = (event: GenerateEvent): void => {
    if (event.type === 'prompt') prompts += 1;
    else if (tokens.push(event.token) === 3) midway();
  };
  const result = await client.generate(request, onEvent);
  return { result, tokens, prompts };
}

describe('an answer under way survives, identical and with no token told twice', () => {
  test.each([
    ['the loss of the GPU', 'webgpu', (client: EngineClient) => void client.loseDevice('webgpu')],
    ['an exception that kills the worker', 'wasm', kill],
  ] as const)('%s', async (_, device, end) => {
    const { client, statuses, request } = await loaded(device);
    const { result, tokens, prompts } = await ask(client, request, () => end(client));
    expect(statuses).toEqual(['rebuilding', 'ready']);
    expect(result.rows[0]?.tokens).toEqual(square.greedy.tokens);
    expect(tokens).toEqual(square.greedy.tokens);
    expect(prompts).toBe(1);
    const again = await ask(client, request);
    expect(again.result.rows[0]?.tokens).toEqual(square.greedy.tokens);
    expect(statuses).toHaveLength(2);
  });
});

test('a captured image is captured again under its old handle, for answers and for scores', async () => {
  const { client, statuses, request } = await loaded('wasm');
  const swap = square.interventions.find(({ kind, mode }) => kind === 'swap' && mode === 'single');
  const { layer, source = '' } = swap as { layer: number; source?: string };
  const handle = await client.captureImageKv({
    job: 'capture',
    subject: request.subject,
    messages: square.messages,
    images: [await images.file(source)],
  });
  await ask(client, request, kill);
  expect(statuses).toEqual(['rebuilding', 'ready']);
  const rows = [{ swap: { source: handle, layers: [layer] } }];
  const { result } = await ask(client, { ...request, rows });
  expect(result.rows[0]?.tokens).toEqual(swap?.tokens);
  const told: string[] = [];
  const answer = result.rows[0]?.tokens.slice(0, 3) ?? [];
  const { subject, messages = [], images: pictures = [] } = request;
  const scored = await client.scoreAnswer(
    { job: 'score', messages, images: pictures, readers: [{ subject, row: rows[0] ?? {} }], answer },
    ({ phase }) => told.push(phase),
  );
  expect(scored.readers[0]?.scores.map(({ rank }) => rank)).toEqual([0, 0, 0]);
  expect(told).toEqual(['reading', 'scoring']);
});

test('what is cancelled while the engine is rebuilt does not run again', async () => {
  const { client, statuses, request } = await loaded('wasm');
  await client.onStatus(({ state }) => {
    if (state === 'rebuilding') void client.cancel('ask');
  });
  const { result } = await ask(client, request, kill);
  expect(result.rows[0]?.stop).toBe('cancelled');
  const { tokens } = result.rows[0] ?? { tokens: [] };
  expect(tokens).toEqual(square.greedy.tokens.slice(0, tokens.length));
  expect(statuses).toEqual(['rebuilding', 'ready']);
  const after = await ask(client, { ...request, job: 'ask again' });
  expect(after.result.rows[0]?.tokens).toEqual(square.greedy.tokens);
});

test('a worker that dies while it is rebuilt is replaced once more', async () => {
  const spawns = [crashing, neverStarted];
  const { client, statuses, request } = await loaded('wasm', () => (spawns.shift() ?? crashing)());
  const { result, tokens } = await ask(client, request, kill);
  expect(statuses).toEqual(['rebuilding', 'failed', 'rebuilding', 'ready']);
  expect(result.rows[0]?.tokens).toEqual(square.greedy.tokens);
  expect(tokens).toEqual(square.greedy.tokens);
});

test('a worker that never starts is an error by name, not a wait', async () => {
  const client = new EngineClient(neverStarted);
  await expect(client.capabilities()).rejects.toMatchObject({ name: 'ModuleAborted' });
});
