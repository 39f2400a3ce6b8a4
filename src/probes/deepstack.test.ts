/** The probes of a model with DeepStack against transformers (docs/method.md §2.1, §3, §4, §11, §12). */
import { beforeAll, expect, it } from 'vitest';
import type { Injection } from '../engine/protocol/intervention.ts';
import { relativeError } from '../statistics/relative-error.ts';
import { ablateLayer, withoutInjection } from './ablation/experiment.ts';
import { sweepAblations } from './ablation/sweep.ts';
import { attentionShift } from './attention/shift.ts';
import { sweepPatches } from './patching/patch.ts';
import { sweepSwaps } from './swap/sweep.ts';
import { goldenProbes, type GoldenProbes } from './testing/golden-probes.ts';

const NEW_TOKENS = 32;
const LAYERS = 4;
const ALL = [0, 1, 2, 3];

let world: GoldenProbes;

beforeAll(async () => {
  world = await goldenProbes('qwen3-untied-bf16', 'qwen3-untied-bf16-b', LAYERS, 'probes-qwen3');
});

it.each(['kept', 'source', 'removed'] satisfies Injection[])(
  'swaps answer as transformers does, at every layer and with images of other sizes: injection %s',
  async (injection) => {
    const { engine, golden, subject, clearText } = world;
    const pairs = [
      await world.pairOf('square', 'square-source'),
      await world.pairOf('square', 'wide-source'),
      await world.pairOf('wide', 'wide-source'),
    ];
    let compared = 0;
    for (const how of [
      { mode: 'single' },
      { mode: 'single', reads: 'text' },
      { mode: 'from-layer' },
    ] as const) {
      const sweep = { subject, layers: ALL, ...how, injection, maxNewTokens: NEW_TOKENS };
      const records = await sweepSwaps(engine, pairs, sweep);
      expect(records.map(({ resampled }) => resampled)).toEqual([false, true, false]);
      if (injection === 'kept') {
        const { injection: _, ...unsaid } = sweep;
        expect(await sweepSwaps(engine, pairs, unsaid)).toEqual(records);
      }
      for (const { id, swapped } of records) {
        const [name = '', source] = [id.split('-')[0], id.slice(id.indexOf('-') + 1)];
        for (const { layer, text } of swapped) {
          const expected = golden.cases[name]?.interventions.find(
            (one) =>
              one.kind === 'swap' &&
              one.injection === injection &&
              one.mode === how.mode &&
              one.reads === ('reads' in how ? how.reads : undefined) &&
              one.layer === layer &&
              one.source === source,
          );
          const clear = clearText(expected);
          compared += clear.length;
          expect(text.startsWith(clear), `${id} ${JSON.stringify(how)} ${layer}`).toBe(true);
        }
      }
    }
    expect(compared).toBeGreaterThan(200);
  },
);

it('ablations answer as transformers does, with what is injected after the layer and without', async () => {
  const { engine, golden, probes, subject, clearText } = world;
  const layers = ALL.map((layer) => ablateLayer(layer));
  const problems = [
    await world.problemOf('square'),
    await world.problemOf('wide'),
    await world.problemOf('text'),
  ];
  const sweep = { subject, experiments: layers, maxNewTokens: NEW_TOKENS };
  const kept = await sweepAblations(engine, problems, sweep);
  const removed = await sweepAblations(engine, problems, {
    ...sweep,
    experiments: layers.map(withoutInjection),
  });
  let differ = 0;
  for (const [index, { id }] of problems.entries()) {
    for (const layer of ALL) {
      const [stays, goes] = [kept, removed].map((records) => records[index]?.ablated[layer]?.text ?? '');
      const expected = golden.cases[id]?.interventions.find(
        (one) => one.kind === 'ablate' && one.part === 'layer' && one.layer === layer,
      );
      expect(stays?.startsWith(clearText(expected)), `${id} ${layer}`).toBe(true);
      const without = probes[id]?.ablatedWithInjection?.[layer];
      if (without) expect(goes?.startsWith(clearText(without)), `${id} ${layer} removed`).toBe(true);
      // Nothing is injected after the last layer, nor where there is no image.
      if (layer === 3 || id === 'text') expect(goes).toBe(stays);
      if (goes !== stays) differ++;
    }
  }
  expect(differ).toBeGreaterThan(3);
});

