/** The probes on the demo family against transformers with hooks, on both devices. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createBackend } from '../engine/backend/create.ts';
import { Engine } from '../engine/engine.ts';
import type { Device } from '../engine/protocol/device.ts';
import type { ModelId, Subject } from '../engine/subject.ts';
import { wholeModel } from '../engine/subject.ts';
import { INLINE } from '../engine/testing/inline-surroundings.ts';
import { decodeImage } from '../image/decode.ts';
import { ablateLayer } from './ablation/experiment.ts';
import { sweepAblations } from './ablation/sweep.ts';
import { attentionShift } from './attention/shift.ts';
import type { Pair } from './data/pair.ts';
import type { Problem } from './data/problem.ts';
import type { FinishedAnswer } from './finished-answer.ts';
import { sweepSwaps } from './swap/sweep.ts';
import type { DemoProbes, GoldenSwap, GoldenText } from './testing/demo-goldens.ts';
import {
  demoFolder,
  fetchFile,
  goldenPicture,
  lineOf,
  readDemoProbes,
  readDemoTokens,
} from './testing/demo-goldens.ts';

/** A software GPU takes most of a second a token: there, one of a kind and the beginnings of answers. */
const MEASURE: Readonly<Record<Device, { readonly ofEach: number; readonly newTokens: number }>> = {
  wasm: { ofEach: Infinity, newTokens: Infinity },
  webgpu: { ofEach: 1, newTokens: 6 },
};
/** Of an attention mass, as the goldens are written to nine digits. */
const ATTENTION_TOLERANCE = 1e-5;

/** Of ln p and entropy; and of a divergence, relative: at 1e-6 as at 1. Rounding of logits by ε moves it by 2 ε / |d|. */
const SCORE_TOLERANCE = 1e-4;
const DIVERGENCE_TOLERANCE = 1e-2;

let golden: DemoProbes;

/** Equal to what transformers says, up to where its own choice came near a tie, or to where the answer was cut. */
function expectText(said: FinishedAnswer | undefined, { text, clear }: GoldenText, label: string): void {
  const cut = said?.stop === 'length' ? said.text.length : Infinity;
  const upTo = Math.min(clear ?? Infinity, cut);
  expect(said?.text.slice(0, upTo), label).toBe(text.slice(0, upTo));
}

async function pairOf({ task, id, source }: GoldenSwap): Promise<Pair> {
  const line = await lineOf<{ id: string; prompt: string; target_image: string; source_image: string }>(
    `pairs/${task}/data.jsonl`,
    id,
  );
  const picture = (path: string): Promise<File> => fetchFile(`/dataset/data/pairs/${task}/${path}`);
  return {
    id,
    task,
    prompt: line.prompt,
    target: await picture(line.target_image),
    source: source === undefined ? await picture(line.source_image) : await goldenPicture(source),
    targetAnswer: '',
    sourceAnswer: 'stated',
  };
}

async function problemOf(set: string, id: string): Promise<Problem> {
  const line = await lineOf<{ id: string; question: string; answer: string; image?: string }>(
    `items/${set}.jsonl`,
    id,
  );
  const { question, answer, image } = line;
  const asked = { id: `${set}/${id}`, question, answer };
  return image === undefined ? asked : { ...asked, image: await fetchFile(`/dataset/data/items/${image}`) };
}

/** The first `count` of each `key`. */
function firstOfEach<T>(all: readonly T[], key: (one: T) => string, count: number): T[] {
  return [...new Set(all.map(key))].flatMap((name) => all.filter((one) => key(one) === name).slice(0, count));
}

beforeAll(async () => {
  golden = await readDemoProbes();
});

