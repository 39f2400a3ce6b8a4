/** Answers scored by several models: against transformers, against single forward passes, and what is refused. */
import { beforeAll, describe, expect, it } from 'vitest';
import { divergenceOf, entropyOf, logprobsOf, rankOf } from '../graph/testing/distribution-reference.ts';
import { Engine } from './engine.ts';
import type { WeightDtype } from './protocol/device.ts';
import type { ScoreProgress, ScoreRequest } from './protocol/scores.ts';
import type { ResidentSubject } from './resident.ts';
import type { ScoreNumbers, ScoreOptions } from './score-answer.ts';
import { scoreAnswer } from './score-answer.ts';
import type { ModelId, Subject } from './subject.ts';
import { wholeModel } from './subject.ts';
import type { GoldenModel } from './testing/golden-model.ts';
import { goldenModel, wasmBackend } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import type { Golden, GoldenCase } from './testing/goldens.ts';
import { goldenFolder, goldenImages, readGolden } from './testing/goldens.ts';
import { INLINE } from './testing/inline-surroundings.ts';
import { describeScores } from './testing/score-suite.ts';

describeScores({
  device: 'wasm',
  read: readFromDisk,
  createEngine: (decodeImage) =>
    new Engine({ ...INLINE, decodeImage, createBackend: () => Promise.resolve(wasmBackend()) }),
  bound: 1e-3,
});

const UNTIED = 'untied-gqa2-f16';
const TIED = 'tied-gqa1-bf16-old';
const ANSWER = [352, 228, 14, 7];
/** What other lengths of a prefill do to a logit. */
const TOLERANCE = 1e-4;

let golden: Golden;
let images: Awaited<ReturnType<typeof goldenImages>>;
beforeAll(async () => {
  golden = await readGolden(readFromDisk, UNTIED);
  images = await goldenImages(readFromDisk);
});

/** An engine, and the two checkpoints on it as wholes. */
async function loaded(
  dtype: WeightDtype = 'f32',
  folderOf = (name: string) => goldenFolder(readFromDisk, name),
): Promise<{ engine: Engine; subjects: readonly [Subject, Subject] }> {
  const createBackend = () => Promise.resolve(wasmBackend());
  const engine = new Engine({ ...INLINE, decodeImage: images.decode, createBackend });
  for (const name of [UNTIED, TIED]) {
    await engine.open(name as ModelId, name, await folderOf(name));
    await engine.load('load', name as ModelId, { device: 'wasm', dtype }, () => undefined);
  }
  return { engine, subjects: [wholeModel(UNTIED as ModelId, 3), wholeModel(TIED as ModelId, 4)] };
}

function requestOf(
  [first, second]: readonly [Subject, Subject],
  change: Partial<ScoreRequest> = {},
): ScoreRequest {
  const { messages } = golden.cases['text'] as GoldenCase;
  const readers = [{ subject: first }, { subject: second }] as const;
  return { job: 'score', messages, readers, answer: ANSWER, ...change };
}

