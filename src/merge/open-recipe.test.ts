import { beforeAll, expect, test } from 'vitest';
import { failureOf } from '../checkpoint/testing/files.ts';
import type { AnyConfig } from '../vlm/weights-folder.ts';
import type { KnownDonor } from './open-recipe.ts';
import { openRecipe } from './open-recipe.ts';
import { goldenDonors } from './testing/donors.ts';

let config: AnyConfig;
beforeAll(async () => {
  const { donors } = await goldenDonors({ IN: 'untied-gqa2-f16' });
  const donor = donors.get('IN');
  if (!donor) throw new Error('no donor');
  config = donor.config;
});

const known = (name: string, folder: string, fingerprint = name): KnownDonor => ({
  name,
  folder,
  fingerprint,
});
const yaml = (first: string, second: string): File =>
  new File(
    [
      `modules: {text_decoder: {slices: [`,
      `{sources: [{model: ${first}, layer_range: [0, 1]}]}, {sources: [{model: ${second}, layer_range: [1, 3]}]}]}}\n`,
      'merge_method: passthrough\n',
    ],
    'merge.yml',
  );

test('models are found by name, by folder, by the last part of a path', async () => {
  const donors = [known('IN', 'cold-start'), known('RL', 'final')];
  for (const [first, second] of [
    ['in', 'rl'],
    ['cold-start', 'final'],
    ['org/Cold-Start', '/runs/final/'],
  ] as const) {
    const { recipe } = await openRecipe(yaml(first, second), config, donors);
    expect(recipe.layers).toEqual(['IN', 'RL', 'RL']);
  }
});

test('a path that fits two donors is refused, and not taken for the first of them', async () => {
  const donors = [known('IN', 'checkpoint-500'), known('RL', 'checkpoint-500')];
  const file = yaml('runs/sft/checkpoint-500', 'runs/rl/checkpoint-500');
  const error = await failureOf(openRecipe(file, config, donors));
  expect(error.name).toBe('AmbiguousDonor');
  expect(error.what).toContain('IN or RL');
});

test('one checkpoint opened twice is one', async () => {
  const donors = [known('IN', 'final', 'x'), known('RL', 'final', 'x')];
  const { recipe } = await openRecipe(yaml('a/final', 'b/final'), config, donors);
  expect(recipe.layers).toEqual(['IN', 'IN', 'IN']);
});

test('refuses what is far longer than a recipe before it is read', async () => {
  const file = new File(['&a '.repeat(400_000)], 'merge.yaml');
  expect((await failureOf(openRecipe(file, config, []))).name).toBe('RecipeTooLarge');
});
