/** A command that compares checkpoints and merges of them, at the size of 7B. */
import { expect, test } from 'vitest';
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { adapterFiles, baseFiles } from '../engine/testing/adapters.ts';
import { qwenTensors, SHAPE_7B } from '../checkpoint/testing/qwen-layout.ts';
import { sparse7b } from '../merge/testing/donors.ts';
import { Checkpoints } from './checkpoints.ts';
import { comparedCheckpoints } from './compared.ts';
import type { CommandContext } from './context.ts';
import type { GivenFiles, GivenInputs } from './file-inputs.ts';
import { recipeDonors } from './recipe-donors.ts';

function contextOf(folders: Readonly<Record<string, CheckpointFiles>>): CommandContext {
  const { signal } = new AbortController();
  const all = (flag: string): readonly GivenFiles[] => {
    const files = folders[flag] as ReadonlyMap<string, File> | undefined;
    return files ? [{ name: `folder of ${flag}`, stamp: flag, files }] : [];
  };
  const inputs = { all, list: () => [] } as unknown as GivenInputs;
  const noEngine = (): never => {
    throw new Error('no engine is needed');
  };
  const checkpoints = new Checkpoints({
    ...{ engine: noEngine, models: noEngine, flags: undefined as never, inputs, signal },
    ...{ notice: () => undefined, watch: undefined as never },
  });
  return { checkpoints, inputs, signal, notice: () => undefined } as unknown as CommandContext;
}

test('headers and spots of a checkpoint are read once, as it is and as a donor', async () => {
  const tensors = qwenTensors(SHAPE_7B);
  const [base, rl] = [sparse7b(tensors, 0), sparse7b(tensors, 1)];
  const context = contextOf({ base: base.files, rl: rl.files });
  const compared = await comparedCheckpoints(context);
  const read = { ...rl.count };
  expect(read.bytes).toBeGreaterThan(20e6);
  const { donors } = await recipeDonors(context);
  expect(rl.count).toEqual(read);
  for (const [role, donor] of [
    ['base', 'Base'],
    ['rl', 'RL'],
  ] as const)
    expect(donors.get(donor)?.checkpoint.fingerprint).toBe(compared.get(role)?.fingerprint);
});

test('an adapter in place of RL goes onto IN, else onto Base; two of them lie on one base', async () => {
  const [files, rl, second] = [
    await baseFiles('second'),
    await adapterFiles('rslora'),
    await adapterFiles('second'),
  ];
  const opened = async (folders: Readonly<Record<string, CheckpointFiles>>) =>
    comparedCheckpoints(contextOf(folders));
  const onBase = await opened({ base: files, rl });
  const print = onBase.get('base')?.fingerprint;
  expect(onBase.get('rl')).toMatchObject({
    adapterOf: print,
    format: 'rsLoRA adapter of folder of base, ranks 2 to 5',
  });
  const onIn = await opened({ base: await baseFiles('lora'), in: files, rl });
  expect(onIn.get('rl')?.adapterOf).toBe(print);
  const both = await opened({ base: files, in: second, rl });
  expect([both.get('in')?.adapterOf, both.get('rl')?.adapterOf]).toEqual([print, print]);
  await expect(opened({ rl })).rejects.toMatchObject({
    name: 'AdapterOnly',
    remedy: expect.stringContaining('--base BASE') as string,
  });
});

test('--lora puts an adapter onto --model', async () => {
  const { checkpoints } = contextOf({ model: await baseFiles('dora'), lora: await adapterFiles('dora') });
  const checkpoint = await checkpoints.weights('model');
  expect(checkpoint).toMatchObject({
    name: 'folder of lora on folder of model',
    format: 'DoRA adapter of folder of model, rank 3',
  });
});
