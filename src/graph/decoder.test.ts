import { describe, expect, it } from 'vitest';
import { relativeError } from '../statistics/relative-error.ts';
import type { Feed } from '../engine/testing/run-graph.ts';
import { bool, float32, int32, int64, runModel } from '../engine/testing/run-graph.ts';
import type { TestWeights } from '../engine/testing/test-weights.ts';
import { testWeights } from '../engine/testing/test-weights.ts';
import type { DecoderSpec } from './decoder.ts';
import { decoderGraph } from './decoder.ts';
import { headGraph } from './head.ts';
import { values } from './testing/random.ts';
import type { LayerInput, Numbers } from './testing/reference.ts';
import { decoderLayerOf, probabilitiesOf } from './testing/reference.ts';

const dims = { hiddenSize: 48, intermediateSize: 52, heads: 6, kvHeads: 2, headDim: 8, rmsNormEps: 1e-6 };
const KV = dims.kvHeads * dims.headDim;
const plain: DecoderSpec = {
  dims,
  format: 'f32',
  layers: 1,
  gates: false,
  swap: false,
  captureKv: false,
  attention: 'cached',
};
const [ROWS, LENGTH] = [3, 5];
const batch = {
  hidden: values(ROWS * LENGTH * dims.hiddenSize, 1),
  rows: ROWS,
  length: LENGTH,
  angles: values((LENGTH * dims.headDim) / 2, 2, 3),
  positions: Array.from({ length: ROWS * LENGTH }, (_, index) => index % LENGTH),
} satisfies LayerInput;

/** Everything but weights and interventions, for a prompt without a past. */
function promptFeeds(
  { hidden, rows, length, angles, positions }: LayerInput,
  layers = 1,
): Record<string, Feed> {
  const empty = float32([rows, dims.kvHeads, 0, dims.headDim], []);
  return {
    hidden: float32([rows, length, dims.hiddenSize], hidden),
    batch_shape: int64([3], [rows, length, -1]),
    ...rotaryFeeds(angles),
    positions: int64([rows, length], Array.from(positions)),
    seqlens: int32([rows], Array<number>(rows).fill(length - 1)),
    total_length: int32([1], [length]),
    ...Object.fromEntries(
      Array.from({ length: layers }, (_, layer) => [
        [`${layer}.past_key`, empty],
        [`${layer}.past_value`, empty],
      ]).flat() as [string, Feed][],
    ),
  };
}

function rotaryFeeds(angles: Numbers): Record<string, Feed> {
  const table = [angles.length / (dims.headDim / 2), dims.headDim / 2];
  return {
    cos: float32(table, Array.from(angles, Math.cos)),
    sin: float32(table, Array.from(angles, Math.sin)),
  };
}

const layerOf =
  (weights: TestWeights, layer = 0) =>
  (name: string): Float32Array =>
    weights.of(`${layer}.${name}`);

