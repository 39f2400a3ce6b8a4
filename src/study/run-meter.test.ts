/** What a run is said to have computed, against the same counted by hand. */
import { beforeAll, expect, test, vi } from 'vitest';
import type { PromptAnswers } from '../engine/protocol/generation.ts';
import { analysis as ablate } from '../analyses/ablate/analysis.ts';
import { defaultValues } from '../analyses/setting-values.ts';
import { analysis as swap } from '../analyses/swap/analysis.ts';
import { ablateLayer } from '../probes/ablation/experiment.ts';
import { sweepAblations } from '../probes/ablation/sweep.ts';
import { sweepSwaps } from '../probes/swap/sweep.ts';
import { goldenProbes, type GoldenProbes } from '../probes/testing/golden-probes.ts';
import { heldSamples } from '../reading/sample-source.ts';
import { DEFAULT_IMAGE_PROCESSING } from '../vlm/image-processing.ts';
import { DEFAULT_MAX_IMAGE_PIXELS } from '../vlm/pixel-limit.ts';
import type { LongWork } from '../work/long-work.ts';
import { RunMeter, together } from './run-meter.ts';

const LAYERS = 3;
const ALL = [0, 1, 2];
const NEW_TOKENS = 6;
const DEFAULT_READING = {
  imageProcessing: DEFAULT_IMAGE_PROCESSING,
  maxImagePixels: DEFAULT_MAX_IMAGE_PIXELS,
};

let world: GoldenProbes;
/** Of the square picture's prompt: positions before the image, of it, after it. */
let [before, image, after] = [0, 0, 0];

beforeAll(async () => {
  world = await goldenProbes('untied-gqa2-f16', 'untied-gqa2-f16-b', LAYERS, 'probes');
  const { engine, subject } = world;
  const { prompt, target } = await world.pairOf('square', 'square-source');
  const request = { job: 'tokens', subject, prompt, images: [target as Blob] };
  const { promptTokenIds, imageSpans } = await engine.forward(request);
  [before, image] = imageSpans[0] as [number, number];
  after = promptTokenIds.length - before - image;
});

const work = () => world.engine.account('wasm');

test.each(['single', 'from-layer'] as const)('a swap, %s, reads its cone', async (mode) => {
  const { engine, subject } = world;
  const sweep = { subject, layers: ALL, mode, maxNewTokens: NEW_TOKENS };
  const pair = await world.pairOf('square', 'square-source');
  // The template is known from then on.
  await sweepSwaps(engine, [pair], sweep);
  const then = await work();
  const [record] = await sweepSwaps(engine, [pair], sweep);
  const now = await work();
  // The plain run at each layer, and rows of the layers up to it: 3 and 1 + 2 + 3.
  const rows = mode === 'single' ? 9 * (image + after) : 3 * image + 9 * after;
  expect(now.cells - then.cells).toBe(3 * image + rows);
  const tokens = [record?.original, ...(record?.swapped ?? [])].map((answer) => answer?.tokens ?? 0);
  expect(now.steps - then.steps).toBe(Math.max(...tokens) - 1);
});

test('an ablation reads what follows its template, in each row from its layer on', async () => {
  const { engine, subject } = world;
  const problem = await world.problemOf('square');
  const experiments = ALL.map((layer) => ablateLayer(layer, 'layer'));
  const sweep = { subject, experiments, maxNewTokens: NEW_TOKENS, prefix: '' };
  await sweepAblations(engine, [problem], sweep);
  const then = await work();
  const answering = vi.spyOn(engine, 'generateAll');
  await sweepAblations(engine, [problem], sweep);
  const { cells } = await work();
  const [answers] = (await answering.mock.results[0]?.value) as readonly PromptAnswers[];
  const { promptTokens = 0, imageSpans = [] } = answers ?? {};
  expect(promptTokens).toBeGreaterThan(image);
  expect(cells - then.cells).toBe(9 * (promptTokens - (imageSpans[0]?.[0] ?? 0)));
});

test('what is told beforehand of a plan is what its run then reads', async () => {
  const { engine, recipient } = world;
  const asked = { name: 'm', checkpoint: recipient.summary, model: recipient.loaded };
  const given = { engine, models: [asked], reading: DEFAULT_READING };
  const pairs = [await world.pairOf('square', 'square-source')];
  const set = { name: 'pairs', pairs, literalImage: 'keep', literalImages: 0 } as const;
  const source = heldSamples([await world.problemOf('square')]);
  const few = { maxNewTokens: NEW_TOKENS };
  const onSwap = { ...defaultValues(swap.declaration.settings), ...few } as Parameters<typeof swap.plan>[1];
  const onAblate = { ...defaultValues(ablate.declaration.settings), ...few, prefix: '' } as Parameters<
    typeof ablate.plan
  >[1];
  const plans = [
    await swap.plan({ ...given, samples: set }, { ...onSwap, mode: 'single', reads: 'all' }),
    await swap.plan({ ...given, samples: set }, { ...onSwap, mode: 'single', reads: 'text' }),
    await swap.plan({ ...given, samples: set }, { ...onSwap, mode: 'from-layer' }),
    await ablate.plan({ ...given, samples: { name: 'list', source } }, onAblate),
  ];
  for (const { run, cost } of plans) {
    await run({});
    const then = await work();
    await run({});
    const now = await work();
    const { reads } = cost;
    const positions = reads.before * before + reads.image * image + reads.after * after;
    expect(now.cells - then.cells).toBe(LAYERS * positions);
  }
  expect(plans.map(({ cost }) => cost.reads.image)).toEqual([4, 2, 2, 3]);
});

