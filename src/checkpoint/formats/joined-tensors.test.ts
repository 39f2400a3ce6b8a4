import { expect, it, vi } from 'vitest';
import type { DecodedTensor } from './decoded-tensor.ts';
import { joinedTensors } from './joined-tensors.ts';
import { gptqFolder } from './testing/gptq-folder.ts';

const ROWS = { 'model.layers.0.mlp.up_proj': 64, 'model.layers.0.self_attn.k_proj': 16 };

it('reads all parts of neighbours at once, and packs what each of them packs by itself', async () => {
  const { format, weights, origin } = await gptqFolder(2, ROWS, 64);
  const tensors: DecodedTensor[] = [];
  for (let at = weights.tensorAt(weights.size - 1); at; at = weights.tensorAt(at.start - 1)) tensors.push(at);
  expect(tensors).toHaveLength(format.tensors.length);
  const rows = tensors.map(({ tensor }) => ({ first: 0, count: tensor.shape[0] as number }));
  const apart = await Promise.all(
    tensors.map((tensor, index) => tensor.packed(rows[index] as (typeof rows)[0])),
  );

  const file = origin.get('model.safetensors') as File;
  const slice = vi.spyOn(file, 'slice');
  const joined = joinedTensors(tensors);
  const packed = await Promise.all(
    joined.map((tensor, index) => tensor.packed(rows[index] as (typeof rows)[0])),
  );
  expect(packed).toEqual(apart);
  // Codes, zeros and scales of both follow one another.
  expect(slice).toHaveBeenCalledTimes(1);
  // What was handed out is read again by whoever asks again.
  expect(await joined[0]?.packed(rows[0] as (typeof rows)[0])).toEqual(apart[0]);
});
