import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { DecodedFolder } from '../decoded-folder.ts';
import { codecOf } from '../codecs.ts';
import { matrixOf } from '../encoded.ts';
import { readableFolder } from '../open.ts';
import { TensorReader } from '../tensor-reader.ts';

const DATA = new URL('../../../../tools/quantized/data/onnx/operators/', import.meta.url);

type Expected = Readonly<
  Record<string, Readonly<Record<string, { readonly shape: readonly number[]; readonly sha256: string }>>>
>;
const EXPECTED = JSON.parse(await readFile(new URL('expected.json', DATA), 'utf8')) as Expected;
const CONFIG = { num_attention_heads: 2, num_key_value_heads: 1, hidden_size: 32 };
const MODEL = 'language-model';

async function opened(name: string): Promise<DecodedFolder> {
  const files = new Map([
    ['config.json', new File([JSON.stringify(CONFIG)], 'config.json')],
    ['model.onnx', new File([await readFile(new URL(`${name}.onnx`, DATA))], 'model.onnx')],
  ]);
  return (await readableFolder(files)) as DecodedFolder;
}

it('names what Git LFS left in place of a graph', async () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 386472\n';
  const files = new Map([
    ['config.json', new File([JSON.stringify(CONFIG)], 'config.json')],
    ['model.onnx', new File([pointer], 'model.onnx')],
  ]);
  await expect(readableFolder(files)).rejects.toMatchObject({
    name: 'LfsPointer',
    place: { file: 'model.onnx' },
  });
});

it.each(Object.keys(EXPECTED))(
  '%s: every way of holding a weight has the values of its formula',
  async (name) => {
    const folder = await opened(name);
    const found: Record<string, unknown> = {};
    for (const tensor of folder.format.tensors) {
      const { rows } = matrixOf(tensor.shape);
      const values = await new TensorReader(tensor, folder.origin).values({ first: 0, count: rows });
      const sha256 = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
      found[tensor.storedName] = { shape: [...tensor.shape], sha256 };
    }
    expect(found).toEqual(EXPECTED[name]);
  },
);

it('gives some rows as it gives all', async () => {
  const folder = await opened(MODEL);
  for (const tensor of folder.format.tensors) {
    const { rows, columns } = matrixOf(tensor.shape);
    const reader = new TensorReader(tensor, folder.origin);
    const all = await reader.values({ first: 0, count: rows });
    for (const [first, count] of [
      [0, 1],
      [rows - 1, 1],
      [Math.floor(rows / 3), Math.ceil(rows / 2)],
    ] as const) {
      const some = await reader.values({ first, count });
      expect(some, tensor.storedName).toEqual(all.subarray(first * columns, (first + count) * columns));
    }
  }
});

it('moves codes into blocks of 32 without rounding, where the blocks allow it', async () => {
  const folder = await opened(MODEL);
  const packings: Record<string, unknown> = {};
  for (const tensor of folder.format.tensors) {
    if (tensor.codec !== 'affine') continue;
    const packing = codecOf(tensor).packing();
    const name = tensor.storedName.replace(/^model\.|\.weight$/g, '');
    packings[name] = packing && `${packing.bits}${packing.zeroPoints ? ' with zeros' : ''}`;
    if (!packing) continue;
    const { rows, columns } = matrixOf(tensor.shape);
    const reader = new TensorReader(tensor, folder.origin);
    // A run in the middle: its zero points may begin within a byte.
    const run = { first: 1, count: rows - 1 };
    const { packed, scales, zeroPoints } = await reader.packed(run);
    const blocks = Math.ceil(columns / 32);
    const zeroBytes = Math.ceil((blocks * packing.bits) / 8);
    const codeAt = (bytes: Uint8Array, base: number, at: number): number =>
      packing.bits === 8 ? (bytes[base + at] ?? 0) : ((bytes[base + (at >> 1)] ?? 0) >> (4 * (at & 1))) & 15;
    const values = Float32Array.from({ length: run.count * columns }, (_, index) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      const block = column >> 5;
      const code = codeAt(packed, (row * blocks * 32 * packing.bits) / 8, column);
      const zero = zeroPoints ? codeAt(zeroPoints, row * zeroBytes, block) : 2 ** (packing.bits - 1);
      return (code - zero) * (scales[row * blocks + block] ?? 0);
    });
    expect(values, tensor.storedName).toEqual(await reader.values(run));
  }
  expect(packings).toMatchInlineSnapshot(`
    {
      "embed_tokens": "4 with zeros",
      "layers.0.mlp.down_proj": "8 with zeros",
      "layers.0.mlp.gate_proj": null,
      "layers.0.mlp.up_proj": "4",
      "layers.1.mlp.down_proj": "8",
      "layers.1.mlp.gate_proj": "4 with zeros",
      "layers.1.mlp.up_proj": "4 with zeros",
      "layers.2.mlp.down_proj": null,
      "layers.2.mlp.gate_proj": null,
      "layers.2.mlp.up_proj": null,
      "layers.3.mlp.down_proj": "8",
      "layers.3.mlp.gate_proj": "8 with zeros",
      "layers.3.mlp.up_proj": "8 with zeros",
      "layers.5.self_attn.k_proj": "4 with zeros",
      "layers.5.self_attn.q_proj": "4 with zeros",
      "layers.5.self_attn.v_proj": "4 with zeros",
      "layers.7.mlp.gate_proj": "8 with zeros",
      "layers.7.mlp.up_proj": "8 with zeros",
      "lm_head": "4 with zeros",
    }
  `);
});

it('expects of rounding what uniform steps of the scales cost', async () => {
  const folder = await opened(MODEL);
  const tensor = folder.format.tensors.find(
    ({ storedName }) => storedName === 'model.layers.3.mlp.up_proj.weight',
  );
  if (!tensor) throw new Error('no such tensor');
  const energy = await new TensorReader(tensor, folder.origin).roundingEnergy({ first: 2, count: 3 });
  expect(energy).toBeCloseTo((Math.fround(0.013) ** 2 * 3 * 40) / 12, 12);
});