describe('a decoder layer', () => {
  it.each(['f32', 'f16', 'q8', 'q4'] as const)('in %s computes what its formulas say', async (format) => {
    const graph = decoderGraph({ ...plain, format, captureKv: true });
    const weights = testWeights(graph.weights);
    const expected = decoderLayerOf(batch, dims, layerOf(weights));
    const result = await runModel(graph.model, { ...promptFeeds(batch), ...weights.feeds });
    expect(relativeError(result('hidden_out'), expected.out)).toBeLessThan(3e-6);
    expect(relativeError(result('0.key'), expected.key)).toBeLessThan(3e-6);
    expect(relativeError(result('0.value'), expected.value)).toBeLessThan(3e-6);
    expect(result.dims('0.present_key')).toEqual([ROWS, dims.kvHeads, LENGTH, dims.headDim]);

    const baked = decoderGraph({ ...plain, format, captureKv: true }, weights.constants);
    const constant = await runModel(baked.model, promptFeeds(batch));
    expect([...constant('hidden_out')]).toEqual([...result('hidden_out')]);
  });

  it('scales what attention and MLP add, row by row', async () => {
    const graph = decoderGraph({ ...plain, gates: true });
    const weights = testWeights(graph.weights);
    const [attentionGate, mlpGate] = [
      [0, 0.5, 1],
      [0, 1, 0.5],
    ];
    const result = await runModel(graph.model, {
      ...promptFeeds(batch),
      ...weights.feeds,
      '0.attention_gate': float32([ROWS, 1, 1], attentionGate),
      '0.mlp_gate': float32([ROWS, 1, 1], mlpGate),
    });
    const expected = decoderLayerOf({ ...batch, attentionGate, mlpGate }, dims, layerOf(weights));
    expect(relativeError(result('hidden_out'), expected.out)).toBeLessThan(3e-6);
    // Zero ablation leaves the residual stream as it was, to the bit.
    const row = LENGTH * dims.hiddenSize;
    expect([...result('hidden_out').subarray(0, row)]).toEqual([...batch.hidden.subarray(0, row)]);
  });

  it('with gates of one, broadcast, gives what it gives without gates', async () => {
    const graph = decoderGraph(plain);
    const weights = testWeights(graph.weights);
    const without = await runModel(graph.model, { ...promptFeeds(batch), ...weights.feeds });
    const one = float32([1, 1, 1], [1]);
    const gated = await runModel(decoderGraph({ ...plain, gates: true }).model, {
      ...promptFeeds(batch),
      ...weights.feeds,
      '0.attention_gate': one,
      '0.mlp_gate': one,
    });
    expect([...gated('hidden_out')]).toEqual([...without('hidden_out')]);
  });

  it('replaces keys and values where the mask says, and captures those from before', async () => {
    const graph = decoderGraph({ ...plain, swap: true, captureKv: true });
    const weights = testWeights(graph.weights);
    // Row 0 keeps its own, row 1 is swapped at two positions, row 2 at one.
    const mask = [0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0];
    const source = { key: values(ROWS * LENGTH * KV, 8), value: values(ROWS * LENGTH * KV, 9) };
    const result = await runModel(graph.model, {
      ...promptFeeds(batch),
      ...weights.feeds,
      '0.swap_mask': bool([ROWS, LENGTH, 1], mask),
      '0.swap_key': float32([ROWS, LENGTH, KV], source.key),
      '0.swap_value': float32([ROWS, LENGTH, KV], source.value),
    });
    const expected = decoderLayerOf({ ...batch, swap: { mask, ...source } }, dims, layerOf(weights));
    expect(relativeError(result('hidden_out'), expected.out)).toBeLessThan(3e-6);
    expect(relativeError(result('0.key'), expected.key)).toBeLessThan(3e-6);
    const cached = result('0.present_key');
    const position = 6 % LENGTH;
    // [row 1, kv head 1, position, :] of the cache is what was put there.
    const start = ((1 * dims.kvHeads + 1) * LENGTH + position) * dims.headDim;
    expect([...cached.subarray(start, start + dims.headDim)]).toEqual([
      ...source.key.subarray(6 * KV + dims.headDim, 6 * KV + 2 * dims.headDim),
    ]);
  });

  it('broadcasts one source over all masked rows', async () => {
    const spec = { ...plain, swap: true };
    const graph = decoderGraph(spec);
    const weights = testWeights(graph.weights);
    const mask = [0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0];
    const one = { key: values(LENGTH * KV, 8), value: values(LENGTH * KV, 9) };
    const repeated = (data: Float32Array): number[] => Array.from({ length: ROWS }, () => [...data]).flat();
    const result = await runModel(graph.model, {
      ...promptFeeds(batch),
      ...weights.feeds,
      '0.swap_mask': bool([ROWS, LENGTH, 1], mask),
      '0.swap_key': float32([1, LENGTH, KV], one.key),
      '0.swap_value': float32([1, LENGTH, KV], one.value),
    });
    const swap = { mask, key: repeated(one.key), value: repeated(one.value) };
    const expected = decoderLayerOf({ ...batch, swap }, dims, layerOf(weights));
    expect(relativeError(result('hidden_out'), expected.out)).toBeLessThan(3e-6);
  });

  it('decodes one token on its cache as if the prompt had been longer', async () => {
    const graph = decoderGraph(plain);
    const weights = testWeights(graph.weights);
    const whole = await runModel(graph.model, { ...promptFeeds(batch), ...weights.feeds });
    const part = (tokens: readonly number[]): LayerInput => ({
      ...batch,
      length: tokens.length,
      hidden: Array.from({ length: ROWS }, (_, row) =>
        tokens.flatMap((token) => {
          const start = (row * LENGTH + token) * dims.hiddenSize;
          return [...batch.hidden.subarray(start, start + dims.hiddenSize)];
        }),
      ).flat(),
      positions: Array.from({ length: ROWS }, () => tokens).flat(),
    });
    const prompt = await runModel(graph.model, { ...promptFeeds(part([0, 1, 2, 3])), ...weights.feeds });
    const step = await runModel(graph.model, {
      ...promptFeeds(part([4])),
      ...weights.feeds,
      seqlens: int32([ROWS], Array<number>(ROWS).fill(LENGTH - 1)),
      total_length: int32([1], [LENGTH]),
      '0.past_key': float32(prompt.dims('0.present_key'), prompt('0.present_key')),
      '0.past_value': float32(prompt.dims('0.present_value'), prompt('0.present_value')),
    });
    const last = Array.from({ length: ROWS }, (_, row) => {
      const start = (row * LENGTH + LENGTH - 1) * dims.hiddenSize;
      return [...whole('hidden_out').subarray(start, start + dims.hiddenSize)];
    }).flat();
    expect(relativeError(step('hidden_out'), last)).toBeLessThan(1e-6);
    expect(relativeError(step('0.present_key'), whole('0.present_key'))).toBeLessThan(1e-6);
  });
});

