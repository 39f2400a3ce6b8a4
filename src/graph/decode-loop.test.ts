import { describe, expect, it } from 'vitest';
import type { Feed } from '../engine/testing/run-graph.ts';
import { bool, float32, int64, runModel } from '../engine/testing/run-graph.ts';
import { testWeights } from '../engine/testing/test-weights.ts';
import { relativeError } from '../statistics/relative-error.ts';
import type { DecodeLoopSpec } from './decode-loop.ts';
import { copyPays, decodeLoopGraph, EMBEDDINGS } from './decode-loop.ts';
import { values } from './testing/random.ts';
import { decoderLayerOf, linearOf, rmsNormOf } from './testing/reference.ts';

const dims = { hiddenSize: 24, intermediateSize: 28, heads: 4, kvHeads: 2, headDim: 6, rmsNormEps: 1e-6 };
const VOCABULARY = 19;
const [ROWS, LAYERS, ROOM] = [3, 2, 6];
/** Prompts of two lengths, three rows. */
const LENGTHS = [5, 3, 5] as const;
const LONGEST = Math.max(...LENGTHS);
const STEPS = 4;
const KV = dims.kvHeads * dims.headDim;

const spec: DecodeLoopSpec = {
  ...{ dims, format: 'f32', layers: LAYERS, gates: true, vocabSize: VOCABULARY },
  head: { hiddenSize: dims.hiddenSize, rows: VOCABULARY, rmsNormEps: 1e-6, format: 'f32' },
};
const weights = testWeights(decodeLoopGraph(spec).weights, 14);
const model = decodeLoopGraph(spec, weights.constants).model;

const prompts = LENGTHS.map((length, row) =>
  Array.from({ length }, (_, at) => (7 * row + 3 * at) % VOCABULARY),
);
const gates = { attention: [1, 0, 0.5], mlp: [0.5, 1, 0] };
/** Angles by position; those of the second prompt begin elsewhere. */
const half = dims.headDim / 2;
const angles = values((LONGEST + STEPS + 4) * half, 2, 3);
const angleAt = (row: number, place: number): number => place + (row === 1 ? 3 : 0);

/** What row `row` says after `tokens`, and keys and values of all of them, by the formulas. */
function reference(row: number, tokens: readonly number[]) {
  const table = weights.of(EMBEDDINGS);
  let hidden: ArrayLike<number> = tokens.flatMap((token) => [
    ...table.subarray(token * dims.hiddenSize, (token + 1) * dims.hiddenSize),
  ]);
  const layers = Array.from({ length: LAYERS }, (_, layer) => {
    const done = decoderLayerOf(
      {
        ...{ hidden, rows: 1, length: tokens.length, angles },
        positions: tokens.map((_, at) => angleAt(row, at)),
        attentionGate: [gates.attention[row] as number],
        mlpGate: [gates.mlp[row] as number],
      },
      dims,
      (name) => weights.of(`${layer}.${name}`),
    );
    hidden = done.out;
    return done;
  });
  const last = Array.from(hidden).slice(-dims.hiddenSize);
  const normed = rmsNormOf(last, weights.of('norm.weight'), dims.rmsNormEps);
  const logits = linearOf(normed, weights.of('lm_head.weight'), null, dims.hiddenSize);
  const logit = Math.max(...logits);
  return { layers, token: logits.indexOf(logit), logit };
}

/** The answers of all rows, a token more than there are steps. */
const answers = prompts.map((prompt, row) => {
  const said: number[] = [];
  while (said.length <= STEPS) said.push(reference(row, [...prompt, ...said]).token);
  return said;
});

/** A layer's keys or values `[rows, kvHeads, P, headDim]` of the prompts; places behind a prompt hold what must not be seen. */
function pastOf(layer: number, part: 'key' | 'value'): Feed {
  const perRow = prompts.map((prompt, row) => reference(row, prompt).layers[layer]?.[part] ?? []);
  const cells = perRow.flatMap((all, row) =>
    Array.from({ length: dims.kvHeads * ROOM * dims.headDim }, (_, index) => {
      const head = Math.floor(index / (ROOM * dims.headDim));
      const place = Math.floor(index / dims.headDim) % ROOM;
      if (place >= (LENGTHS[row] as number)) return 9;
      return all[place * KV + head * dims.headDim + (index % dims.headDim)] as number;
    }),
  );
  return float32([ROWS, dims.kvHeads, ROOM, dims.headDim], cells);
}

const past = Object.fromEntries(
  Array.from({ length: LAYERS }, (_, layer) =>
    (['key', 'value'] as const).map((part) => [`${layer}.past_${part}`, pastOf(layer, part)] as const),
  ).flat(),
);

interface State {
  readonly steps?: number;
  readonly left?: readonly number[];
  readonly finished?: readonly number[];
  readonly ends?: readonly number[];
  readonly wasted?: number;
}

