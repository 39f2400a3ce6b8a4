/** Answers of a real engine on the golden checkpoints: together or alone, the same to the bit. */
import { readFile } from 'node:fs/promises';
import { ort } from '../../engine/testing/one-thread-ort.ts';
import { beforeAll, expect, it } from 'vitest';
import { WasmBackend } from '../../engine/backend/wasm.ts';
import { Engine } from '../../engine/engine.ts';
import type { GenerateAllRequest } from '../../engine/protocol/generation.ts';
import type { ModelId } from '../../engine/subject.ts';
import { goldenFolder, goldenImages, type ReadGolden } from '../../engine/testing/goldens.ts';
import { INLINE } from '../../engine/testing/inline-surroundings.ts';
import { type Experiment, transferExperiments } from '../experiment.ts';
import { PROMPT_STYLES } from '../prompt-style.ts';
import type { EvaluationSample } from '../samples/sample.ts';
import { blockVariant, type Variant } from '../variant.ts';
import { answerAll } from './answer-all.ts';
import { planAsks } from './ask.ts';

const DATA = new URL('../../../tools/goldens/data/', import.meta.url);
const read: ReadGolden = async (path) => new Uint8Array(await readFile(new URL(path, DATA)));
const CHECKPOINTS = ['untied-gqa4-f32', 'tied-gqa1-bf16-old'] as const;

const settings = {
  ...{
    style: PROMPT_STYLES.demo,
    maxNewTokens: 12,
    maxImagePixels: 2 ** 20,
    imageProcessing: 'transformers-5' as const,
  },
  ...{ device: 'wasm', dtype: 'f32' },
};
let engine: Engine;
let experiments: readonly Experiment[];
let variants: readonly Variant[];

beforeAll(async () => {
  const pictures = await goldenImages(read);
  // Black pictures are made here and have no name; the goldens hold no decoder.
  const decodeImage = (file: Blob) =>
    'name' in file
      ? pictures.decode(file)
      : Promise.resolve({ width: 56, height: 56, rgb: new Uint8Array(3 * 56 * 56) });
  const surroundings = { ...INLINE, createBackend: () => Promise.resolve(new WasmBackend(ort)) };
  engine = new Engine({ ...surroundings, decodeImage: decodeImage as never });
  const opened = [];
  for (const name of CHECKPOINTS) {
    const id = name as string as ModelId;
    const checkpoint = await engine.open(id, name, await goldenFolder(read, name));
    const model = await engine.load(name, id, { device: 'wasm', dtype: 'f32' }, () => undefined);
    opened.push({ checkpoint, model });
  }
  variants = await Promise.all(
    opened.map((resident, index) => blockVariant(`M${index}`, { [`M${index}`]: resident })),
  );
  const image = async (name: string, id: string): Promise<EvaluationSample> => ({
    ...{ id, question: `What is in picture ${id}?`, answer: 'x', description: `a picture, ${id}` },
    image: await pictures.file(name),
  });
  const visual = [await image('square', 'a'), await image('wide', 'bb'), await image('square', 'ccc')];
  experiments = transferExperiments({
    general: visual,
    mathTargeted: visual,
    textOnly: [1, 22, 333, 4444].map((n) => ({
      id: `${n}`,
      question: `How much is ${n} and ${n}?`,
      answer: '',
    })),
  });
});

it('samples answered together say what each says alone, under the same keys', async () => {
  const asks = await planAsks(variants, experiments, settings);
  const sizes: number[] = [];
  const counting = {
    generateAll: (request: GenerateAllRequest) => {
      sizes.push(request.prompts.length);
      return engine.generateAll(request);
    },
    cancel: (job: string) => engine.cancel(job),
  };
  const alone = await answerAll(counting, asks, settings, {}, 1);
  expect(Math.max(...sizes)).toBe(1);
  expect(new Set([...alone.values()].map(({ text }) => text)).size).toBeGreaterThan(alone.size / 2);
  for (const together of [3, 16]) {
    sizes.length = 0;
    expect(await answerAll(counting, asks, settings, {}, together)).toEqual(alone);
    expect(Math.max(...sizes)).toBe(Math.min(together, alone.size / 2));
  }
});