describe('a stack of decoder layers', () => {
  it('in one graph equals as many runs of one layer', async () => {
    const layers = 3;
    const graph = decoderGraph({ ...plain, layers });
    const weights = testWeights(graph.weights);
    const stacked = await runModel(graph.model, { ...promptFeeds(batch, layers), ...weights.feeds });
    const single = decoderGraph(plain);
    let hidden: Float32Array = batch.hidden;
    for (let layer = 0; layer < layers; layer++) {
      const renamed = Object.fromEntries(
        single.weights
          .flatMap(({ slots }) => slots)
          .map(({ name }) => [name, weights.feeds[name.replace('0.', `${layer}.`)] as Feed]),
      );
      const result = await runModel(single.model, { ...promptFeeds({ ...batch, hidden }), ...renamed });
      expect([...stacked(`${layer}.present_value`)]).toEqual([...result('0.present_value')]);
      hidden = result('hidden_out');
    }
    expect([...stacked('hidden_out')]).toEqual([...hidden]);
  });
});

describe('probed attention', () => {
  const queries = [4, 0, 2];
  const probed = { ...plain, attention: 'probed', captureKv: true } as const;
  const probeFeeds = (keySets: readonly (readonly number[])[]): Record<string, Feed> => {
    const { hidden, batch_shape, positions, cos, sin } = promptFeeds(batch);
    const mask = Array.from({ length: LENGTH ** 2 }, (_, index) =>
      index % LENGTH > Math.floor(index / LENGTH) ? -3.4028234663852886e38 : 0,
    );
    const columns = Array.from({ length: LENGTH }, (_, key) =>
      keySets.map((set) => (set.includes(key) ? 1 : 0)),
    ).flat();
    return {
      ...({ hidden, batch_shape, positions, cos, sin } as Record<string, Feed>),
      mask: float32([1, 1, LENGTH, LENGTH], mask),
      queries: int64([queries.length], queries),
      key_sets: float32([LENGTH, keySets.length], columns),
    };
  };

  it('gives the cached form’s output, and the probabilities of each key set', async () => {
    const graph = decoderGraph(probed);
    const weights = testWeights(graph.weights);
    const cached = await runModel(decoderGraph(plain).model, { ...promptFeeds(batch), ...weights.feeds });
    const sets = [[0, 1, 2, 3, 4], [1, 3], []];
    const result = await runModel(graph.model, { ...probeFeeds(sets), ...weights.feeds });
    expect(relativeError(result('hidden_out'), cached('hidden_out'))).toBeLessThan(1e-6);

    expect(result.dims('0.attention')).toEqual([ROWS, dims.heads, queries.length, sets.length]);
    const mass = result('0.attention');
    for (let index = 0; index < mass.length; index += sets.length) {
      expect(mass[index]).toBeCloseTo(1, 6);
      expect(mass[index + 2]).toBe(0);
    }
    const all = probabilitiesOf(rotatedQuery(weights), result('0.key'), { ...dims, ...batch, causal: true });
    const expected = Array.from({ length: ROWS * dims.heads }, (_, rowHead) =>
      queries.map((query) => {
        const start = (rowHead * LENGTH + query) * LENGTH;
        return (all[start + 1] as number) + (all[start + 3] as number);
      }),
    ).flat();
    const odd = expected.map((_, index) => mass[index * sets.length + 1] as number);
    expect(relativeError(odd, expected)).toBeLessThan(2e-6);
  });

  /** Queries come out of no graph: the reference's own, from a layer whose "keys" are projected by q_proj. */
  function rotatedQuery(weights: TestWeights): number[] {
    const asKey = (name: string): Float32Array =>
      weights.of(`0.${name.replace('k_proj', 'q_proj').replace('v_proj', 'q_proj')}`);
    const wide = { ...dims, kvHeads: dims.heads };
    return decoderLayerOf(batch, wide, asKey).key;
  }
});

