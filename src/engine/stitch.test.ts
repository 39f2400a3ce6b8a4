/** Models stitched from the layers of two checkpoints, against transformers. */
import { beforeAll, expect, it } from 'vitest';
import { OTHER_VOCABULARIES, withVocabulary } from '../merge/testing/other-vocabulary.ts';
import { Engine } from './engine.ts';
import type { ModelId, Subject } from './subject.ts';
import { wasmBackend } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import type { Golden, GoldenAnswer } from './testing/goldens.ts';
import { goldenFolder, goldenImages, readGolden } from './testing/goldens.ts';
import { readTensors } from '../checkpoint/small-tensors.ts';
import { relativeError } from '../statistics/relative-error.ts';
import { INLINE } from './testing/inline-surroundings.ts';

interface Stitched {
  readonly a: string;
  readonly b: string;
  readonly answers: readonly (GoldenAnswer & {
    readonly donors: string;
    readonly case: string;
    readonly logits: string;
  })[];
}

let engine: Engine;
let stitched: Stitched;
let prompts: Golden;
let images: Awaited<ReturnType<typeof goldenImages>>;

async function open(name: string): Promise<void> {
  await engine.open(name as ModelId, name, await goldenFolder(readFromDisk, name));
  await engine.load('load', name as ModelId, { device: 'wasm', dtype: 'f32' }, () => undefined);
}

async function readStitched(name: string): Promise<Stitched> {
  const json = await readFromDisk(`expected/${name}.json`);
  return JSON.parse(new TextDecoder().decode(json)) as Stitched;
}

beforeAll(async () => {
  stitched = await readStitched('stitched');
  prompts = await readGolden(readFromDisk, stitched.a);
  images = await goldenImages(readFromDisk);
  engine = new Engine({
    ...INLINE,
    decodeImage: images.decode,
    createBackend: () => Promise.resolve(wasmBackend()),
  });
  for (const name of [stitched.a, stitched.b]) await open(name);
});

it.each(['stitched', 'stitched-qwen3'])('every stitch of %s says what transformers says', async (name) => {
  const tensors = await readTensors(await readFromDisk(`expected/${name}.safetensors`), name);
  const stitched = await readStitched(name);
  const prompts = await readGolden(readFromDisk, stitched.a);
  for (const donor of [stitched.a, stitched.b]) await open(donor);
  expect(stitched.answers.length).toBeGreaterThan(0);
  for (const answer of stitched.answers) {
    const label = `${answer.donors} ${answer.case}`;
    const subject: Subject = {
      layers: [...answer.donors].map((letter) => stitched[letter as 'a' | 'b'] as ModelId),
      rest: stitched.a as ModelId,
    };
    const { messages, images: pictures } = prompts.cases[answer.case] ?? { messages: [], images: [] };
    const request = {
      job: label,
      subject,
      messages,
      images: await Promise.all(pictures.map((picture) => images.file(picture))),
    };
    const { rows } = await engine.forward(request);
    const expected = tensors.get(answer.logits)?.values ?? [];
    expect(relativeError(rows[0]?.logits ?? [], expected), label).toBeLessThan(1e-3);
    const generated = await engine.generate({ ...request, maxNewTokens: 32 }, () => undefined);
    expect(generated.rows[0]?.tokens, label).toEqual(answer.tokens);
  }
});

it('the head is that of the subject’s rest, also when only that differs', async () => {
  const [a, b] = [stitched.a as ModelId, stitched.b as ModelId];
  const layers = [a, b, b];
  const logitsOf = async (rest: ModelId): Promise<number[]> => {
    const request = { job: 'head', subject: { layers, rest }, prompt: 'What is two plus two?' };
    const { rows } = await engine.forward(request);
    const generated = await engine.generate({ ...request, maxNewTokens: 1 }, () => undefined);
    const logits = [...(rows[0]?.logits ?? [])];
    expect(generated.rows[0]?.tokens).toEqual([logits.indexOf(Math.max(...logits))]);
    return logits;
  };
  expect(await logitsOf(a)).not.toEqual(await logitsOf(b));
});

it('donors of another architecture are refused by name', async () => {
  const other = 'untied-gqa4-f32' as ModelId;
  await engine.open(other, other, await goldenFolder(readFromDisk, other));
  await engine.load('load', other, { device: 'wasm', dtype: 'f32' }, () => undefined);
  const rest = stitched.a as ModelId;
  const subject = { layers: [rest, other, rest], rest };
  const work = engine.generate({ job: 'mix', subject, prompt: 'Hi', maxNewTokens: 1 }, () => undefined);
  await expect(work).rejects.toMatchObject({ name: 'DifferentConfig', place: { field: 'text.kvHeads' } });
});

it.each(Object.entries(OTHER_VOCABULARIES))(
  'layers of a donor whose vocabulary was %s run as those of one with the same',
  async (label, other) => {
    const tensors = await readTensors(await readFromDisk('expected/stitched.safetensors'), 'stitched');
    const donor = label as ModelId;
    await engine.open(donor, label, await withVocabulary(stitched.b, other));
    await engine.load('load', donor, { device: 'wasm', dtype: 'f32' }, () => undefined);
    const rest = stitched.a as ModelId;
    const answers = stitched.answers.filter(({ donors }) => donors === 'abb');
    expect(answers.length).toBeGreaterThan(0);
    for (const answer of answers) {
      const { messages, images: pictures } = prompts.cases[answer.case] ?? { messages: [], images: [] };
      const request = {
        job: label,
        subject: { layers: [rest, donor, donor], rest },
        messages,
        images: await Promise.all(pictures.map((picture) => images.file(picture))),
      };
      const { rows } = await engine.forward(request);
      const expected = tensors.get(answer.logits)?.values ?? [];
      expect(relativeError(rows[0]?.logits ?? [], expected), answer.case).toBeLessThan(1e-3);
      const generated = await engine.generate({ ...request, maxNewTokens: 32 }, () => undefined);
      expect(generated.rows[0]?.tokens, answer.case).toEqual(answer.tokens);
    }
    await engine.close(donor);
  },
);

it('a head of another vocabulary is refused as a merge refuses it', async () => {
  const donor = 'added' as ModelId;
  await engine.open(donor, donor, await withVocabulary(stitched.b, OTHER_VOCABULARIES.added));
  await engine.load('load', donor, { device: 'wasm', dtype: 'f32' }, () => undefined);
  const rest = stitched.a as ModelId;
  const subject = { layers: [rest, rest, rest], rest, head: donor };
  const work = engine.generate({ job: 'head', subject, prompt: 'Hi', maxNewTokens: 1 }, () => undefined);
  await expect(work).rejects.toMatchObject({ name: 'DifferentTokenizer' });
});