describe.each(['wasm', 'webgpu'] as const)('the demo family on %s, f32', (device) => {
  const { ofEach: count, newTokens } = MEASURE[device];
  let engine: Engine;
  const subjects = new Map<string, Subject>();

  beforeAll(async () => {
    engine = new Engine({ ...INLINE, decodeImage, createBackend });
    for (const name of Object.keys(golden.sha256)) {
      const id = name as ModelId;
      const { layers } = await engine.open(id, name, await demoFolder(name, golden));
      await engine.load(`load ${name}`, id, { device, dtype: 'f32' }, () => undefined);
      subjects.set(name, wholeModel(id, layers));
    }
  });

  it.each([{ mode: 'single' }, { mode: 'single', reads: 'text' }, { mode: 'from-layer' }] as const)(
    'swapped answers are transformers’: %o',
    async (how) => {
      // The last of each task has a source of another size: on the software GPU, one of them stands for all.
      const swaps =
        count === Infinity
          ? golden.swaps
          : [
              ...golden.swaps.slice(0, count),
              ...golden.swaps.filter(({ source }) => source !== undefined).slice(0, count),
            ];
      const records = await sweepSwaps(engine, await Promise.all(swaps.map(pairOf)), {
        subject: subjects.get(golden.swapped) as Subject,
        layers: golden.layers,
        ...how,
        maxNewTokens: Math.min(newTokens, golden.longest),
      });
      expect(records.some(({ resampled }) => resampled)).toBe(true);
      for (const [index, record] of records.entries()) {
        const expected = swaps[index] as GoldenSwap;
        const label = `${record.task}/${record.id}`;
        expect(record.imageTokens, label).toEqual(expected.imageTokens);
        expectText(record.original, expected.original, label);
        const reads = 'reads' in how ? how.reads : undefined;
        for (const answer of expected.swapped.filter((one) => one.mode === how.mode && one.reads === reads)) {
          const found = record.swapped.find(({ layer }) => layer === answer.layer);
          expectText(found, answer, `${label} layer ${answer.layer}`);
        }
      }
    },
    600_000,
  );

  it('answers without a layer, its attention or its MLP are transformers’', async () => {
    const cases = firstOfEach(golden.ablations, ({ set }) => set, count);
    const parts = ['layer', 'attention', 'mlp'] as const;
    const records = await sweepAblations(
      engine,
      await Promise.all(cases.map(({ set, id }) => problemOf(set, id))),
      {
        subject: subjects.get(golden.swapped) as Subject,
        experiments: golden.layers.flatMap((layer) => parts.map((part) => ablateLayer(layer, part))),
        maxNewTokens: Math.min(newTokens, golden.longest),
      },
    );
    for (const [index, record] of records.entries()) {
      const expected = cases[index];
      expectText(record.baseline, expected?.baseline as GoldenText, record.id);
      for (const answer of expected?.ablated ?? []) {
        const { name } = ablateLayer(answer.layer, answer.part);
        const found = record.ablated.find(({ experiment }) => experiment === name);
        expectText(found, answer, `${record.id} ${name}`);
      }
    }
  }, 600_000);

  it('attention mass on the picture is eager attention’s within 1e-5, in every layer and head', async () => {
    for (const { model, items } of golden.attention.slice(0, count)) {
      // Beyond a near tie the two may have answered, and so read, other tokens.
      const clear = items
        .filter((item) => item.clear === undefined)
        .sort((a, b) => a.queries - b.queries)
        .slice(0, count);
      expect(clear.length).toBeGreaterThan(0);
      const records = await attentionShift(
        engine,
        await Promise.all(clear.map(({ id }) => problemOf('general-vqa', id))),
        {
          models: [{ name: model, subject: subjects.get(model) as Subject }],
          running: 'free',
          maxNewTokens: golden.longest,
        },
      );
      for (const [index, record] of records.entries()) {
        const expected = clear[index];
        const [found] = record.models;
        expect(found?.response).toBe(expected?.text);
        expect(record.imageTokens).toBe(expected?.keys);
        expect(found?.queries).toBe(expected?.queries);
        const difference = (expected?.mass ?? []).flatMap((heads, layer) =>
          heads.map((mass, head) => Math.abs((found?.mass[layer]?.[head] ?? NaN) - mass)),
        );
        expect(difference).toHaveLength(12 * 4);
        expect(Math.max(...difference)).toBeLessThan(ATTENTION_TOLERANCE);
      }
    }
  }, 600_000);

  it('what IN and RL say of the tokens of an answer is transformers’, however little they differ', async () => {
    const { sha256, items } = await readDemoTokens();
    expect(sha256).toEqual(golden.sha256);
    for (const item of items.slice(0, count)) {
      const { question, image } = await problemOf(item.set, item.id);
      const found = await engine.scoreAnswer({
        job: item.id,
        prompt: question,
        images: image ? [image as File] : [],
        readers: [{ subject: subjects.get('in') as Subject }, { subject: subjects.get('rl') as Subject }],
        answer: item.answer,
        divergences: [{ p: 1, q: 0 }],
      });
      (['in', 'rl'] as const).forEach((name, reader) => {
        const expected = item.readers[name];
        found.readers[reader]?.scores.forEach(({ logprob, entropy, rank }, at) => {
          const label = `${item.id} ${name} ${at}`;
          expect(Math.abs(logprob - (expected.logprobs[at] as number)), label).toBeLessThan(SCORE_TOLERANCE);
          expect(Math.abs(entropy - (expected.entropies[at] as number)), label).toBeLessThan(SCORE_TOLERANCE);
          if (expected.clear[at]) expect(rank, label).toBe(expected.ranks[at]);
        });
      });
      item.klRlIn.forEach((expected, at) => {
        const value = found.divergences[0]?.[at] as number;
        expect(Math.abs(value / expected - 1), `${item.id} ${at}: ${value} for ${expected}`).toBeLessThan(
          DIVERGENCE_TOLERANCE,
        );
      });
    }
  });
});