it('several new tokens a row on a past, shared or each row’s own, are what the formulas say of the whole', async () => {
  const graph = decoderGraph({ ...plain, attention: 'extended' });
  const weights = testWeights(graph.weights);
  // The first two positions are past, of all rows the same; a third of its room is empty, and masked.
  const [past, room, fresh] = [2, 3, LENGTH - 2];
  const width = dims.hiddenSize;
  const first = batch.hidden.subarray(0, past * width);
  const rowOf = (row: number): Float32Array =>
    batch.hidden.subarray((row * LENGTH + past) * width, (row + 1) * LENGTH * width);
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  const hidden = Float32Array.from(rows.flatMap((row) => [...first, ...rowOf(row)]));
  const expected = decoderLayerOf({ ...batch, hidden }, dims, layerOf(weights));
  const pastOf = (all: Numbers): number[] =>
    Array.from({ length: dims.kvHeads }, (_, head) =>
      Array.from({ length: room }, (_, at) =>
        Array.from({ length: dims.headDim }, (_, column) =>
          at < past ? (all[at * KV + head * dims.headDim + column] as number) : 7,
        ),
      ),
    ).flat(2);
  const mask = Array.from({ length: fresh }, (_, query) =>
    Array.from({ length: room + fresh }, (_, key) =>
      key < past || (key >= room && key - room <= query) ? 0 : -3e38,
    ),
  ).flat();
  const { cos, sin } = rotaryFeeds(batch.angles);
  for (const copies of [1, ROWS]) {
    const own = (all: Numbers): Feed =>
      float32(
        [copies, dims.kvHeads, room, dims.headDim],
        Array.from({ length: copies }, () => pastOf(all)).flat(),
      );
    const result = await runModel(graph.model, {
      ...weights.feeds,
      hidden: float32(
        [ROWS, fresh, width],
        rows.flatMap((row) => [...rowOf(row)]),
      ),
      batch_shape: int64([3], [ROWS, fresh, -1]),
      positions: int64(
        [ROWS, fresh],
        rows.flatMap(() => Array.from({ length: fresh }, (_, at) => past + at)),
      ),
      ...({ cos, sin } as Record<string, Feed>),
      mask: float32([1, 1, fresh, room + fresh], mask),
      parts: int64([2], [room, fresh]),
      '0.past_key': own(expected.key),
      '0.past_value': own(expected.value),
    });
    const ends = (all: Numbers, size: number): number[] =>
      rows.flatMap((row) => Array.from(all).slice((row * LENGTH + past) * size, (row + 1) * LENGTH * size));
    expect(relativeError(result('hidden_out'), ends(expected.out, width))).toBeLessThan(3e-6);
    expect(result.dims('0.fresh_key')).toEqual([ROWS, dims.kvHeads, fresh, dims.headDim]);
    const fresh0 = result('0.fresh_value').subarray(0, fresh * dims.headDim);
    const value0 = Array.from({ length: fresh }, (_, at) =>
      Array.from(expected.value).slice((past + at) * KV, (past + at) * KV + dims.headDim),
    ).flat();
    expect(relativeError(fresh0, value0)).toBeLessThan(3e-6);
  }
});