it.each(['square', 'wide'])('attention onto the image is eager attention’s within 1e-5: %s', async (name) => {
  const { engine, probes, subject } = world;
  const expected = probes[name]?.attention;
  const [record] = await attentionShift(engine, [await world.problemOf(name)], {
    ...{ models: [{ name: 'in', subject }], running: 'free', maxNewTokens: NEW_TOKENS },
  });
  expect(record?.imageTokens).toBe(expected?.keys);
  const [model] = record?.models ?? [];
  expect(model?.queries).toBe(expected?.tokens.length);
  const masses = expected?.mass.flatMap((heads, layer) =>
    heads.map((mass, head) => [mass, model?.mass[layer]?.[head] ?? NaN] as const),
  );
  expect(masses).toHaveLength(LAYERS * 4);
  for (const [wanted, found] of masses ?? []) expect(Math.abs(found - wanted)).toBeLessThan(1e-5);
});

it.each(['text', 'square', 'wide'])('the logit lens reads what transformers reads: %s', async (name) => {
  const { engine, golden, probes, subject, images } = world;
  const expected = probes[name]?.lens ?? [];
  const { messages = [], images: shown = [] } = golden.cases[name] ?? {};
  const files = await Promise.all(shown.map((image) => images.file(image)));
  const tokens = [expected[0]?.token as number];
  const asked = { job: 'lens', subject, messages, images: files } as const;
  const { rows } = await engine.forward({ ...asked, capture: { lens: { tokens }, hidden: 'all' } });
  const readings = rows[0]?.lens ?? [];
  expect(readings).toHaveLength(LAYERS + 1);
  for (const [depth, { top, topProbability, probability, rank }] of expected.entries()) {
    const reading = readings[depth];
    expect(reading?.top.token).toBe(top);
    expect(Math.abs((reading?.top.probability ?? NaN) - topProbability)).toBeLessThan(1e-4);
    expect(Math.abs((reading?.asked[0]?.probability ?? NaN) - probability)).toBeLessThan(1e-4);
    expect(reading?.asked[0]?.rank).toBe(rank);
    // What is read out is the state with what was injected.
    const state = rows[0]?.hidden?.[depth] ?? [];
    expect(relativeError(state, golden.tensor(`${name}.hidden.${depth}`))).toBeLessThan(1e-4);
  }
});

it.each(['square', 'wide'])(
  'an answer is scored as transformers said it, token by token: %s',
  async (name) => {
    const { engine, golden, subject } = world;
    const { question: prompt, image } = await world.problemOf(name);
    const item = golden.cases[name];
    const answer = item?.greedy.tokens.slice(0, item.greedy.compared) ?? [];
    const { readers } = await engine.scoreAnswer({
      ...{ job: 'scores', readers: [{ subject }], answer, prompt, images: [image as Blob] },
    });
    const scores = readers[0]?.scores ?? [];
    expect(scores.map(({ rank }) => rank)).toEqual(answer.map(() => 0));
    const logits = golden.tensor(`${name}.logits`);
    const most = Math.max(...logits);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0);
    expect(answer.length).toBeGreaterThan(1);
    expect(scores[0]?.logprob).toBeCloseTo(-Math.log(total), 3);
  },
);

it('patched models answer as with the donor’s states put in by hooks, and the donor’s features injected later', async () => {
  const { engine, golden, probes, subject, donor, clearText } = world;
  const items = [
    await world.problemOf('text'),
    await world.problemOf('square'),
    await world.problemOf('wide'),
  ];
  const depths = [0, 1, 2, 3, 4];
  const records = await sweepPatches(engine, items, {
    ...{ donor, recipient: subject, depths, maxNewTokens: NEW_TOKENS },
  });
  let compared = 0;
  for (const { id } of items) {
    const said = (run: 'recipient' | number) =>
      records.find((record) => record.run === run && record.id === id)?.said.text ?? '';
    expect(said('recipient').startsWith(clearText(golden.cases[id]?.greedy))).toBe(true);
    for (const depth of depths) {
      const expected = clearText(probes[id]?.patched[depth]);
      compared += expected.length;
      expect(said(depth).startsWith(expected), `${id} ${depth}`).toBe(true);
    }
  }
  expect(compared).toBeGreaterThan(100);
});
