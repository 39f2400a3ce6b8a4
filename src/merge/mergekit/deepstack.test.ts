/** DeepStack mergers in mergekit: three of them are layers of its projector, others it does not know. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint, readTensorBytes } from '../../checkpoint/checkpoint.ts';
import { failureOf } from '../../checkpoint/testing/files.ts';
import { readFromDisk } from '../../engine/testing/goldens-from-disk.ts';
import type { VlmConfig } from '../../vlm/config.ts';
import { MergedFolder } from '../folder/merged-folder.ts';
import { planMerge } from '../plan/plan.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { restFrom } from '../recipe/recipe.ts';
import type { OpenDonors } from '../testing/donors.ts';
import { goldenDonors } from '../testing/donors.ts';
import { readMergekit } from './read.ts';
import { countMergers } from './weights.ts';
import { writeMergekit } from './write.ts';

const CHECKPOINTS = { A: 'qwen3-untied-bf16', B: 'qwen3-untied-bf16-b' };
const MODELS = new Map(Object.entries(CHECKPOINTS).map(([donor, name]) => [donor, `checkpoints/${name}`]));
const RECIPES: Readonly<Record<string, Recipe>> = {
  stitch: { layers: ['A', 'B', 'B', 'B'], rest: restFrom('A'), edits: [] },
  parts: {
    layers: ['A', 'A', 'B', 'B'],
    rest: { ...restFrom('A'), head: 'B', projector: 'B' },
    edits: [
      { kind: 'replace', layers: { first: 1, last: 2 }, part: 'attention', donor: 'B' },
      { kind: 'interpolate', layers: { first: 3, last: 4 }, part: 'mlp', donor: 'A', alpha: 0.25 },
      { kind: 'interpolate-rest', pieces: ['projector', 'visionTower'], donor: 'A', alpha: 0.375 },
    ],
  },
};

let open: OpenDonors;
let golden: Readonly<Record<string, Readonly<Record<string, string>>>>;
beforeAll(async () => {
  open = await goldenDonors(CHECKPOINTS);
  golden = JSON.parse(
    new TextDecoder().decode(await readFromDisk('expected/mergekit-qwen3/tensors.json')),
  ) as typeof golden;
});

/** @param mergers how many DeepStack mergers the model has */
function config(mergers = 3): VlmConfig {
  const own = open.donors.get('A')?.config as VlmConfig;
  return { ...own, vision: { ...own.vision, deepstackBlocks: [0, 1, 2, 3].slice(0, mergers) } };
}
const write = (recipe: Recipe, mergers = 3): string =>
  writeMergekit(recipe, {
    ...{ models: MODELS, outDtype: 'bfloat16', deepstackMergers: countMergers(config(mergers)) },
  });
const donorOf = (model: string): string | null => [...MODELS].find(([, path]) => path === model)?.[0] ?? null;
const read = (text: string, mergers = 3) => readMergekit(text, 'merge.yml', config(mergers), donorOf);

it.each(Object.entries(RECIPES))(
  '%s, written and read back, makes the tensors that mergekit makes of it, byte for byte',
  async (label, recipe) => {
    const text = write(recipe);
    await expect(text).toMatchFileSnapshot(
      `../../../tools/goldens/data/expected/mergekit-qwen3/${label}.yml`,
    );
    const again = read(text);
    expect(again.notices.join()).not.toContain('deepstack');
    for (const plan of [planMerge(recipe, open.donors), planMerge(again.recipe, open.donors)]) {
      const made = await openCheckpoint(new MergedFolder(plan, open.folders));
      const digests: Record<string, string> = {};
      for (const entry of made.tensors.values()) {
        const bytes = await readTensorBytes(made, entry);
        digests[entry.storedName] = createHash('sha256').update(bytes).digest('hex');
      }
      expect(Object.keys(digests).filter((name) => name.includes('deepstack_merger_list'))).toHaveLength(
        3 * 6,
      );
      expect(digests).toEqual(golden[label]);
    }
  },
);

describe('other than three of them', () => {
  const left = 'mergekit 0.1.5 leaves visual.deepstack_merger_list.3.* behind';

  it('a fourth is left behind by mergekit, and the file says so, as does reading it', () => {
    const text = write(RECIPES.stitch as Recipe, 4);
    expect(text.split('\n').find((line) => line.startsWith(`# ${left}`))).toBeDefined();
    expect(read(text, 4).notices).toEqual([expect.stringContaining(left)]);
  });

  it.each([0, 1, 2])('with %i, mergekit finds no tensors: such a file is not written', async (mergers) => {
    const writing = Promise.resolve().then(() => write(RECIPES.stitch as Recipe, mergers));
    expect(await failureOf(writing)).toMatchObject({
      name: 'NotInMergekit',
      what: expect.stringContaining(`visual.deepstack_merger_list.${mergers}.*`) as string,
    });
  });
});

describe('a file of others', () => {
  const file = (projector: string): string => `
modules:
  text_decoder: {models: [{model: ${MODELS.get('A')}, parameters: {weight: 1}}]}
  vision_tower: {models: [{model: ${MODELS.get('A')}, parameters: {weight: 1}}]}
  multi_modal_projector: ${projector}
merge_method: linear
`;
  const slices = (range: string, weight: string): string =>
    `{slices: [{sources: [{model: ${MODELS.get('A')}, layer_range: ${range}, parameters: {weight: ${weight}}}, {model: ${MODELS.get('B')}, layer_range: ${range}, parameters: {weight: 1}}]}]}`;
  const refusal = (text: string) => failureOf(Promise.resolve().then(() => read(text)));

  it('takes the projector whole: not a part of its mergers, nor each otherwise', async () => {
    expect(read(file(slices('[0, 3]', '1'))).recipe.edits).toEqual([
      { kind: 'interpolate-rest', pieces: ['projector'], donor: 'B', alpha: 0.5 },
    ]);
    expect(await refusal(file(slices('[0, 2]', '1')))).toMatchObject({ name: 'NotARecipe' });
    expect(await refusal(file(slices('[0, 3]', '[1, 0.5]')))).toMatchObject({ name: 'NotARecipe' });
  });
});