it('with the head, the last layer asked at some positions says there what it says when it is computed everywhere', async () => {
  const head = {
    hiddenSize: dims.hiddenSize,
    rows: 20,
    rmsNormEps: 1e-6,
    format: 'f32',
    output: 'logits',
  } as const;
  const graph = decoderGraph({ ...plain, layers: 2, gates: true, head });
  const weights = testWeights(graph.weights);
  const asked = [LENGTH - 1, LENGTH + 1, 3 * LENGTH - 1, LENGTH];
  const scales = { attention: [1, 0.5, 0], mlp: [0.5, 1, 1] };
  const gate = (all: readonly number[], at = [0, 1, 2]): Feed =>
    float32(
      [at.length, 1, 1],
      at.map((row) => all[row] as number),
    );
  const gates = (at?: number[]): Record<string, Feed> => ({
    '0.attention_gate': gate(scales.attention),
    '0.mlp_gate': gate(scales.mlp),
    '1.attention_gate': gate(scales.attention, at),
    '1.mlp_gate': gate(scales.mlp, at),
  });
  const whole = await runModel(decoderGraph({ ...plain, layers: 2, gates: true }).model, {
    ...promptFeeds(batch, 2),
    ...gates(),
    ...layerFeeds(weights),
  });
  const expected = await runModel(headGraph(head).model, {
    hidden: float32([ROWS, LENGTH, dims.hiddenSize], whole('hidden_out')),
    last: int64([asked.length], asked),
    ...headFeeds(weights),
  });
  const found = await runModel(graph.model, {
    ...promptFeeds(batch, 2),
    ...gates(asked.map((at) => Math.floor(at / LENGTH))),
    ...weights.feeds,
    last: int64([asked.length], asked),
  });
  expect(relativeError(found('logits'), expected('logits'))).toBeLessThan(3e-6);
});

const layerFeeds = ({ feeds }: TestWeights) =>
  Object.fromEntries(Object.entries(feeds).filter(([name]) => /^\d/.test(name)));
const headFeeds = ({ feeds }: TestWeights) =>
  Object.fromEntries(Object.entries(feeds).filter(([name]) => !/^\d/.test(name)));

it('declares the weights of each layer under their names in the checkpoint, biases of q, k and v alone', () => {
  const names = decoderGraph({ ...plain, layers: 2 }).weights.map(({ name }) => name);
  const layer = [
    'input_layernorm.weight',
    ...['q', 'k', 'v'].flatMap((part) => [`self_attn.${part}_proj.weight`, `self_attn.${part}_proj.bias`]),
    'self_attn.o_proj.weight',
    'post_attention_layernorm.weight',
    ...['gate', 'up', 'down'].map((part) => `mlp.${part}_proj.weight`),
  ];
  expect(names).toEqual([...layer.map((name) => `0.${name}`), ...layer.map((name) => `1.${name}`)]);
});

