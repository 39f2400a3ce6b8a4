/** Codes and scales that lost a part of theirs: such a folder never opens as plain weights. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../byte-source.ts';
import { openCheckpoint, readTensorBytes } from '../../checkpoint.ts';
import { NamedError } from '../../../named-error.ts';
import { canonicalName } from '../../tensor-name.ts';
import { failureOf } from '../../testing/files.ts';
import { readableFolder } from '../open.ts';
import { floatCases, quantizedFolder } from '../testing/float-cases.ts';
import type { RawTensor } from '../testing/raw-tensors.ts';

const DATA = new URL('../../../../tools/quantized/data/floats/', import.meta.url);
const CASES = await floatCases((file) => new Uint8Array(readFileSync(new URL(file, DATA))));
const NO_PART_OF_A_WEIGHT = /\.(input_scale|input_global_scale|activation_scale|k_scale|weight_format)$/;
const REFUSALS = ['QuantizedWeights', 'InvalidTensor', 'UnknownDtype'];

/** The values by canonical name, as bytes; or the error. */
async function opened(files: Map<string, ByteSource>): Promise<Map<string, Uint8Array> | NamedError> {
  try {
    const checkpoint = await openCheckpoint(await readableFolder(files));
    const read = [...checkpoint.tensors.values()].map(
      async (entry) => [entry.name, await readTensorBytes(checkpoint, entry)] as const,
    );
    return new Map(await Promise.all(read));
  } catch (error) {
    if (error instanceof NamedError) return error;
    throw error;
  }
}

function without(stored: ReadonlyMap<string, RawTensor>, name: string): Map<string, RawTensor> {
  return new Map([...stored].filter(([key]) => key !== name));
}

function renamed(stored: ReadonlyMap<string, RawTensor>, name: string): Map<string, RawTensor> {
  return new Map([...stored].map(([key, tensor]) => [key === name ? `${key}_` : key, tensor]));
}

describe.each([...CASES])('%s', (_, { stored, values, declared }) => {
  it.each([
    ['dropped', without],
    ['renamed', renamed],
  ])('is refused by name where any part of a weight is %s', async (how, change) => {
    for (const name of stored.keys()) {
      const result = await opened(quantizedFolder(change(stored, name), declared));
      if (result instanceof NamedError) {
        // Nobody knows what a tensor inside a layer does under another name.
        const harmless = how === 'dropped' && NO_PART_OF_A_WEIGHT.test(name);
        expect(harmless, `${name}: ${result.message}`).toBe(false);
        expect(REFUSALS, name).toContain(result.name);
        expect(result.place.file, name).toMatch(/^(model\.safetensors|config\.json)$/);
        expect(result.remedy).not.toBe('');
        continue;
      }
      // The codes and their scale away, what is left is plain: nothing of the weight is there any more.
      expect(NO_PART_OF_A_WEIGHT.test(name), name).toBe(true);
      for (const [plain, expected] of values) {
        expect(new Float32Array((result.get(canonicalName(plain)) as Uint8Array).slice().buffer)).toEqual(
          expected,
        );
      }
    }
  });

  it('is refused by name where a weight beside it lost its scales, whatever is declared', async () => {
    const second = new Map<string, RawTensor>();
    for (const [name, tensor] of stored) second.set(name.replace('layers.0.', 'layers.1.'), tensor);
    for (const name of second.keys()) {
      if (NO_PART_OF_A_WEIGHT.test(name)) continue;
      for (const said of [declared, null]) {
        const result = await opened(quantizedFolder(new Map([...stored, ...without(second, name)]), said));
        expect(result, name).toBeInstanceOf(NamedError);
        expect(REFUSALS, name).toContain((result as NamedError).name);
      }
    }
  });
});

