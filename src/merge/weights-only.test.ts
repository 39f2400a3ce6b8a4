import { expect, test } from 'vitest';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { openCheckpoint, readTensorBytes } from '../checkpoint/checkpoint.ts';
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { failureOf, folder } from '../checkpoint/testing/files.ts';
import { weightsOnlyFolder } from '../engine/testing/weights-only.ts';
import { exportMerge } from './export.ts';
import { countMergers } from './mergekit/weights.ts';
import { openRecipe } from './open-recipe.ts';
import { openDonor } from './plan/donor.ts';
import { planMerge } from './plan/plan.ts';
import { parseBlocks } from './recipe/blocks.ts';
import { MemorySink } from './testing/memory-sink.ts';
import { openDonors } from './testing/donors.ts';

const TOKENIZER = '{"model": {"vocab": {"a": 0}}}';

function files(role: string): CheckpointFiles {
  return new Map([
    ...weightsOnlyFolder(`internvl-${role}`),
    ['tokenizer.json', new File([TOKENIZER], 'tokenizer.json')],
  ]);
}

test('a merge of an architecture that is not run has each layer of its donor, and the other files as they are', async () => {
  const { donors, folders } = await openDonors(
    new Map([...['in', 'rl'].map((role) => [role, files(role)] as const)]),
  );
  const plan = planMerge(parseBlocks('in:rl:rl', ['in', 'rl'], 3, [1, 2]), donors);
  expect(plan.unknown).toEqual(['audio_adapter.proj.weight']);
  expect(plan.changed).toEqual([]);
  const sink = new MemorySink();
  await exportMerge(plan, folders, sink);
  const merged = await openCheckpoint(folder(Object.fromEntries(sink.files)));
  const bytes = async (checkpoint: Checkpoint | undefined, name: string) => {
    const entry = checkpoint?.tensors.get(name);
    if (!checkpoint || !entry) throw new Error(name);
    return readTensorBytes(checkpoint, entry);
  };
  const frame = donors.get('in')?.checkpoint;
  expect(merged.tensors.size).toBe(frame?.tensors.size);
  for (const [name, { storedName }] of merged.tensors) {
    expect(frame?.tensors.get(name)?.storedName).toBe(storedName);
    const donor = /^model\.layers\.[12]\./.test(name) ? 'rl' : 'in';
    expect(await bytes(merged, name), name).toEqual(await bytes(donors.get(donor)?.checkpoint, name));
  }
  const text = (content: BlobPart | undefined) => new Blob(content ? [content] : []).text();
  expect(await text(sink.files.get('tokenizer.json'))).toBe(TOKENIZER);
  const config = files('in').get('config.json') as File;
  expect(await text(sink.files.get('config.json'))).toBe(await config.text());
});

test('what differs between such checkpoints is refused', async () => {
  const own = await openDonor('in', files('in'));
  const edited = async (change: (config: Record<string, Record<string, unknown>>) => unknown) => {
    const config = JSON.parse(await (files('rl').get('config.json') as File).text()) as Record<
      string,
      Record<string, unknown>
    >;
    change(config);
    return openDonor(
      'rl',
      new Map([...files('rl'), ['config.json', new File([JSON.stringify(config)], 'config.json')]]),
    );
  };
  const plan = async (rl: ReturnType<typeof edited>) =>
    planMerge(
      parseBlocks('in:rl:rl', ['in', 'rl'], 3),
      new Map([
        ['in', own],
        ['rl', await rl],
      ]),
    );
  expect(
    await failureOf(plan(edited((config) => Object.assign(config, { model_type: 'internvl_chat' })))),
  ).toMatchObject({
    name: 'DifferentConfig',
    place: { field: 'model_type' },
  });
  const heads = edited(({ text_config: text }) => Object.assign(text ?? {}, { num_attention_heads: 4 }));
  expect(await failureOf(plan(heads))).toMatchObject({
    name: 'DifferentConfig',
    place: { field: 'text_config.num_attention_heads' },
  });
});

test("mergekit's recipes are refused, and none is written: its modules of other architectures are not known", async () => {
  const { config } = await openDonor('in', files('in'));
  const recipe = new File(['merge_method: linear\n'], 'recipe.yml');
  expect(await failureOf(openRecipe(recipe, config, []))).toMatchObject({
    name: 'NotInMergekit',
    place: { file: 'recipe.yml' },
  });
  const writing = Promise.resolve().then(() => countMergers(config));
  expect(await failureOf(writing)).toMatchObject({ name: 'NotInMergekit' });
});
