/** Sweeps of the demo's RL over engine workers beside each other: what they say is the same to the bit, however many there are. */
import { afterEach, beforeAll, expect, test } from 'vitest';
import { EngineClient, type EngineSettings } from '../engine/client.ts';
import { type Subject, wholeModel } from '../engine/subject.ts';
import { ablateLayer } from './ablation/experiment.ts';
import { sweepAblations } from './ablation/sweep.ts';
import { attentionShift } from './attention/shift.ts';
import type { Pair } from './data/pair.ts';
import { lensOnAnswers } from './lens/lens.ts';
import { sweepSwaps } from './swap/sweep.ts';
import { demoFolder, fetchFile, readDemoProbes } from './testing/demo-goldens.ts';

/** Enough for three lanes. */
const PAIRS = 12;
const LAYERS = [0, 11];

let pairs: readonly Pair[];
beforeAll(async () => {
  const folder = '/dataset/data/pairs/counting/';
  const lines = (await (await fetchFile(`${folder}data.jsonl`)).text()).split('\n').slice(0, PAIRS);
  pairs = await Promise.all(
    lines.map(async (line): Promise<Pair> => {
      const { id, prompt, target_image, source_image } = JSON.parse(line) as Record<string, string>;
      const [target, source] = [target_image, source_image].map((path) => fetchFile(folder + path));
      return {
        ...{ id: id as string, task: 'counting', prompt: (prompt as string).replace('<image>', '') },
        ...{ target: (await target) as File, source: (await source) as File },
        ...{ targetAnswer: '', sourceAnswer: '' },
      };
    }),
  );
});

/** Those that live, the first engine's first. */
let workers: Worker[] = [];
afterEach(() => {
  for (const worker of workers) worker.terminate();
  workers = [];
});

function spawn(): Worker {
  const url = new URL('../engine/testing/crashing-worker.ts', import.meta.url);
  const worker = new Worker(url, { type: 'module' });
  const terminate = worker.terminate.bind(worker);
  workers.push(worker);
  worker.terminate = () => {
    workers = workers.filter((one) => one !== worker);
    terminate();
  };
  return worker;
}

async function loaded(settings: EngineSettings) {
  const engine = new EngineClient(spawn, settings);
  const { id, layers } = await engine.open('rl', await demoFolder('rl', await readDemoProbes()));
  const { adapter } = await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
  return { engine, id, adapter, subject: wholeModel(id, layers) };
}

/** Everything that sweeps keep, as text. */
async function swept(engine: EngineClient, subject: Subject): Promise<string> {
  const maxNewTokens = 3;
  const swapped = await sweepSwaps(engine, pairs, { subject, layers: LAYERS, mode: 'single', maxNewTokens });
  const problems = pairs.map(({ id, prompt, target }) => {
    return { id, question: prompt, answer: '', image: target };
  });
  const experiments = LAYERS.map((layer) => ablateLayer(layer, 'layer'));
  const ablated = await sweepAblations(engine, problems, { subject, experiments, maxNewTokens });
  const models = [{ name: 'rl', subject }];
  const looked = await attentionShift(engine, problems, { models, running: 'free', maxNewTokens });
  const read = await lensOnAnswers(engine, problems, { models, maxNewTokens, topk: 3 });
  return JSON.stringify([swapped, ablated, looked, read]);
}

test('what sweeps say is the same to the bit by one engine of several threads, and by one, two and three of one', async () => {
  let lanes = 1;
  const { engine, adapter, subject } = await loaded({ threads: 2, lanes: () => Promise.resolve(lanes) });
  expect(adapter).toBe('wasm simd, 2 threads');
  const text = await swept(engine, subject);
  expect(JSON.parse(text)).toEqual(
    Array.from({ length: 4 }, () => expect.objectContaining({ length: PAIRS })),
  );
  expect(workers).toHaveLength(1);
  for (lanes = 2; lanes <= 3; lanes++) {
    expect(await swept(engine, subject), `${lanes} lanes`).toBe(text);
    // Of one thread each, beside the first, which waits.
    expect(workers).toHaveLength(1 + lanes);
  }
});

test('a lane that is killed changes nothing, and a checkpoint that is given back is so in every lane', async () => {
  const { engine, id, subject } = await loaded({ lanes: 2 });
  const states: string[] = [];
  await engine.onStatus(({ state }) => void states.push(state));
  const sweep = { subject, layers: LAYERS, mode: 'single', maxNewTokens: 3 } as const;
  const whole = await sweepSwaps(engine, pairs, sweep);
  expect(workers).toHaveLength(2);
  let told = 0;
  const onRecord = (): void => {
    told += 1;
    if (told === 2) workers[1]?.postMessage('die');
  };
  expect(await sweepSwaps(engine, pairs, sweep, { onRecord })).toEqual(whole);
  expect(told).toBe(PAIRS);
  expect(states).toEqual(['rebuilding', 'ready']);
  expect(workers).toHaveLength(2);
  await engine.unload(id);
  expect(workers).toHaveLength(1);
  const [lane] = await engine.lanes([id], PAIRS);
  expect(await lane).toBe(engine);
  await engine.load('again', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
  expect(await sweepSwaps(engine, pairs, sweep)).toEqual(whole);
  expect(workers).toHaveLength(2);
  await engine.close(id);
  expect(workers).toHaveLength(1);
});