test('figures are of what was computed here: cells and steps at what a plain answer takes, spread over lanes', async () => {
  const cost = (cell: number, step: number) => ({ plainCost: () => Promise.resolve({ cell, step }) });
  const [first, second, idle] = [cost(0.001, 0.1), cost(0.002, 0.2), cost(1, 1)];
  const at = (cells: readonly number[], steps: readonly number[]) =>
    [first, second, idle].map((engine, index) => ({
      ...{ engine, threads: 1, cells: cells[index] as number, steps: steps[index] as number },
    }));
  const counts = [at([100, 50, 7], [10, 10, 1]).slice(0, 1), at([1100, 550, 0], [20, 15, 0])];
  const engine = { worked: () => Promise.resolve(counts.shift() ?? []) };
  const meter = new RunMeter({ engine, device: 'wasm' });
  expect(meter.figures(3)).toBeNull();
  const told: string[] = [];
  const long: LongWork<number> = { onRecord: (key) => void told.push(key) };
  const result = await meter.measuring(async ({ onRecord }: LongWork<number>) => {
    await onRecord?.('a', 1);
    await onRecord?.('b', 2);
    return 'done';
  })(long);
  expect([result, told]).toEqual(['done', ['a', 'b']]);
  const { seconds, floor, ratio, ...others } = meter.figures(5) ?? {};
  // 1000 · 1 ms + 10 · 0.1 s of the first; all of the second's, which was not there before: 550 · 2 ms + 15 · 0.2 s.
  expect(floor).toBeCloseTo((1 + 1 + 1.1 + 3) / 2, 9);
  expect(ratio).toBeCloseTo((seconds ?? 0) / 3.05, 9);
  expect(others).toEqual({ computed: 2, kept: 3, device: 'wasm', lanes: 2, threads: 1 });
  // Fewer records than it computed: something else is shown.
  expect(meter.figures(1)).toBeNull();
});

test('what is not known is left out: no floor where one engine could not be measured, nothing of who computed where nothing was', async () => {
  const engine = { plainCost: () => Promise.resolve(null) };
  const one = { engine, threads: null, cells: 5, steps: 1 };
  let calls = 0;
  const counting = { worked: () => Promise.resolve((calls += 1) === 1 ? [] : [one]) };
  const meter = new RunMeter({ engine: counting, device: 'webgpu' });
  await meter.measuring(async ({ onRecord }: LongWork<number>) => onRecord?.('a', 1))({});
  expect(meter.figures(1)).toEqual({
    ...{ seconds: expect.any(Number) as number, computed: 1, kept: 0, device: 'webgpu', lanes: 1 },
  });
  await meter.measuring(() => Promise.resolve())({ finished: new Map([['a', 1]]) });
  expect(meter.figures(1)).toEqual({
    ...{ seconds: expect.any(Number) as number, computed: 0, kept: 1, device: 'webgpu' },
  });
  const failing = meter.measuring(() => Promise.reject(new Error('no')))({});
  await expect(failing).rejects.toThrow('no');
  expect(meter.figures(1)).toBeNull();
});

test('without a floor no plain answer is asked', async () => {
  const plainCost = vi.fn(() => Promise.resolve({ cell: 1, step: 1 }));
  let cells = 0;
  const worked = () =>
    Promise.resolve([{ engine: { plainCost }, threads: 1, cells: (cells += 1), steps: 0 }]);
  const meter = new RunMeter({ engine: { worked }, device: 'wasm', withoutFloor: true });
  await meter.measuring(async ({ onRecord }: LongWork<number>) => onRecord?.('a', 1))({});
  expect(meter.figures(1)).toMatchObject({ computed: 1, lanes: 1, threads: 1 });
  expect(meter.figures(1)).not.toHaveProperty('floor');
  expect(plainCost).not.toHaveBeenCalled();
});

test('a plain answer is measured on the last question, once something was asked', async () => {
  const cost = await world.engine.plainCost();
  expect(cost?.cell).toBeGreaterThan(0);
  expect(cost?.step).toBeGreaterThan(0);
  const fresh = await goldenProbes('untied-gqa2-f16', 'untied-gqa2-f16-b', LAYERS, 'probes');
  expect(await fresh.engine.plainCost()).toBeNull();
});

test('parts of one file are one run', () => {
  const part = { seconds: 2, computed: 3, kept: 1, device: 'cpu', threads: 2 } as const;
  expect(together([part, { ...part, seconds: 1, computed: 0, kept: 4 }])).toEqual({
    ...part,
    ...{ seconds: 3, computed: 3, kept: 5 },
  });
  expect(together([part, null])).toBeNull();
});