it('a batch that grows within the graph has what its entries have that are there from the first layer on', async () => {
  const spec = { ...plain, layers: 3, swap: true, attention: 'extended' } as const;
  const entries = [1, 2, 4];
  const [fixed, growing] = [decoderGraph(spec), decoderGraph({ ...spec, grows: true })];
  const weights = testWeights(fixed.weights);
  const hidden = batch.hidden.subarray(0, LENGTH * dims.hiddenSize);
  const { cos, sin } = rotaryFeeds(batch.angles) as { cos: Feed; sin: Feed };
  // The last entry of a layer is swapped there.
  const swaps = (count: (layer: number) => number): Record<string, Feed> =>
    Object.fromEntries(
      entries.flatMap((_, layer) => {
        const mask = Array.from({ length: count(layer) * LENGTH }, (_, at) =>
          Number(
            layer > 0 && Math.floor(at / LENGTH) === (entries[layer] as number) - 1 && at % LENGTH === 1,
          ),
        );
        const source = float32([1, LENGTH, KV], values(LENGTH * KV, 40 + layer));
        return [
          [`${layer}.swap_mask`, bool([count(layer), LENGTH, 1], mask)],
          ...['swap_key', 'swap_value'].map((part) => [`${layer}.${part}`, source] as const),
        ] as [string, Feed][];
      }),
    );
  const causal = Array.from({ length: LENGTH ** 2 }, (_, at) =>
    at % LENGTH <= Math.floor(at / LENGTH) ? 0 : -3e38,
  );
  const empty = float32([1, dims.kvHeads, 0, dims.headDim], []);
  const shared = {
    ...weights.feeds,
    ...{ cos, sin, mask: float32([1, 1, LENGTH, LENGTH], causal), parts: int64([2], [0, LENGTH]) },
    ...Object.fromEntries(
      entries.flatMap((_, layer) => [
        [`${layer}.past_key`, empty],
        [`${layer}.past_value`, empty],
      ]) as [string, Feed][],
    ),
  };
  const most = entries.at(-1) as number;
  const whole = await runModel(fixed.model, {
    ...shared,
    hidden: float32([most, LENGTH, dims.hiddenSize], Array.from({ length: most }, () => [...hidden]).flat()),
    batch_shape: int64([3], [most, LENGTH, -1]),
    positions: int64(
      [most, LENGTH],
      Array.from({ length: most * LENGTH }, (_, at) => at % LENGTH),
    ),
    ...swaps(() => most),
  });
  const grown = await runModel(growing.model, {
    ...shared,
    hidden: float32([1, LENGTH, dims.hiddenSize], hidden),
    token_shape: int64([2], [LENGTH, -1]),
    entries: int64([3], entries),
    slots: int64([7], [0, 0, 0, 0, 1, 0, 0]),
    ...swaps((layer) => entries[layer] as number),
  });
  expect([...grown('hidden_out')]).toEqual([...whole('hidden_out')]);
  for (const [layer, count] of entries.entries()) {
    const size = count * LENGTH * KV;
    const expected = whole(`${layer}.fresh_key`).subarray(0, size);
    expect(grown.dims(`${layer}.fresh_key`)).toEqual([count, dims.kvHeads, LENGTH, dims.headDim]);
    expect([...grown(`${layer}.fresh_key`)]).toEqual([...expected]);
  }
  const rows = Array.from({ length: most }, (_, row) => [
    ...grown('hidden_out').subarray(row * LENGTH * dims.hiddenSize, (row + 1) * LENGTH * dims.hiddenSize),
  ]);
  // Swapped rows differ from the plain one; the third joins and is not swapped.
  expect([1, 2, 3].map((row) => String(rows[row]) === String(rows[0]))).toEqual([false, true, false]);
});
