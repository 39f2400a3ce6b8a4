import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import type { ByteSource } from '../../checkpoint/byte-source.ts';
import { fetchGolden } from '../../engine/testing/fetch-golden.ts';
import { goldenFolder } from '../../engine/testing/goldens.ts';
import type { Folder } from '../files/folder.ts';
import { engineOnPage, surroundings } from '../testing/engine-on-page.ts';
import { clearStage, stageAround } from '../testing/stage.ts';

const slot = (label: string) => page.getByRole('group', { name: `${label} checkpoint` });

async function base(name: string): Promise<Folder> {
  return { name, files: await goldenFolder(fetchGolden, name) };
}

async function adapter(kind: string): Promise<Folder> {
  const files = new Map<string, ByteSource>();
  for (const name of ['adapter_config.json', 'adapter_model.safetensors'])
    files.set(name, new File([await fetchGolden(`../../quantized/data/peft/${kind}/${name}`)], name));
  return { name: kind, files };
}

afterEach(clearStage);

test('an adapter goes onto the base to its left, and onto another that is chosen', async () => {
  const app = await stageAround(engineOnPage(), surroundings());
  // The adapter comes first: it waits for what is dropped with it.
  await app.family.place([await adapter('second'), await base('untied-gqa4-f32')]);
  await expect.element(slot('Base')).toHaveTextContent('untied-gqa4-f32');
  await expect.element(slot('IN')).toHaveTextContent('LoRA adapter of untied-gqa4-f32, rank 2');
  const [first, second, third] = app.family.slots;
  if (!first || !second || !third) throw new Error('three slots');
  expect(second.checkpoint?.fingerprint).not.toBe(first.checkpoint?.fingerprint);

  await app.family.open(third, { ...(await base('untied-gqa4-f32')), name: 'copy' });
  const select = slot('IN').getByRole('combobox', { name: 'Adapter of' });
  await expect.element(select).toHaveValue('0');
  await select.selectOptions('RL: copy');
  await expect.element(slot('IN')).toHaveTextContent('LoRA adapter of copy, rank 2');

  // Put on what it was not made for.
  await app.family.open(third, await base('untied-gqa2-f16'));
  await select.selectOptions('RL: untied-gqa2-f16');
  await expect.element(slot('IN')).toHaveTextContent('is no factor of an update of');
});

test('an adapter without a base says what to open first', async () => {
  const app = await stageAround(engineOnPage(), surroundings());
  await app.family.place([await adapter('second')]);
  await expect.element(slot('Base')).toHaveTextContent('Open its base first');
});
