/** A merge of a folder that transformers 5 saved: what is written, what the recipe and the card say of it. */
import { expect, it } from 'vitest';
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { readTextFile } from '../../checkpoint/small-file.ts';
import { folder } from '../../checkpoint/testing/files.ts';
import { openFolder } from '../../engine/folder.ts';
import type { Preprocessor } from '../../vlm/preprocessor.ts';
import type { ModelId } from '../../engine/subject.ts';
import { readFromDisk } from '../../engine/testing/goldens-from-disk.ts';
import { goldenFolder } from '../../engine/testing/goldens.ts';
import { exportMerge } from '../export.ts';
import { planMerge } from '../plan/plan.ts';
import { parseBlocks } from '../recipe/blocks.ts';
import { readRecipe, RECIPE_FILE } from '../recipe/recipe-file.ts';
import { openDonors } from '../testing/donors.ts';
import { MemorySink } from '../testing/memory-sink.ts';
import { MergedFolder } from './merged-folder.ts';

const RECIPE = parseBlocks('IN', ['IN'], 3);

/** As `save_pretrained` of transformers 5 leaves the processor: in one file. */
async function fives(): Promise<CheckpointFiles> {
  const files = await goldenFolder(readFromDisk, 'untied-gqa4-f32');
  const image = JSON.parse((await readTextFile(files, 'preprocessor_config.json')) ?? '') as unknown;
  const tokenizer = JSON.parse((await readTextFile(files, 'tokenizer_config.json')) ?? '') as object;
  files.delete('preprocessor_config.json');
  const saved = folder({
    'processor_config.json': JSON.stringify({ image_processor: image }, null, 2),
    'tokenizer_config.json': JSON.stringify({ ...tokenizer, extra_special_tokens: ['<a>'] }, null, 2),
  });
  return new Map([...files, ...saved]);
}

async function merged(verbatim: boolean): Promise<{ merge: MergedFolder; frame: CheckpointFiles }> {
  const frame = await fives();
  const { donors, folders } = await openDonors(new Map([['IN', frame]]));
  return { merge: new MergedFolder(planMerge(RECIPE, donors, { verbatim }), folders), frame };
}

const CHANGED = ['config.json', 'preprocessor_config.json', 'tokenizer_config.json'];

it('has both spellings in the files concerned, and every other file as it was', async () => {
  const { merge, frame } = await merged(false);
  const own = ['README.md', RECIPE_FILE, 'model.safetensors'];
  for (const [name, file] of merge) {
    if (!own.includes(name))
      expect([name, frame.get(name) === file]).toEqual([name, !CHANGED.includes(name)]);
  }
  expect([...merge.keys()].at(-1)).toBe('config.json');
  const config = JSON.parse((await readTextFile(merge, 'config.json')) ?? '') as Record<string, unknown>;
  expect(config).toMatchObject({
    dtype: 'float32',
    torch_dtype: 'float32',
    text_config: {
      rope_theta: 1000000,
      rope_scaling: { mrope_section: [2, 3, 3] },
      rope_parameters: { mrope_section: [2, 3, 3], rope_theta: 1000000 },
    },
  });
});

it('says in recipe and card what was changed, and the recipe is read as before', async () => {
  const { merge } = await merged(false);
  const text = (await readTextFile(merge, RECIPE_FILE)) ?? '';
  const { changed } = JSON.parse(text) as { changed: Record<string, string[]> };
  expect(Object.keys(changed).toSorted()).toEqual(CHANGED);
  expect(readRecipe(new TextEncoder().encode(text), RECIPE_FILE, 3).recipe).toEqual(RECIPE);
  const card = (await readTextFile(merge, 'README.md')) ?? '';
  for (const [file, sentences] of Object.entries(changed))
    expect(card).toContain(`${file}: ${sentences.join(' ')}`);
  const unchanged = /^Unchanged from IN: (.*)\.$/m.exec(card)?.[1]?.split(', ') ?? [];
  expect(unchanged).toContain('tokenizer.json');
  expect(unchanged.filter((name) => CHANGED.includes(name))).toEqual([]);
});

it('copies them verbatim where asked', async () => {
  const { merge, frame } = await merged(true);
  for (const [name, file] of frame) {
    if (name !== 'model.safetensors') expect(merge.get(name), name).toBe(file);
  }
  expect(merge.has('preprocessor_config.json')).toBe(false);
  const recipe = JSON.parse((await readTextFile(merge, RECIPE_FILE)) ?? '') as object;
  expect(recipe).not.toHaveProperty('changed');
});

it('is to the engine what the written folder is, and what its frame is', async () => {
  const { merge, frame } = await merged(false);
  const sink = new MemorySink();
  await exportMerge(merge.plan, merge.folders, sink);
  const open = (files: CheckpointFiles) => openFolder('model' as ModelId, 'model', files);
  const [made, written, own] = await Promise.all(
    [merge, folder(Object.fromEntries(sink.files)), frame].map(open),
  );
  expect(made?.checkpoint.fingerprint).toBe(written?.checkpoint.fingerprint);
  expect([written?.config, written?.preprocessors]).toEqual([made?.config, made?.preprocessors]);
  expect([own?.config, own?.preprocessors['transformers-5']]).toEqual([
    made?.config,
    made?.preprocessors['transformers-5'],
  ]);
  // What the frame alone does not tell an older transformers, the merge does: the same limits.
  const { processing: _, ...image } = made?.preprocessors['transformers-5'] as Preprocessor;
  expect(made?.preprocessors['transformers-4.51']).toMatchObject(image);
});
