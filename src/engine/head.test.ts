/** A head split by rows against the whole one. */
import { expect, it } from 'vitest';
import { values } from '../graph/testing/random.ts';
import { generate } from './generate.ts';
import type { GoldenModel } from './testing/golden-model.ts';
import { goldenModel } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import { readGolden } from './testing/goldens.ts';

it.each(['untied-gqa4-f32', 'tied-gqa1-bf16-old'])(
  '%s: shards give the logits and tokens of one head',
  async (name) => {
    const whole = await goldenModel(name);
    const { hiddenSize, vocabSize } = whole.folder.config.text;
    // 400 rows in four shards, the last one shorter.
    const split = await goldenModel(name, undefined, 110 * hiddenSize * 4);
    expect(split.resident.headShards.map(({ rows }) => rows)).toEqual([100, 100, 100, 100]);
    const uneven = await goldenModel(name, undefined, 150 * hiddenSize * 4);
    expect(uneven.resident.headShards.map(({ rows }) => rows)).toEqual([134, 134, 132]);

    const positions = [7, 0, 3, 3];
    const run = async ({ runtime, resident }: typeof whole) => {
      const hidden = runtime.backend.upload('float32', [2, 4, hiddenSize], values(8 * hiddenSize, 3));
      return {
        logits: (await runtime.head.logits(resident, hidden, positions)).map((row) => [...row]),
        tokens: await runtime.head.greedy(resident, hidden, positions),
      };
    };
    const expected = await run(whole);
    expect(expected.logits[0]).toHaveLength(vocabSize);
    expect(expected.tokens).toEqual(expected.logits.map((row) => row.indexOf(Math.max(...row))));
    for (const other of [split, uneven]) {
      const found = await run(other);
      expect(found.tokens).toEqual(expected.tokens);
      found.logits.forEach((row, at) =>
        row.forEach((logit, token) => expect(logit).toBeCloseTo(expected.logits[at]?.[token] as number, 5)),
      );
    }
  },
);

it.each([NaN, Infinity])('refuses to choose after a hidden state of %d', async (value) => {
  const whole = await goldenModel('untied-gqa4-f32');
  const { hiddenSize } = whole.folder.config.text;
  const split = await goldenModel('untied-gqa4-f32', undefined, 110 * hiddenSize * 4);
  for (const { runtime, resident } of [whole, split]) {
    const states = values(2 * hiddenSize, 3);
    states[hiddenSize + 5] = value;
    const hidden = runtime.backend.upload('float32', [1, 2, hiddenSize], states);
    await expect(runtime.head.greedy(resident, hidden, [0, 1])).rejects.toMatchObject({
      name: 'NonFiniteLogits',
    });
    await expect(runtime.head.greedy(resident, hidden, [0])).resolves.toHaveLength(1);
  }
});

it('names the lowest id when two shards tie', async () => {
  const { runtime, resident, folder } = await goldenModel('untied-gqa4-f32');
  const { hiddenSize } = folder.config.text;
  // The same rows twice over: each token of the second shard ties with one of the first.
  const bytes = resident.arrays.constant('lm_head.0.weight');
  const twice = { ...resident, headShards: [0, 1].map((shard) => ({ start: 400 * shard, rows: 400 })) };
  const arrays = Object.create(resident.arrays, {
    constant: {
      value: (name: string) => (name.startsWith('lm_head') ? bytes : resident.arrays.constant(name)),
    },
  }) as typeof resident.arrays;
  const hidden = runtime.backend.upload('float32', [1, 1, hiddenSize], values(hiddenSize, 5));
  const [single] = await runtime.head.greedy(resident, hidden, [0]);
  const [token] = await runtime.head.greedy({ ...twice, arrays, id: 'twice' as never }, hidden, [0]);
  expect(token).toBe(single);
});

it.each([
  { temperature: 0, seed: 0 },
  { temperature: 1, topP: 0.9, seed: 4 },
])('a split head answers as one within the decoder does, with %j', async (sampling) => {
  const name = 'tied-gqa1-bf16-old';
  const golden = await readGolden(readFromDisk, name);
  const item = golden.cases['text'];
  if (!item) throw new RangeError('no case text');
  const answer = async ({ runtime, resident, folder, prepare }: GoldenModel) => {
    const layers = Array.from({ length: folder.config.text.layers }, () => resident);
    const { sequence, nextPosition } = await prepare(item);
    return generate(runtime, { layers, rest: resident }, sequence, {
      rows: [{}, { ablate: [{ layer: 1, part: 'layer' }] }],
      maxNewTokens: 12,
      sampling,
      nextPosition,
      sources: new Map(),
      rowsPerPrefill: 2,
    });
  };
  const whole = await goldenModel(name);
  const split = await goldenModel(name, undefined, 110 * whole.folder.config.text.hiddenSize * 4);
  expect(split.resident.headShards).toHaveLength(4);
  expect(await answer(split)).toEqual(await answer(whole));
});