describe('what nobody claims beside quantized weights', () => {
  const scaled = CASES.get('fp8-tensor')?.stored ?? new Map<string, RawTensor>();
  const declared = CASES.get('fp8-tensor')?.declared ?? {};
  const beside = (name: string, dtype: RawTensor['dtype'], bytes: number, shape = [bytes]) =>
    quantizedFolder(new Map([...scaled, [name, { dtype, shape, bytes: new Uint8Array(bytes) }]]), declared);

  it.each([
    ['model.layers.1.mlp.up_proj.weight', 'U8', 'QuantizedWeights'],
    ['model.layers.1.mlp.up_proj.weight', 'F8_E4M3', 'QuantizedWeights'],
    ['model.layers.1.mlp.up_proj.weight', 'F8_E4M3FNUZ', 'QuantizedWeights'],
    ['model.layers.1.mlp.up_proj.weight_zero_point', 'I8', 'QuantizedWeights'],
    ['model.layers.1.mlp.experts.gate_up_proj_scale_inv', 'F8_E5M2', 'QuantizedWeights'],
    ['model.layers.1.mlp.up_proj.scale', 'F8_E8M0', 'QuantizedWeights'],
  ] as const)('is refused where it is %s in %s', async (name, dtype, error) => {
    expect((await failureOf(readableFolder(beside(name, dtype, 4)))).name).toBe(error);
  });

  it('is refused where it is a weight in a dtype that is not read', async () => {
    const files = beside('model.layers.1.mlp.up_proj.weight', 'C64', 8, [1]);
    expect((await failureOf(readableFolder(files))).name).toBe('UnknownDtype');
  });

  it('is refused where it has no columns and scales for three', async () => {
    const name = 'model.layers.1.mlp.up_proj.weight';
    const files = quantizedFolder(
      new Map<string, RawTensor>([
        [name, { dtype: 'F8_E4M3', shape: [5, 0], bytes: new Uint8Array(0) }],
        [`${name}_scale`, { dtype: 'F32', shape: [5, 3], bytes: new Uint8Array(60) }],
      ]),
      declared,
    );
    expect((await failureOf(readableFolder(files))).name).toBe('InvalidTensor');
  });

  it('is told of where it is no part of the model', async () => {
    const checkpoint = await openCheckpoint(await readableFolder(beside('spare.scale', 'F8_E8M0', 4)));
    expect(checkpoint.notices).toEqual([
      {
        file: 'model.safetensors',
        text: 'tensors of a dtype that is not read, and no part of the model: spare.scale (F8_E8M0)',
      },
    ]);
  });

  it('is read as plain where it is', async () => {
    const name = 'model.visual.blocks.0.attn.qkv.weight';
    const checkpoint = await openCheckpoint(await readableFolder(beside(name, 'BF16', 8, [2, 2])));
    expect(checkpoint.tensors.get(canonicalName(name))).toMatchObject({ dtype: 'BF16', shape: [2, 2] });
  });
});

describe('scales under a name that tells no method', () => {
  const name = 'model.layers.0.mlp.up_proj';
  const bytes = new Uint8Array(8);
  it.each(['scale', 'wscale', 'wscales', 'scale_weight', 'qscale_weight'])(
    'are refused beside a weight: %s',
    async (suffix) => {
      for (const dtype of ['F8_E4M3', 'BF16'] as const) {
        const weight = { dtype, shape: dtype === 'BF16' ? [2, 2] : [2, 4], bytes };
        const scale = { dtype: 'F32', shape: [2], bytes } as const;
        const folder = (scaled: string): Map<string, ByteSource> =>
          quantizedFolder(
            new Map<string, RawTensor>([
              [`${name}.weight`, weight],
              [scaled, scale],
            ]),
            null,
          );
        expect(await opened(folder(`${name}.${suffix}`))).toMatchObject({ name: 'QuantizedWeights' });
        // Of no weight, it is a tensor like any other.
        expect(await opened(folder(`model.layers.0.norm.${suffix}`))).toBeInstanceOf(Map);
      }
    },
  );
});

describe('shards', () => {
  it('are refused where two hold one tensor', async () => {
    const { stored = new Map<string, RawTensor>(), declared = {} } = CASES.get('nf4') ?? {};
    const shard = quantizedFolder(stored, declared);
    const [one, two] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;
    const bytes = shard.get('model.safetensors') as ByteSource;
    const index = JSON.stringify({ weight_map: { a: one, b: two } });
    const files = new Map([
      ...[...shard].filter(([name]) => name === 'config.json'),
      ...([one, two].map((name) => [name, bytes]) as [string, ByteSource][]),
      ['model.safetensors.index.json', new File([index], 'model.safetensors.index.json')] as const,
    ]);
    expect((await failureOf(readableFolder(files))).name).toBe('DuplicateTensor');
  });
});
