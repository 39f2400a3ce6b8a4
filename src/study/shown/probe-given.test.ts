import { expect, test } from 'vitest';
import type { PairSet, QuestionList } from '../../analyses/probe.ts';
import { samplesFingerprint } from '../../identity/samples-fingerprint.ts';
import type { Pair } from '../../probes/data/pair.ts';
import { isGone } from '../../probes/data/picture-hash.ts';
import type { Problem } from '../../probes/data/problem.ts';
import { heldSamples } from '../../reading/sample-source.ts';
import { FakeEngine } from '../../ui/testing/fake-engine.ts';
import { givenAgain, keptGiven, type ProbeGiven } from './probe-given.ts';

const engine = new FakeEngine();
const checkpoint = await engine.open('mine', new Map());
const model = await engine.load('job', checkpoint.id, { device: 'wasm', dtype: 'f32' }, () => undefined);
const models = [{ label: 'mine', place: 4, checkpoint, model }];
const reading = { imageProcessing: 'transformers-5', maxImagePixels: 200_704 } as const;
const picture = (text: string) => new Blob([text], { type: 'image/png' });

/** As a browser keeps it. */
async function again(given: Pick<ProbeGiven, 'samples' | 'values'>, drawn: readonly unknown[]) {
  const kept = await keptGiven({ models, chosen: 'mine', source: 'dropped', reading, ...given }, drawn);
  const found = givenAgain(JSON.parse(JSON.stringify(kept)) as typeof kept);
  if (!found) throw new Error('it reads as another version’s');
  return found;
}

const pair = (task: Pair['task'], id: string): Pair => ({
  ...{ task, id, prompt: `What is ${id}?`, targetAnswer: 'a', sourceAnswer: 'b' },
  ...{ target: picture(`${id} target`), source: picture(`${id} source`), iouThreshold: 0.5 },
});

test('pairs that were drawn name the same samples again, and how many were not is known', async () => {
  const pairs = [pair('ocr', '1'), pair('ocr', '2'), pair('ocr', '3'), pair('counting', '1')];
  const drawn = [pairs[0], pairs[1], pairs[3]] as Pair[];
  const set: PairSet = { name: 'mine', pairs, literalImage: 'keep', literalImages: 2 };
  const found = await again({ samples: set, values: { samples: 2 } }, drawn);
  const { pairs: kept, ...facts } = found.samples as PairSet;
  expect(facts).toEqual({ name: 'mine', literalImage: 'keep', literalImages: 2 });
  expect(kept.map(({ task }) => task)).toEqual(['ocr', 'ocr', 'counting', 'ocr']);
  expect(await samplesFingerprint(kept.slice(0, 3))).toBe(await samplesFingerprint(drawn));
  expect(kept.every(({ target }) => isGone(target))).toBe(true);
  expect(pairs.some(({ target }) => isGone(target))).toBe(false);
});

test('models are kept as who ran them, and not how loading them went or what an engine called them', async () => {
  const set: PairSet = { name: 'mine', pairs: [], literalImage: 'keep', literalImages: 0 };
  const given = { chosen: 'mine', source: 'dropped', reading, samples: set, values: {} };
  const kept = (asked: ProbeGiven['models']) => keptGiven({ ...given, models: asked }, []);
  const [here, there] = await Promise.all([
    kept(models),
    kept([
      {
        ...{ label: 'mine', place: 4, checkpoint: { ...checkpoint, id: 'elsewhere' as typeof model.id } },
        model: {
          ...{ ...model, id: 'elsewhere' as typeof model.id, seconds: 7, bytesRead: 1, fromStorage: true },
          ...{ hashes: { weight: 'sum' }, notices: ['no copy could be kept'] },
        },
      },
    ]),
  ]);
  expect(JSON.stringify(there)).toBe(JSON.stringify(here));
  expect(JSON.stringify(here)).not.toContain('"seconds"');
  const found = givenAgain(here);
  expect(found?.models[0]).toMatchObject({ label: 'mine', place: 4, checkpoint: { name: checkpoint.name } });
  // Kept once more, as parts that are combined are, it is the same text.
  expect(JSON.stringify(await kept(found?.models ?? []))).toBe(JSON.stringify(here));
});

test('thousands of samples are kept, and more are refused by name', async () => {
  const of = (count: number) => Array.from({ length: count }, (_, at) => pair('ocr', String(at)));
  const [some, many] = [of(2_000), of(10_001)];
  const set = (pairs: readonly Pair[]): PairSet => ({
    name: 'x',
    pairs,
    literalImage: 'strip',
    literalImages: 0,
  });
  const found = await again({ samples: set(some), values: {} }, some);
  expect((found.samples as PairSet).pairs).toHaveLength(2_000);
  await expect(again({ samples: set(many), values: {} }, many)).rejects.toMatchObject({
    name: 'SamplesNotKept',
  });
});

test('questions that were drawn are given again by their places, and others are told to be gone', async () => {
  const problems = Array.from({ length: 9 }, (_, at): Problem => ({
    ...{ id: `p${at}`, question: `Question ${at}`, answer: String(at) },
    ...(at % 2 ? { image: picture(`p${at}`), choices: ['x', 'y'] } : {}),
  }));
  const list: QuestionList = { name: 'list', source: heldSamples(problems) };
  const values = { samples: 4, seed: 7 };
  const { sampleIndices } = await import('../../probes/sampling/choice.ts');
  const indices = sampleIndices(9, values);
  const drawn = await list.source.at(indices);
  const found = await again({ samples: list, values }, drawn);
  const { source } = found.samples as QuestionList;
  expect([source.count, found.values]).toEqual([9, values]);
  expect(await samplesFingerprint(await source.at(indices))).toBe(await samplesFingerprint(drawn));
  await expect(source.at([...Array(9).keys()])).rejects.toThrow(
    /only the questions that were asked are kept/,
  );
});

test('a model is given again under its name and place; what is of another version is none', async () => {
  const set: PairSet = { name: 'x', pairs: [], literalImage: 'strip', literalImages: 0 };
  const found = await again({ samples: set, values: {} }, []);
  const { id: _, ...facts } = checkpoint;
  expect(found.models).toMatchObject([
    { label: 'mine', place: 4, checkpoint: facts, model: { dtype: 'f32', weightBytes: model.weightBytes } },
  ]);
  const kept = await keptGiven(
    { models, chosen: null, source: 'pairs', reading, values: {}, samples: set },
    [],
  );
  const written = JSON.stringify(kept);
  // Of another hand: what would be laid out, or drawn, is too large to be.
  for (const [from, to] of [
    [/"layers":\d+/, '"layers":1e9'],
    [/"ocr":0/, '"ocr":1e12'],
    [/"visionBlocks":\d+/, '"visionBlocks":-1'],
  ] as const) {
    expect(givenAgain(JSON.parse(written) as typeof kept)).not.toBeNull();
    expect(from.test(written)).toBe(true);
    expect(givenAgain(JSON.parse(written.replace(from, to)) as typeof kept)).toBeNull();
  }
  for (const bad of [null, {}, { models: [] }, [1]]) expect(givenAgain(bad)).toBeNull();
});