describe('an answer that two models read', () => {
  it.each(['f32', 'f16', 'q8', 'q4'] as const)(
    'has the scores of forward passes that end before each token, in %s',
    async (dtype) => {
      const { engine, subjects } = await loaded(dtype);
      const request = requestOf(subjects, { divergences: [{ p: 1, q: 0 }], alternatives: 2 });
      const { readers, divergences } = await engine.scoreAnswer(request);
      const near = (found: number | undefined, expected: number): void =>
        expect(Math.abs((found ?? NaN) - expected)).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(expected)));
      for (const [at, token] of ANSWER.entries()) {
        const rows: Float32Array[] = [];
        for (const subject of subjects) {
          const continuation = ANSWER.slice(0, at);
          const passed = await engine.forward({ ...request, subject, continuation });
          rows.push(passed.rows[0]?.logits ?? new Float32Array());
        }
        const [p, q] = rows.map(logprobsOf) as [Float64Array, Float64Array];
        [p, q].forEach((logprobs, reader) => {
          const scores = readers[reader]?.scores[at];
          near(scores?.logprob, logprobs[token] as number);
          near(scores?.entropy, entropyOf(logprobs));
          expect(scores?.rank).toBe(rankOf(rows[reader] ?? [], token));
          expect(scores?.alternatives[0]?.logprob).toBeCloseTo(Math.max(...logprobs), 4);
        });
        near(divergences[0]?.[at], divergenceOf(q, p));
      }
    },
  );

  it('may be a text, which the tokenizer cuts and puts together again', async () => {
    const { engine, subjects } = await loaded();
    const text = 'Two plus <think>three</think> is 5 → é<|im_end|>';
    const cut = await engine.scoreAnswer(requestOf(subjects, { answer: text }));
    expect(cut.pieces.join('')).toBe(text);
    expect(cut.tokens).toHaveLength(cut.pieces.length);
    const given = await engine.scoreAnswer(requestOf(subjects, { answer: cut.tokens }));
    expect(given.readers).toEqual(cut.readers);
  });

  it('may have no tokens, or one', async () => {
    const { engine, subjects } = await loaded();
    const divergences = [{ p: 0, q: 1 }];
    const none = await engine.scoreAnswer(requestOf(subjects, { answer: [], divergences }));
    expect(none.readers.map(({ scores }) => scores)).toEqual([[], []]);
    expect(none.divergences).toEqual([[]]);
    const all = await engine.scoreAnswer(requestOf(subjects, { divergences }));
    const one = await engine.scoreAnswer(requestOf(subjects, { answer: ANSWER.slice(0, 1), divergences }));
    one.readers.forEach(({ scores: [found] }, reader) =>
      expect(found?.logprob).toBeCloseTo(all.readers[reader]?.scores[0]?.logprob as number, 4),
    );
  });

  it('ends when it is cancelled, and holds nothing', async () => {
    const { engine, subjects } = await loaded();
    const backend = await engine.backend('wasm');
    const before = backend.heldBytes;
    const cancelling = engine.scoreAnswer(requestOf(subjects), () => engine.cancel('score'));
    await expect(cancelling).rejects.toMatchObject({ name: 'Cancelled' });
    expect(backend.heldBytes).toBe(before);
  });
});

