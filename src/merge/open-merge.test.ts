import { expect, test } from 'vitest';
import { readTensorBytes, type TensorEntry } from '../checkpoint/checkpoint.ts';
import { failureOf } from '../checkpoint/testing/files.ts';
import { openMerge } from './open-merge.ts';
import { planMerge } from './plan/plan.ts';
import type { Noise } from './recipe/recipe.ts';
import { parseBlocks } from './recipe/blocks.ts';
import { goldenDonors } from './testing/donors.ts';

const NOISE: Noise = { kind: 'noise', layers: { first: 3, last: 3 }, part: 'mlp', ratio: 0.25, seed: 7 };
const DOWN = (layer: number): string => `model.layers.${layer}.mlp.down_proj.weight`;

async function noisy() {
  const { donors, folders } = await goldenDonors({ IN: 'untied-gqa2-f16', RL: 'untied-gqa2-f16-b' });
  const plan = planMerge({ ...parseBlocks('IN:IN:RL', ['IN', 'RL'], 3), edits: [NOISE] }, donors);
  return { donors, folders, plan };
}

test('a merge with noise opens as a checkpoint: noise is measured, and lies where it was asked for', async () => {
  const { donors, folders, plan } = await noisy();
  const told: number[] = [];
  const merge = await openMerge(plan, folders, 'noisy', {
    onProgress: ({ done, total }) => told.push(done / total),
  });
  expect(merge.name).toBe('noisy');
  expect(told.at(-1)).toBe(1);
  const [own, from] = [merge, donors.get('RL')?.checkpoint];
  const bytes = (of: typeof own | undefined, name: string) =>
    of ? readTensorBytes(of, of.tensors.get(name) as TensorEntry) : Promise.resolve(null);
  expect(await bytes(own, DOWN(2))).not.toEqual(await bytes(from, DOWN(2)));
  const q = 'model.layers.2.self_attn.q_proj.weight';
  expect(await bytes(own, q)).toEqual(await bytes(from, q));
  // The seed decides: opened again, it is the same checkpoint.
  expect((await openMerge(plan, folders, 'again')).fingerprint).toBe(merge.fingerprint);
});

test('a cancel is heard while noise is measured', async () => {
  const { folders, plan } = await noisy();
  const stop = new AbortController();
  stop.abort();
  const { name } = await failureOf(openMerge(plan, folders, 'noisy', { signal: stop.signal }));
  expect(name).toBe('Cancelled');
});
