/** Merged folders in the engine, nothing written: against transformers running the same merge. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.ts';
import type { ModelId } from '../engine/subject.ts';
import { wholeModel } from '../engine/subject.ts';
import { wasmBackend } from '../engine/testing/golden-model.ts';
import { readFromDisk } from '../engine/testing/goldens-from-disk.ts';
import type { Golden, GoldenAnswer } from '../engine/testing/goldens.ts';
import { goldenImages, readGolden } from '../engine/testing/goldens.ts';
import { INLINE } from '../engine/testing/inline-surroundings.ts';
import { MergedFolder } from './folder/merged-folder.ts';
import { measureNoise } from './measure.ts';
import { planMerge } from './plan/plan.ts';
import { readRecipe } from './recipe/recipe-file.ts';
import type { Recipe } from './recipe/recipe.ts';
import { subjectOf } from './subject.ts';
import type { OpenDonors } from './testing/donors.ts';
import { goldenDonors } from './testing/donors.ts';

interface GoldenMerge {
  readonly recipe: unknown;
  readonly answers: readonly (GoldenAnswer & { readonly case: string })[];
}

let engine: Engine;
let donors: OpenDonors;
let prompts: Golden;
let images: Awaited<ReturnType<typeof goldenImages>>;
let merges: Readonly<Record<string, GoldenMerge>>;

beforeAll(async () => {
  const golden = JSON.parse(new TextDecoder().decode(await readFromDisk('expected/merge.json'))) as {
    donors: Readonly<Record<string, string>>;
    merges: Readonly<Record<string, GoldenMerge>>;
  };
  merges = golden.merges;
  donors = await goldenDonors(golden.donors);
  prompts = await readGolden(readFromDisk, golden.donors['A'] as string);
  images = await goldenImages(readFromDisk);
  engine = new Engine({
    ...INLINE,
    decodeImage: images.decode,
    createBackend: () => Promise.resolve(wasmBackend()),
  });
});

function recipeOf(label: string): Recipe {
  const text = JSON.stringify(merges[label]?.recipe);
  return readRecipe(new TextEncoder().encode(text), 'merge.json', 3).recipe;
}

async function answersOf(label: string, subject: ReturnType<typeof wholeModel>): Promise<void> {
  for (const answer of merges[label]?.answers ?? []) {
    const item = prompts.cases[answer.case];
    if (!item) throw new Error(answer.case);
    const pictures = await Promise.all(item.images.map((image) => images.file(image)));
    const request = { job: label, subject, messages: item.messages, images: pictures, maxNewTokens: 32 };
    const { rows } = await engine.generate(request, () => undefined);
    const tokens = rows[0]?.tokens.slice(0, answer.compared);
    expect(tokens, `${label} ${answer.case}`).toEqual(answer.tokens.slice(0, answer.compared));
  }
}

describe('the engine running a merge says what transformers says', () => {
  it.each(['stitch', 'parts', 'mix', 'noise'])('%s, from a folder that nobody wrote', async (label) => {
    const plan = await measureNoise(planMerge(recipeOf(label), donors.donors), donors.folders);
    const id = `merge ${label}` as ModelId;
    await engine.open(id, label, new MergedFolder(plan, donors.folders, { shardBytes: 100_000 }));
    await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
    await answersOf(label, wholeModel(id, 3));
    await engine.close(id);
  });

  it('stitch, with the layers of two loaded checkpoints', async () => {
    for (const [name, files] of donors.folders) {
      await engine.open(name as ModelId, name, files);
      await engine.load('load', name as ModelId, { device: 'wasm', dtype: 'f32' }, () => undefined);
    }
    const subject = subjectOf(recipeOf('stitch'), (donor) => donor as ModelId);
    if (!subject) throw new Error('a plain stitch has a subject');
    await answersOf('stitch', subject);
    expect(subjectOf(recipeOf('parts'), (donor) => donor as ModelId)).toBeNull();
    expect(subjectOf(recipeOf('stitch'), () => null)).toBeNull();
  });
});
