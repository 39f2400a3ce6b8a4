/** A checkpoint whose head is tied to the embeddings, and stored all the same, as some trainers do. */
import { expect, test } from 'vitest';
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { openCheckpoint, readTensorBytes } from '../../checkpoint/checkpoint.ts';
import { source } from '../../checkpoint/testing/files.ts';
import { writeSafetensors } from '../../checkpoint/testing/safetensors.ts';
import { readFromDisk } from '../../engine/testing/goldens-from-disk.ts';
import { goldenFolder } from '../../engine/testing/goldens.ts';
import { MergedFolder } from '../folder/merged-folder.ts';
import type { Edit } from '../recipe/recipe.ts';
import { parseBlocks } from '../recipe/blocks.ts';
import { openDonors } from '../testing/donors.ts';
import { planMerge } from './plan.ts';

const EMBEDDINGS = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';
const MIXED: Edit = { kind: 'interpolate-rest', pieces: ['frame'], donor: 'RL', alpha: 0.25 };
const GIVEN: Edit = { ...MIXED, alpha: 1 };

/** A golden checkpoint with its head stored; `sign` −1 turns its embeddings round, so that the two donors differ. */
async function doubled(sign: 1 | -1, withHead: boolean): Promise<CheckpointFiles> {
  const files = await goldenFolder(readFromDisk, 'tied-gqa1-bf16-old');
  const checkpoint = await openCheckpoint(files);
  const tensors = await Promise.all(
    [...checkpoint.tensors.values()].map(async (entry) => {
      const { name, dtype, shape } = entry;
      const stored = await readTensorBytes(checkpoint, entry);
      // The sign of a little-endian bfloat16 is the highest bit of its second byte.
      const turned = sign < 0 && name === EMBEDDINGS;
      const bytes = turned ? stored.map((byte, i) => (i % 2 === 1 ? byte ^ 0x80 : byte)) : stored;
      return { name, dtype, shape, bytes };
    }),
  );
  const embeddings = tensors.find(({ name }) => name === EMBEDDINGS);
  if (!embeddings) throw new Error('no embeddings');
  const head = withHead ? [{ ...embeddings, name: HEAD }] : [];
  const others = [...files].filter(([name]) => !name.startsWith('model'));
  return new Map([...others, ['model.safetensors', source(writeSafetensors([...tensors, ...head]))]]);
}

async function merged(edits: readonly Edit[], donorHasHead: boolean) {
  const folders = new Map([
    ['IN', await doubled(1, true)],
    ['RL', await doubled(-1, donorHasHead)],
  ]);
  const { donors } = await openDonors(folders);
  const layers = donors.get('IN')?.config.text.layers ?? 0;
  const plan = planMerge({ ...parseBlocks('IN', ['IN', 'RL'], layers), edits }, donors);
  const made = await openCheckpoint(new MergedFolder(plan, folders));
  const bytes = async (name: string) => {
    const entry = made.tensors.get(name);
    if (!entry) throw new Error(name);
    return Buffer.from(await readTensorBytes(made, entry));
  };
  return { plan, embeddings: await bytes(EMBEDDINGS), head: await bytes(HEAD) };
}

test.each([
  ['interpolated', MIXED, true],
  ['interpolated with a donor that stores none', MIXED, false],
  ['given by another', GIVEN, true],
])('the stored head goes with embeddings that are %s', async (_, edit, donorHasHead) => {
  const untouched = await merged([], donorHasHead);
  expect(untouched.head.equals(untouched.embeddings)).toBe(true);
  const { plan, embeddings, head } = await merged([edit], donorHasHead);
  expect(embeddings.equals(untouched.embeddings)).toBe(false);
  expect(head.equals(embeddings)).toBe(true);
  expect(plan.unknown).toEqual([]);
});
