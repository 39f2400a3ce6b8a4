/** An adapter on a base that is itself stored quantized. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openCheckpoint, readTensorBytes, type Checkpoint } from '../../checkpoint.ts';
import { toFloat32 } from '../../decoding.ts';
import type { DecodedFolder } from '../decoded-folder.ts';
import { readableFolder } from '../open.ts';
import { folderOf, integerCases } from '../testing/integer-cases.ts';
import { adapterFolder } from './adapter-folder.ts';
import { CONFIG, madeAdapter } from './testing/made-adapter.ts';

const WEIGHT = 'model.layers.0.mlp.down_proj.weight';
const DATA = new URL('../../../../tools/quantized/data/integers/', import.meta.url);
const [item] = await integerCases((file) => new Uint8Array(readFileSync(new URL(file, DATA))), 'packed');
if (!item) throw new Error('no quantized matrix');
const { said, tensors, shape } = item;
const [rows = 0, columns = 0] = shape;
const base = await readableFolder(folderOf(said, tensors));

async function valuesOf(checkpoint: Checkpoint): Promise<Float32Array> {
  const entry = checkpoint.tensors.get(WEIGHT);
  if (!entry) throw new Error(`no ${WEIGHT}`);
  return toFloat32(await readTensorBytes(checkpoint, entry), entry.dtype);
}

it('takes the decoded values of what it adapts', async () => {
  const module = 'base_model.model.model.layers.0.mlp.down_proj';
  const adapter = madeAdapter(CONFIG, {
    [`${module}.lora_A.weight`]: [2, columns],
    [`${module}.lora_B.weight`]: [rows, 2],
  });
  const checkpoint = await openCheckpoint(await adapterFolder(base, adapter, { baseName: 'base' }));
  const [before, after] = [await valuesOf(await openCheckpoint(base)), await valuesOf(checkpoint)];
  expect(after.length).toBe(rows * columns);
  after.forEach((value, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    const update = 2 * ((2 * row + 1) * (column + 1) + (2 * row + 2) * (column + 1 + columns));
    expect(value).toBe(Math.fround((before[index] as number) + update));
  });
  expect(checkpoint.format).toMatch(/^LoRA adapter of base \(.+\), rank 2$/);
});

it('leaves all else as it is stored', async () => {
  const norm = (await openCheckpoint(base)).tensors.get('model.norm.weight')?.shape ?? [];
  const adapter = madeAdapter(CONFIG, { 'base_model.model.model.norm.weight': norm });
  const files = await adapterFolder(base, adapter, { baseName: 'base' });
  const tensorsOf = (folder: unknown) => (folder as DecodedFolder).format.tensors;
  const stored = (folder: unknown) => tensorsOf(folder).find(({ storedName }) => storedName === WEIGHT);
  expect(stored(files)?.codec).toBe('integers');
  expect(stored(files)).toEqual(stored(base));
  expect(await valuesOf(await openCheckpoint(files))).toEqual(await valuesOf(await openCheckpoint(base)));
});
