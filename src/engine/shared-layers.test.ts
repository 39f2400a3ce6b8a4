/** Layers that subjects have in common: read once for all of them, and nothing that is said is another. */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { STANDARD_BLOCKS } from '../merge/recipe/blocks.ts';
import { Engine } from './engine.ts';
import type { WasmBackend } from './backend/wasm.ts';
import type { GenerateAllRequest, PromptAnswers } from './protocol/generation.ts';
import { partRead, seamsOf } from './seams.ts';
import type { ModelId, Subject } from './subject.ts';
import { wasmBackend } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import { goldenFolder, goldenImages, readGolden } from './testing/goldens.ts';
import { INLINE } from './testing/inline-surroundings.ts';

/** Two of one architecture each; the second adds image features after layers. */
const PAIRS = [
  ['untied-gqa2-f16', 'untied-gqa2-f16-b'],
  ['qwen3-untied-bf16', 'qwen3-untied-bf16-b'],
] as const;

/** By the letter of the checkpoint that a part of the layers is from; the rest is from the first. */
const EIGHT = ['aaa', 'bbb', 'abb', 'baa', 'aab', 'bba', 'aba', 'bab'];

/** Layers of each part. */
type Parts = readonly [number, number, number];

function stitch([a, b]: readonly [string, string], letters: string, parts: Parts): Subject {
  const layers = [...letters].flatMap((letter, part) =>
    Array.from({ length: parts[part] as number }, () => (letter === 'a' ? a : b) as ModelId),
  );
  return { layers, rest: layers[0] as ModelId };
}

afterEach(() => vi.restoreAllMocks());

it('are those below the layer at which a subject parts from another that embeds alike', () => {
  const subjects = EIGHT.map((letters) => stitch(['a', 'b'], letters, [4, 3, 5]));
  expect(subjects).toHaveLength(STANDARD_BLOCKS.length);
  for (const subject of subjects)
    expect(seamsOf(subject, subjects)).toEqual([
      { layer: 4, subjects: 4 },
      { layer: 7, subjects: 2 },
    ]);
  // Thirds: two of each embedding's first, four second, eight third.
  expect(partRead(EIGHT.map((letters) => stitch(['a', 'b'], letters, [4, 4, 4])))).toBe(14 / 24);
  const [aaa, , abb, baa] = subjects as [Subject, Subject, Subject, Subject];
  expect(seamsOf(aaa, [aaa, baa])).toEqual([]);
  expect(partRead([aaa, baa])).toBe(1);
  expect(seamsOf(aaa, [aaa, aaa, abb, abb, baa])).toEqual([{ layer: 4, subjects: 2 }]);
  // What another embeds is another state from the first layer on.
  expect(seamsOf(aaa, [{ ...abb, rest: 'b' as ModelId }])).toEqual([]);
  // The head comes after all layers.
  expect(seamsOf(aaa, [{ ...aaa, head: 'b' as ModelId }])).toEqual([]);
});

describe.each(PAIRS)('the eight stitches of %s and %s', (...pair) => {
  let engine: Engine;
  let backend: WasmBackend;
  let subjects: readonly Subject[];
  let parts: Parts;
  /** Two that are read in one run and one of another grid; and one without an image. */
  let visual: GenerateAllRequest['prompts'];
  let textual: GenerateAllRequest['prompts'];

  /** Asks all eight: what they say, every likeliest logit on the way, and cells that were read. */
  async function askAll(prompts: typeof visual, alongside: readonly Subject[]) {
    const logits: number[] = [];
    const run = backend.run.bind(backend);
    vi.spyOn(backend, 'run').mockImplementation(async (...asked) => {
      const outputs = await run(...asked);
      for (const name of ['logit', 'logits']) logits.push(...((outputs[name]?.data ?? []) as Float32Array));
      return outputs;
    });
    const before = (await engine.account('wasm')).cells;
    const said: (readonly PromptAnswers[])[] = [];
    for (const subject of subjects)
      said.push(
        await engine.generateAll({ ...{ job: 'job', subject, prompts, alongside }, maxNewTokens: 6 }),
      );
    vi.restoreAllMocks();
    // Prompts that are read together may be told in another order.
    logits.sort((a, b) => a - b);
    return { said, logits, cells: (await engine.account('wasm')).cells - before };
  }

  beforeAll(async () => {
    const images = await goldenImages(readFromDisk);
    backend = wasmBackend();
    const createBackend = () => Promise.resolve(backend);
    engine = new Engine({ ...INLINE, decodeImage: images.decode, createBackend });
    let layers = 0;
    for (const name of pair) {
      ({ layers } = await engine.open(name as ModelId, name, await goldenFolder(readFromDisk, name)));
      await engine.load('load', name as ModelId, { device: 'wasm', dtype: 'f32' }, () => undefined);
    }
    parts = [1, 1, layers - 2];
    subjects = EIGHT.map((letters) => stitch(pair, letters, parts));
    const { cases } = await readGolden(readFromDisk, pair[0]);
    const { messages = [] } = cases['square'] ?? {};
    visual = await Promise.all(
      ['square', 'wide', 'square-source'].map(async (name) => ({
        ...{ messages, images: [await images.file(name)] },
      })),
    );
    textual = [{ messages: cases['text']?.messages ?? [] }];
  });

  it.each(['with', 'without'] as const)('%s an image: read once, said the same to the bit', async (kind) => {
    const prompts = kind === 'with' ? visual : textual;
    // What the template begins with is read in the first pass.
    const { said } = await askAll(prompts, []);
    const alone = await askAll(prompts, []);
    const together = await askAll(prompts, subjects);
    expect(together.said).toEqual(said);
    expect(together.logits).toEqual(alone.logits);
    expect(alone.logits.length).toBeGreaterThanOrEqual(subjects.length * prompts.length);
    expect(new Set(said.map((answers) => JSON.stringify(answers))).size).toBe(subjects.length);

    const layers = parts.reduce((sum, count) => sum + count);
    const fresh = alone.cells / (subjects.length * layers);
    if (kind === 'with') {
      const behind = (said[0] ?? []).map(
        ({ promptTokens, imageSpans }) => promptTokens - (imageSpans[0]?.[0] ?? 0),
      );
      expect(fresh).toBe(behind.reduce((sum, count) => sum + count));
    }
    expect(fresh).toBeGreaterThan(0);
    // The first part by two of each embedding, the second by two behind each of those, the third by every one.
    const [first, second, third] = parts;
    expect(together.cells).toBe(fresh * (2 * first + 4 * second + 8 * third));
    expect(together.cells).toBeCloseTo(alone.cells * partRead(subjects));
    // Nothing is held for more than that.
    expect((await askAll(prompts, subjects)).cells).toBe(together.cells);
  });

  it('what was read of prompts is given up once others are asked', async () => {
    const [first] = subjects as [Subject];
    const ask = async (prompts: typeof visual) => {
      const before = (await engine.account('wasm')).cells;
      await engine.generateAll({ job: 'job', subject: first, prompts, alongside: subjects, maxNewTokens: 1 });
      return (await engine.account('wasm')).cells - before;
    };
    // The template's beginnings are read first.
    await ask(visual);
    await ask(textual);
    const whole = await ask(visual);
    expect(await ask(visual)).toBeLessThan(whole);
    await ask(textual);
    expect(await ask(visual)).toBe(whole);
  });
});
