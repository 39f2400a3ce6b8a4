/** The probes against transformers, and a sweep in rows against the same sweep one by one. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { PromptAnswers } from '../engine/protocol/generation.ts';
import { ablateLayer, ablateSet } from './ablation/experiment.ts';
import { sweepAblations } from './ablation/sweep.ts';
import { lookAt, meanOverHeads } from './attention/look.ts';
import { attentionShift } from './attention/shift.ts';
import type { Pair } from './data/pair.ts';
import { lensOnAnswers } from './lens/lens.ts';
import { sweepPatches } from './patching/patch.ts';
import type { ProbeEngine } from './probe-engine.ts';
import { respond } from './respond.ts';
import type { SwapRecord } from './swap/sweep.ts';
import { pairKey, sweepSwaps } from './swap/sweep.ts';
import { goldenProbes, type GoldenProbes } from './testing/golden-probes.ts';

const NEW_TOKENS = 32;
const LAYERS = 3;
const ALL = [0, 1, 2];

let world: GoldenProbes;
let { engine, golden, probes, maps, images, subject, donor } = {} as GoldenProbes;

beforeAll(async () => {
  world = await goldenProbes('untied-gqa2-f16', 'untied-gqa2-f16-b', LAYERS, 'probes');
  ({ engine, golden, probes, maps, images, subject, donor } = world);
});

const pairOf: GoldenProbes['pairOf'] = (name, source) => world.pairOf(name, source);
const problemOf: GoldenProbes['problemOf'] = (name) => world.problemOf(name);
const clearText: GoldenProbes['clearText'] = (answer) => world.clearText(answer);

describe('the token swap', () => {
  const sweep = { layers: ALL, maxNewTokens: NEW_TOKENS } as const;

  it.each([
    ['single', undefined],
    ['single', 'text'],
    ['from-layer', undefined],
    ['from-layer', 'text'],
  ] as const)('%s, read by %s, gives the answers of transformers, at every layer', async (mode, reads) => {
    const pairs = [
      await pairOf('square', 'square-source'),
      await pairOf('square', 'wide-source'),
      await pairOf('wide', 'wide-source'),
    ];
    const read = reads ? { reads } : {};
    const records = await sweepSwaps(engine, pairs, { ...sweep, subject, mode, ...read });
    expect(records.map(({ resampled }) => resampled)).toEqual([false, true, false]);
    let compared = 0;
    for (const [index, record] of records.entries()) {
      const name = index < 2 ? 'square' : 'wide';
      const source = record.id.slice(name.length + 1);
      const item = golden.cases[name];
      for (const { layer, text } of record.swapped) {
        const expected = item?.interventions.find(
          (one) =>
            one.kind === 'swap' &&
            one.mode === mode &&
            one.layer === layer &&
            one.source === source &&
            // From a layer on both readings are one.
            (mode === 'from-layer' || one.reads === reads),
        );
        const clear = clearText(expected);
        compared += clear.length;
        expect(text.startsWith(clear), `${record.id} ${layer}`).toBe(true);
      }
    }
    expect(compared).toBeGreaterThan(200);
  });

  it('packed is the same as pair by pair, row by row and layer by layer, images of several sizes among them', async () => {
    const pairs = [
      await pairOf('square', 'square-source'),
      await pairOf('wide', 'square-source'),
      await pairOf('square', 'wide-source'),
      { ...(await pairOf('wide', 'small')), sourceAnswer: '' },
    ];
    const lengths = new Set<number>();
    const packed = vi.spyOn(engine, 'generateAll');
    for (const how of [
      { mode: 'single' },
      { mode: 'single', reads: 'text' },
      { mode: 'from-layer' },
    ] as const) {
      const together = await sweepSwaps(engine, pairs, { ...sweep, subject, ...how });
      expect(packed).toHaveBeenCalledTimes(1);
      for (const { promptTokens } of await (packed.mock.results[0]?.value as Promise<PromptAnswers[]>))
        lengths.add(promptTokens);
      for (const rowsPerBatch of [4, 8, 1, 3])
        expect(await sweepSwaps(engine, pairs, { ...sweep, subject, ...how, rowsPerBatch })).toEqual(
          together,
        );
      for (const layer of ALL) {
        const [alone] = await sweepSwaps(engine, pairs.slice(1, 2), {
          ...sweep,
          subject,
          ...how,
          layers: [layer],
        });
        expect(alone?.swapped[0]).toEqual(together[1]?.swapped[layer]);
      }
      packed.mockClear();
    }
    packed.mockRestore();
    expect(lengths.size).toBeGreaterThan(1);
  });

  it('asks for the source’s own answer where the pair does not state it', async () => {
    const pair = { ...(await pairOf('square', 'square-source')), sourceAnswer: '' };
    const [record] = await sweepSwaps(engine, [pair], { ...sweep, subject, mode: 'single' });
    const [mirrored] = await sweepSwaps(engine, [{ ...pair, target: pair.source }], {
      ...sweep,
      subject,
      mode: 'single',
    });
    expect(record?.source).toEqual(mirrored?.original);
  });

  it('goes on from the records of an earlier run, and tells of each before the next', async () => {
    const pairs = await Promise.all(
      ['square-source', 'wide-source', 'small'].map((name) => pairOf('square', name)),
    );
    const told: string[] = [];
    const seen: number[] = [];
    const controller = new AbortController();
    const cut = sweepSwaps(
      engine,
      pairs,
      { ...sweep, subject, mode: 'single' },
      {
        signal: controller.signal,
        onRecord: (key) => {
          told.push(key);
          if (told.length === 2) controller.abort();
        },
      },
    );
    await expect(cut).rejects.toMatchObject({ name: 'Cancelled' });
    expect(told).toEqual(pairs.slice(0, 2).map(pairKey));
    const whole = await sweepSwaps(engine, pairs, { ...sweep, subject, mode: 'single' });
    const finished = new Map<string, SwapRecord>(
      whole.slice(0, 2).map((record) => [pairKey(record), record]),
    );
    const resumed = await sweepSwaps(
      engine,
      pairs,
      { ...sweep, subject, mode: 'single' },
      { finished, onRecord: (key) => void told.push(key), onProgress: ({ done }) => void seen.push(done) },
    );
    expect(resumed).toEqual(whole);
    expect(told.slice(2)).toEqual([pairKey(pairs[2] as Pair)]);
    expect(seen).toEqual([2, 3]);
  });

  it('ends at once when cancelled, and gives captured keys and values back', async () => {
    const released: string[] = [];
    const controller = new AbortController();
    const slow: ProbeEngine = {
      generate: () => new Promise(() => undefined),
      generateAll: () => new Promise(() => undefined),
      forward: () => new Promise(() => undefined),
      scoreAnswer: () => new Promise(() => undefined),
      captureImageKv: () => new Promise(() => undefined),
      captureImagesKv() {
        controller.abort();
        return new Promise((resolve) => setTimeout(() => resolve(['late', 'later']), 50));
      },
      releaseKv: (handle) => void released.push(handle),
      cancel: () => undefined,
    };
    const pair = await pairOf('square', 'square-source');
    const run = sweepSwaps(
      slow,
      [pair],
      { ...sweep, subject, mode: 'single' },
      { signal: controller.signal },
    );
    await expect(run).rejects.toMatchObject({ name: 'Cancelled' });
    await expect.poll(() => released).toEqual(['late', 'later']);
  });

  it('names the pair that something is wrong with', async () => {
    const pair = { ...(await pairOf('square', 'square-source')), prompt: ' ' };
    await expect(sweepSwaps(engine, [pair], { ...sweep, subject, mode: 'single' })).rejects.toMatchObject({
      name: 'EmptyPrompt',
      what: expect.stringContaining('ocr/square-square-source') as string,
    });
    const told: string[] = [];
    const among = [await pairOf('square', 'small'), pair, await pairOf('wide', 'small')];
    const run = sweepSwaps(
      engine,
      among,
      { ...sweep, subject, mode: 'single' },
      { onRecord: (key) => void told.push(key) },
    );
    await expect(run).rejects.toMatchObject({ name: 'EmptyPrompt' });
    // Of those that shared its batch, the ones before it are kept.
    expect(told).toEqual(['ocr/square-small']);
    const deep = { ...sweep, subject, mode: 'single', layers: [3] } as const;
    await expect(sweepSwaps(engine, [], deep)).rejects.toMatchObject({ name: 'UnknownLayer' });
  });
});

describe('zero ablation', () => {
  it('gives the answers of transformers for each layer, attention and MLP; sets run as one row each', async () => {
    const parts = ['layer', 'attention', 'mlp'] as const;
    const experiments = [
      ...ALL.flatMap((layer) => parts.map((part) => ablateLayer(layer, part))),
      ablateSet([2, 1]),
    ];
    const problems = [await problemOf('text'), await problemOf('square')];
    const sweep = { subject, experiments, maxNewTokens: NEW_TOKENS };
    const records = await sweepAblations(engine, problems, sweep);
    expect(records.map(({ hasImage }) => hasImage)).toEqual([false, true]);
    for (const record of records) {
      const item = golden.cases[record.id];
      expect(record.baseline.text.startsWith(clearText(item?.greedy))).toBe(true);
      for (const { layer, part, name } of experiments.slice(0, -1)) {
        const expected = item?.interventions.find(
          (one) => one.kind === 'ablate' && one.layer === layer && one.part === part,
        );
        const said = record.ablated.find(({ experiment }) => experiment === name);
        expect(said?.text.startsWith(clearText(expected)), `${record.id} ${name}`).toBe(true);
      }
    }
    expect(records[0]?.ablated.at(-1)?.experiment).toBe('layers_1_2');
    for (const rowsPerBatch of [1, 5, experiments.length + 1])
      expect(await sweepAblations(engine, problems, { ...sweep, rowsPerBatch })).toEqual(records);
  });
});

describe('attention onto the image', () => {
  it.each(['square', 'wide'])('of every head is eager attention’s within 1e-5: %s', async (name) => {
    const expected = probes[name]?.attention;
    const [record] = await attentionShift(engine, [await problemOf(name)], {
      models: [{ name: 'in', subject }],
      running: 'free',
      maxNewTokens: NEW_TOKENS,
    });
    expect(record?.imageTokens).toBe(expected?.keys);
    const [model] = record?.models ?? [];
    expect(model?.queries).toBe(expected?.tokens.length);
    expected?.mass.forEach((heads, layer) =>
      heads.forEach((mass, head) => {
        const found = model?.mass[layer]?.[head] ?? NaN;
        expect(Math.abs(found - mass)).toBeLessThan(1e-5);
        expect(Math.abs(found / (record?.imageTokens ?? NaN) - mass / expected.keys)).toBeLessThan(1e-5);
      }),
    );
  });

  it('is each key’s own where asked for, within 1e-5, on the image’s grid', async () => {
    const item = await problemOf('wide');
    const ask = { subject, prompt: item.question, images: [item.image as Blob] };
    const response = await respond(engine, { ...ask, maxNewTokens: NEW_TOKENS }, undefined);
    const golden = maps.get('wide.map');
    const [layers, heads, queries, keys] = golden?.shape as [number, number, number, number];
    const query = queries - 2;
    const look = await lookAt(engine, ask, response, query);
    expect(look.rows * look.columns).toBe(keys);
    expect(look.columns).toBeGreaterThan(look.rows);
    for (let layer = 0; layer < layers; layer++) {
      const mean = new Float64Array(keys);
      for (let head = 0; head < heads; head++) {
        for (let key = 0; key < keys; key++) {
          const value = golden?.values[((layer * heads + head) * queries + query) * keys + key] as number;
          expect(Math.abs((look.maps[layer]?.[head]?.[key] ?? NaN) - value)).toBeLessThan(1e-5);
          mean[key] = (mean[key] as number) + value / heads;
        }
      }
      meanOverHeads(look.maps[layer] ?? []).forEach((value, key) =>
        expect(value).toBeCloseTo(mean[key] as number, 5),
      );
    }
  });

  it('reads the same tokens in both models when one’s answer is forced on both', async () => {
    const models = [
      { name: 'in', subject },
      { name: 'rl', subject: donor },
    ];
    const shift = { models, maxNewTokens: 8, prompt: {} } as const;
    const items = [await problemOf('square')];
    const [forced] = await attentionShift(engine, items, { ...shift, running: 'teacher-forced' });
    const [free] = await attentionShift(engine, items, { ...shift, running: 'free' });
    expect(forced?.models.map(({ response }) => response)).toEqual([
      free?.models[0]?.response,
      free?.models[0]?.response,
    ]);
    expect(forced?.models[0]?.mass).toEqual(free?.models[0]?.mass);
    expect(free?.models[1]?.response).not.toBe(free?.models[0]?.response);
    const [other] = await attentionShift(engine, items, {
      ...shift,
      running: 'teacher-forced',
      forcedBy: 'rl',
    });
    expect(other?.models[1]?.mass).toEqual(free?.models[1]?.mass);
    const [think] = await attentionShift(engine, items, { ...shift, running: 'free', onlyThink: true });
    expect(think?.models.map(({ queries, mass }) => [queries, mass])).toEqual([
      [0, []],
      [0, []],
    ]);
    await expect(
      attentionShift(engine, items, { ...shift, running: 'teacher-forced', forcedBy: 'none' }),
    ).rejects.toMatchObject({ name: 'UnknownSubject' });
  });
});

it.each(['text', 'square', 'wide'])('the logit lens reads what transformers reads: %s', async (name) => {
  const expected = probes[name]?.lens ?? [];
  const messages = golden.cases[name]?.messages ?? [];
  const files = await Promise.all((golden.cases[name]?.images ?? []).map((image) => images.file(image)));
  const result = await engine.forward({
    job: 'lens',
    subject,
    messages,
    images: files,
    capture: { lens: { tokens: [expected[0]?.token as number] } },
  });
  const readings = result.rows[0]?.lens ?? [];
  expect(readings).toHaveLength(LAYERS + 1);
  for (const [layer, { top, topProbability, probability, rank }] of expected.entries()) {
    const reading = readings[layer];
    expect(reading?.top.token).toBe(top);
    expect(Math.abs((reading?.top.probability ?? NaN) - topProbability)).toBeLessThan(1e-4);
    expect(Math.abs((reading?.asked[0]?.probability ?? NaN) - probability)).toBeLessThan(1e-4);
    expect(reading?.asked[0]?.rank).toBe(rank);
  }
});

it('the likeliest tokens after a layer are those with the lowest ranks, with their probabilities', async () => {
  const ask = { job: 'lens', subject, prompt: 'which?' };
  const first = await engine.forward({ ...ask, capture: { lens: { tokens: [], topk: 7 } } });
  const tokens = first.rows[0]?.lens?.at(-1)?.topk?.map(({ token }) => token) ?? [];
  const { rows } = await engine.forward({ ...ask, capture: { lens: { tokens, topk: 7 } } });
  const [row] = rows;
  const last = row?.lens?.at(-1);
  expect(last?.topk?.[0]).toEqual(last?.top);
  expect(last?.asked.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(last?.asked.map(({ probability }) => probability)).toEqual(
    last?.topk?.map(({ probability }) => probability),
  );
  const logits = [...(row?.logits ?? [])].map((logit, token) => ({ token, logit }));
  const total = logits.reduce((sum, { logit }) => sum + Math.exp(logit), 0);
  const wanted = logits.toSorted((a, b) => b.logit - a.logit || a.token - b.token).slice(0, 7);
  expect(tokens).toEqual(wanted.map(({ token }) => token));
  for (const [place, { logit }] of wanted.entries())
    expect(last?.topk?.[place]?.probability).toBeCloseTo(Math.exp(logit) / total, 5);
});

it('the lens on answers ends, after the last layer, at the answer itself', async () => {
  const [record] = await lensOnAnswers(engine, [await problemOf('square')], {
    models: [{ name: 'in', subject }],
    maxNewTokens: 8,
  });
  const [model] = record?.models ?? [];
  expect(model?.layers.at(-1)?.rank).toBe(1);
  expect(model?.layers.at(-1)?.top.token).toBe(model?.answer?.token);
  await expect(
    engine.forward({ job: 'x', subject, prompt: 'a', capture: { lens: { tokens: [1e6] } } }),
  ).rejects.toMatchObject({ name: 'UnknownToken' });
});

it('patched models answer as transformers does with one model’s states put into the other by hooks', async () => {
  const items = [await problemOf('text'), await problemOf('square'), await problemOf('wide')];
  const depths = [0, 1, 2, 3];
  const records = await sweepPatches(engine, items, {
    donor,
    recipient: subject,
    depths,
    maxNewTokens: NEW_TOKENS,
  });
  let compared = 0;
  for (const { id } of items) {
    const own = records.find((record) => record.run === 'recipient' && record.id === id);
    expect(own?.said.text.startsWith(clearText(golden.cases[id]?.greedy))).toBe(true);
    for (const depth of depths) {
      const expected = clearText(probes[id]?.patched[depth]);
      compared += expected.length;
      const found = records.find((record) => record.run === depth && record.id === id);
      expect(found?.said.text.startsWith(expected), `${id} ${depth}`).toBe(true);
    }
  }
  expect(compared).toBeGreaterThan(100);
  expect(new Set(records.map(({ said }) => said.text)).size).toBeGreaterThan(10);
});