describe('blocks of positions', () => {
  const answer = Array.from({ length: 9 }, (_, at) => (at * 47) % 400);

  /** Scored below the engine: text alone, `change`d options. */
  async function scored(models: readonly GoldenModel[], change: Partial<ScoreOptions> = {}): Promise<Scored> {
    const [{ runtime }] = models as [GoldenModel];
    const readers = models.map(({ resident, folder, prepare }) => {
      const layers = Array.from({ length: folder.config.text.layers }, () => resident);
      const subject: ResidentSubject = { rest: resident, layers };
      const item = golden.cases['text'] as GoldenCase;
      return { subject, row: {}, prepare: (after: readonly number[]) => prepare(item, [], after) };
    });
    const told: ScoreProgress[] = [];
    const found = await scoreAnswer(runtime, readers, {
      answer,
      alternatives: 3,
      divergences: [{ p: 0, q: 1 }],
      sources: new Map(),
      signal: new AbortController().signal,
      onProgress: (progress) => told.push(progress),
      ...change,
    });
    return { ...found, told, heldBytes: runtime.backend.heldBytes };
  }

  interface Scored extends ScoreNumbers {
    readonly told: readonly ScoreProgress[];
    readonly heldBytes: number;
  }

  it('and heads in shards give what one block of a whole head gives', async () => {
    const whole = await goldenModel(UNTIED);
    const tied = await goldenModel(TIED, whole.runtime);
    const split = await goldenModel(TIED, whole.runtime, 150 * 72 * 4);
    expect(split.resident.headShards).toHaveLength(3);
    const held = whole.runtime.backend.heldBytes;
    const expected = await scored([whole, tied]);
    expect(expected.heldBytes).toBe(held);
    // Four positions, three blocks, the last of one.
    const found = await scored([whole, split], { blockBytes: 4 * 400 * 4 });
    expect(found.heldBytes).toBe(held);
    expect(found.told.filter(({ phase }) => phase === 'scoring').map(({ done }) => done)).toEqual([0, 4, 8]);
    const flat = ({ readers, divergences }: Scored): number[] => [
      ...readers.flatMap(({ scores }) =>
        scores.flatMap(({ logprob, rank, entropy, likeliest }) => [
          ...[logprob, rank, entropy],
          ...likeliest.flatMap((one) => [one.token, one.logprob]),
        ]),
      ),
      ...divergences.flat(),
    ];
    expect(flat(found)).toHaveLength(flat(expected).length);
    flat(found).forEach((value, index) => expect(value).toBeCloseTo(flat(expected)[index] as number, 4));
  });

  it('end with the signal, and with weights that give no distribution', async () => {
    const whole = await goldenModel(UNTIED);
    const tied = await goldenModel(TIED, whole.runtime);
    const held = whole.runtime.backend.heldBytes;
    const controller = new AbortController();
    const stopped = scored([whole, tied], {
      blockBytes: 4 * 400 * 4,
      signal: controller.signal,
      onProgress: ({ phase, done }) => {
        if (phase === 'scoring' && done === 4) controller.abort(new Error('enough'));
      },
    });
    await expect(stopped).rejects.toThrow('enough');
    expect(whole.runtime.backend.heldBytes).toBe(held);
    const broken = await goldenModel(UNTIED);
    broken.resident.arrays.write('model.norm.weight', 4, new Uint8Array(Float32Array.of(NaN).buffer));
    const before = broken.runtime.backend.heldBytes;
    await expect(scored([broken, broken])).rejects.toMatchObject({ name: 'NonFiniteLogits' });
    expect(broken.runtime.backend.heldBytes).toBe(before);
  });

  it('are of no divergence between heads of unlike sizes', async () => {
    const whole = await goldenModel(UNTIED);
    const { config } = whole.resident;
    const text = { ...config.text, vocabSize: 384 };
    const other = { ...whole, resident: { ...whole.resident, config: { ...config, text } } };
    await expect(scored([whole, other])).rejects.toMatchObject({
      name: 'DifferentConfig',
      what: 'a divergence is over all rows of two heads, and these have 400 and 384',
    });
  });
});

describe('refused by name', () => {
  it('tokens that a head has no row for, and divergences of no reader', async () => {
    const { engine, subjects } = await loaded();
    for (const token of [400, -1, 0.5]) {
      const request = requestOf(subjects, { answer: [1, token] });
      await expect(engine.scoreAnswer(request)).rejects.toMatchObject({
        name: 'UnknownToken',
        place: { field: 'answer' },
      });
    }
    const request = requestOf(subjects, { divergences: [{ p: 0, q: 2 }] });
    await expect(engine.scoreAnswer(request)).rejects.toMatchObject({ name: 'UnknownSubject' });
  });

  it('a reader to whom ids mean other tokens', async () => {
    const { engine, subjects } = await loaded('f32', async (name) => {
      const files = await goldenFolder(readFromDisk, name);
      if (name === UNTIED) return files;
      const tokenizer = JSON.parse((await files.get('tokenizer.json')?.text()) ?? '') as {
        model: { vocab: Record<string, number> };
      };
      const { vocab } = tokenizer.model;
      [vocab['a'], vocab['b']] = [vocab['b'] as number, vocab['a'] as number];
      return files.set('tokenizer.json', new File([JSON.stringify(tokenizer)], 'tokenizer.json'));
    });
    const error = await engine.scoreAnswer(requestOf(subjects)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'DifferentTokenizer' });
    expect((error as Error).message).toContain('an id of the answer would be another token');
  });

  it('readers on different devices', async () => {
    const { engine, subjects } = await loaded();
    await engine.load('load', TIED as ModelId, { device: 'webgpu', dtype: 'f32' }, () => undefined);
    await expect(engine.scoreAnswer(requestOf(subjects))).rejects.toMatchObject({
      name: 'MixedDevices',
      what: 'the models are on different devices',
    });
  });
});
