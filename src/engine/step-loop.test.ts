/** Several decode steps in a run say what single steps say, token by token. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { seededRandom } from '../work/seeded-random.ts';
import type { PromptRows } from './decode-options.ts';
import { generateAll } from './generate.ts';
import type { RowSpec } from './protocol/intervention.ts';
import type { ResidentSubject } from './resident.ts';
import type { Runtime } from './runtime.ts';
import { createRuntime } from './runtime.ts';
import { STEPS_PER_RUN, stepsAtMost } from './step-loop.ts';
import type { GoldenModel } from './testing/golden-model.ts';
import { goldenModel } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import type { GoldenCase } from './testing/goldens.ts';
import { readGolden } from './testing/goldens.ts';

const sampling = { temperature: 0, seed: 0 };
const DRAWN = 10;

let a: GoldenModel;
let b: GoldenModel;
/** Runs a layer at a time, so that nothing is looped. */
let single: Runtime;
let cases: readonly GoldenCase[];

beforeAll(async () => {
  const text = new TextDecoder().decode(await readFromDisk('expected/stitched.json'));
  const names = JSON.parse(text) as { readonly a: string; readonly b: string };
  a = await goldenModel(names.a);
  b = await goldenModel(names.b, a.runtime);
  single = createRuntime(a.runtime.backend, 1);
  const golden = await readGolden(readFromDisk, names.a);
  cases = ['text', 'square', 'wide'].map((name) => golden.cases[name] as GoldenCase);
});

/** Prompts of a case and random tokens after it, with random rows and lengths; a subject of random donors; random ends. */
async function drawn(seed: number) {
  const random = seededRandom(seed);
  const below = (most: number): number => Math.floor(random() * most);
  const { layers } = a.folder.config.text;
  const donors = Array.from({ length: layers }, () => (random() < 0.5 ? a : b).resident);
  const tokens = { ...a.resident.config.tokens, eos: Array.from({ length: below(30) }, () => below(400)) };
  const rest = { ...a.resident, config: { ...a.resident.config, tokens } };
  const subject: ResidentSubject = {
    layers: seed % 2 === 0 ? donors : donors.map(() => b.resident),
    rest,
    ...(random() < 0.3 ? { head: b.resident } : {}),
  };
  const parts = ['layer', 'attention', 'mlp'] as const;
  const rowOf = (): RowSpec =>
    random() < 0.4 ? {} : { ablate: [{ layer: below(layers), part: parts[below(3)] ?? 'layer' }] };
  const prompts: PromptRows[] = [];
  for (let left = 1 + below(3); left > 0; left--) {
    const item = cases[below(cases.length)] as GoldenCase;
    const more = Array.from({ length: 1 + below(6) }, () => below(300));
    const { sequence, nextPosition } = await a.prepare(item, item.images, more);
    const rows = Array.from({ length: 1 + below(5) }, rowOf);
    prompts.push({ sequence, nextPosition, rows, maxNewTokens: 1 + below(30), rowsPerPrefill: 4 });
  }
  return { subject, prompts };
}

it('random prompts, rows, donors, lengths and ends are answered alike, token by token', async () => {
  const [looped, stepped] = [vi.spyOn(a.runtime.decoder, 'runLoop'), vi.spyOn(single.decoder, 'runLoop')];
  const held = a.runtime.backend.heldBytes;
  const [stops, lengths] = [new Set<string>(), new Set<number>()];
  for (let seed = 1; seed <= DRAWN; seed++) {
    const { subject, prompts } = await drawn(seed);
    const answer = async (runtime: Runtime) => {
      const told: string[] = [];
      const onToken = (row: number, token: number): void => void told.push(`${row} says ${token}`);
      const answers = await generateAll(runtime, subject, prompts, { sampling, sources: new Map(), onToken });
      return { answers, told };
    };
    const found = await answer(a.runtime);
    expect(found, `${seed}`).toEqual(await answer(single));
    for (const { stop, tokens } of found.answers.flat()) {
      stops.add(stop);
      lengths.add(tokens.length);
    }
  }
  expect([...stops].sort()).toEqual(['end', 'length']);
  expect(lengths.size).toBeGreaterThan(8);
  expect(looped.mock.calls.length).toBeGreaterThan(DRAWN);
  expect(stepped).not.toHaveBeenCalled();
  expect(a.runtime.backend.heldBytes).toBe(held);
  vi.restoreAllMocks();
});