function run(
  { steps = STEPS, left = [9, 9, 9], finished = [0, 0, 0], ends = [], wasted = 0 }: State,
  bytes = model,
) {
  // Rows 0 and 2 share their angles.
  const places = Array.from({ length: steps }, (_, step) => [
    angleAt(0, 5 + step),
    angleAt(1, 3 + step),
  ]).flat();
  const table = (part: (angle: number) => number): Feed =>
    float32(
      [places.length, half],
      places.flatMap((place) => [...angles.subarray(place * half, (place + 1) * half)].map(part)),
    );
  const gate = (scales: readonly number[]): Feed => float32([ROWS, 1, 1], scales);
  return runModel(bytes, {
    ...past,
    ...Object.fromEntries(
      Array.from({ length: LAYERS }, (_, layer) => [
        [`${layer}.attention_gate`, gate(gates.attention)] as const,
        [`${layer}.mlp_gate`, gate(gates.mlp)] as const,
      ]).flat(),
    ),
    ...{ steps: int64([], [steps]), going: bool([], [1]), batch_shape: int64([3], [ROWS, 1, -1]) },
    token: int64(
      [ROWS],
      answers.map(([first]) => first as number),
    ),
    finished: bool([ROWS], finished),
    left: int64([ROWS], left),
    ends: int64([ends.length], ends),
    wasted: int64([], [wasted]),
    ...{ cos: table(Math.cos), sin: table(Math.sin) },
    positions: int64([ROWS, 1], [0, 1, 0]),
    angles: int64([], [2]),
    mask: float32(
      [ROWS, 1, 1, ROOM],
      LENGTHS.flatMap((length) => Array.from({ length: ROOM }, (_, place) => (place < length ? 0 : -3e38))),
    ),
    room: int64([1], [ROOM]),
  });
}

describe('steps in a loop', () => {
  it('say what the formulas say of the whole, of prompts of other lengths, under gates', async () => {
    expect(new Set(answers.map((said) => said.join())).size).toBe(ROWS);
    const result = await run({});
    expect(result.dims('tokens')).toEqual([STEPS, ROWS]);
    const said = result.integers('tokens');
    answers.forEach((tokens, row) => {
      expect(tokens.slice(1)).toEqual(Array.from({ length: STEPS }, (_, step) => said[step * ROWS + row]));
      const whole = reference(row, [...(prompts[row] as readonly number[]), ...tokens.slice(0, STEPS)]);
      expect(
        relativeError([result('logits')[(STEPS - 1) * ROWS + row] as number], [whole.logit]),
      ).toBeLessThan(1e-5);
      for (let layer = 0; layer < LAYERS; layer++)
        for (const part of ['key', 'value'] as const) {
          const name = `${layer}.fresh_${part}`;
          expect(result.dims(name)).toEqual([ROWS, dims.kvHeads, STEPS, dims.headDim]);
          const size = KV * STEPS;
          const found = result(name).subarray(row * size, (row + 1) * size);
          const expected = Array.from({ length: size }, (_, index) => {
            const head = Math.floor(index / (STEPS * dims.headDim));
            const step = Math.floor(index / dims.headDim) % STEPS;
            const at = (LENGTHS[row] as number) + step;
            return whole.layers[layer]?.[part][
              at * KV + head * dims.headDim + (index % dims.headDim)
            ] as number;
          });
          expect(relativeError(found, expected), name).toBeLessThan(1e-5);
        }
    });
  });

  it('give the lowest id on a tie', async () => {
    const tied: typeof weights.constants = (slot) =>
      slot.name === 'lm_head.weight'
        ? new Uint8Array(VOCABULARY * dims.hiddenSize * 4)
        : weights.constants(slot);
    const result = await run({}, decodeLoopGraph(spec, tied).model);
    expect(result.integers('tokens')).toEqual(Array<number>(STEPS * ROWS).fill(0));
    expect([...result('logits')]).toEqual(Array<number>(STEPS * ROWS).fill(0));
  });
});

describe('the loop ends', () => {
  /** The step after which it does, by the sums: rows finish when they have said `lengths` tokens. */
  function endOf(lengths: readonly number[], already = 0): number {
    for (let step = 1; ; step++) {
      const finishedAt = (at: number): number => lengths.filter((length) => length <= at).length;
      const going = ROWS - finishedAt(step);
      let wasted = already;
      for (let before = 1; before <= step; before++) wasted += finishedAt(before);
      if (step === STEPS || going === 0 || (wasted > 0 && wasted / going >= 0.4)) return step;
    }
  }

  it.each([
    [[9, 9, 9], 4],
    [[1, 9, 9], 1],
    [[9, 3, 9], 3],
    [[2, 2, 2], 2],
    [[1, 1, 1], 1],
  ] as const)('where rows may say %j more tokens: after %d steps', async (left, expected) => {
    expect(endOf(left)).toBe(expected);
    expect((await run({ left })).dims('tokens')).toEqual([expected, ROWS]);
  });

  it('when finished rows were computed for two fifths of a step of the others, counted from the last copy', async () => {
    // Of 1 finished row and 2 that go on each step wastes half a step; with 7 rows it takes three.
    for (const [wasted, going, pays] of [
      [0, 5, false],
      [1, 2, true],
      [2, 5, true],
      [1, 3, false],
      [2, 6, false],
      [3, 7, true],
      [0, 0, false],
    ] as const)
      expect(copyPays(wasted, going), `${wasted} of ${going}`).toBe(pays);
    expect((await run({ wasted: 1 })).dims('tokens')[0]).toBe(STEPS);
    expect((await run({ wasted: 2 })).dims('tokens')[0]).toBe(1);
    expect((await run({ finished: [0, 1, 1] })).dims('tokens')[0]).toBe(1);
  });

  it('with tokens that end answers, whichever row says them and whenever', async () => {
    const ended = new Set<number>();
    for (const token of new Set(answers.flatMap((said) => said.slice(1)))) {
      const lengths = answers.map((said) => {
        const at = said.indexOf(token, 1);
        return at < 0 ? 9 : at;
      });
      const done = await run({ ends: [VOCABULARY + 1, token] });
      expect(done.dims('tokens'), `${token}`).toEqual([endOf(lengths), ROWS]);
      expect(done.dims('0.fresh_key')[2]).toBe(endOf(lengths));
      ended.add(endOf(lengths));
    }
    expect(ended.size).toBeGreaterThan(2);
  });
});