describe('one step is run at a time', () => {
  it.each([
    ['where answers are sampled', { sampling: { temperature: 1, seed: 1 } }],
    ['under a repetition penalty', { sampling: { temperature: 0, seed: 0, repetitionPenalty: 1.2 } }],
  ])('%s', async (_, options) => {
    const looped = vi.spyOn(a.runtime.decoder, 'runLoop');
    const { subject, prompts } = await drawn(1);
    const answers = await generateAll(a.runtime, subject, prompts, { sources: new Map(), ...options });
    expect(answers.flat().some(({ tokens }) => tokens.length > 2)).toBe(true);
    expect(looped).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('where embeddings are not held, the head is split, or layers are of several formats', async () => {
    const { subject } = await drawn(2);
    const { decoder } = a.runtime;
    expect(await decoder.canLoop(subject, false)).toBe(true);
    const { rest } = subject;
    const [shard] = rest.headShards;
    const embedding = { vocabSize: 1, hiddenSize: 1, isHeld: false } as typeof rest.embedding;
    const halved = { ...rest, headShards: [shard, shard] as typeof rest.headShards };
    const [first, ...others] = subject.layers as [typeof rest, ...(typeof rest)[]];
    for (const other of [
      { ...subject, rest: { ...rest, embedding } },
      { ...subject, head: halved },
      { ...subject, layers: [{ ...first, format: 'q8' as const }, ...others] },
    ])
      expect(await decoder.canLoop(other, false)).toBe(false);
    expect(await single.decoder.canLoop(subject, false)).toBe(false);
  });
});

it('a logit that is no number is an error, whichever step it comes in', async () => {
  const { subject, prompts } = await drawn(3);
  const run = a.runtime.decoder.runLoop.bind(a.runtime.decoder);
  vi.spyOn(a.runtime.decoder, 'runLoop').mockImplementation(async (...given) => {
    const outputs = await run(...given);
    const logits = outputs['logits']?.data as Float32Array;
    logits[logits.length - 1] = NaN;
    return outputs;
  });
  const long = prompts.map((prompt) => ({ ...prompt, maxNewTokens: 9 }));
  await expect(
    generateAll(a.runtime, { ...subject, rest: a.resident }, long, { sampling, sources: new Map() }),
  ).rejects.toMatchObject({ name: 'NonFiniteLogits' });
  vi.restoreAllMocks();
});

it('no more steps are run than the row that goes furthest has left', () => {
  const { text } = a.folder.config;
  const state = { tokens: [1, 2, 3], wasted: 0 };
  expect(stepsAtMost({ ...state, finished: [false, false, true], left: [2, 5, 50] }, text)).toBe(5);
  expect(stepsAtMost({ ...state, finished: [false, false, false], left: [2, 5, 50] }, text)).toBe(
    STEPS_PER_RUN,
  );
});

it('a run of much work is one of few steps, so that a cancel is noticed soon', () => {
  // 4 · (64·4·16·2 + 64·2·16·2 + 3·64·128) + 500·64 = 179,456 multiplications a token.
  const text = {
    ...a.folder.config.text,
    ...{
      layers: 4,
      hiddenSize: 64,
      intermediateSize: 128,
      heads: 4,
      kvHeads: 2,
      headDim: 16,
      vocabSize: 500,
    },
  };
  const of = (rows: number) => ({
    ...{ tokens: Array<number>(rows).fill(1), finished: Array<boolean>(rows).fill(false), wasted: 0 },
    left: Array<number>(rows).fill(50),
  });
  const fit = Math.floor(2.6e9 / (3 * 179_456));
  expect(stepsAtMost(of(fit), text)).toBe(3);
  expect(stepsAtMost(of(fit + 1), text)).toBe(2);
  expect(stepsAtMost(of(100_000), text)).toBe(1);
});
