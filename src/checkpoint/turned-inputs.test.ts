import { describe, expect, it } from 'vitest';
import { openCheckpoint } from './checkpoint.ts';
import { readableFolder } from './formats/open.ts';
import { failureOf, folder } from './testing/files.ts';
import { writeSafetensors } from './testing/safetensors.ts';

const MODULE = 'model.language_model.layers.0.mlp.down_proj';
const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length);

const PLAIN = [{ name: `${MODULE}.weight`, dtype: 'BF16', shape: [4, 8], bytes: bytes(64) }] as const;
const CODES = [
  { name: `${MODULE}.weight_packed`, dtype: 'I32', shape: [4, 1], bytes: bytes(16) },
  { name: `${MODULE}.weight_scale`, dtype: 'BF16', shape: [4, 1], bytes: bytes(8) },
  {
    ...{ name: `${MODULE}.weight_shape`, dtype: 'I64', shape: [2] },
    bytes: new Uint8Array(BigInt64Array.of(4n, 8n).buffer),
  },
] as const;

const SAID = {
  ...{ quant_method: 'compressed-tensors', format: 'pack-quantized', version: '0.20.1' },
  config_groups: {
    group_0: { targets: ['Linear'], weights: { num_bits: 4, type: 'int', strategy: 'channel' } },
  },
};

/** As llmcompressor 0.14 writes it. */
const transform = (...locations: string[]) => ({
  transform_config: {
    config_groups: {
      v: {
        type: 'hadamard',
        apply: locations.map((location) => ({ location, targets: ['Linear'], ignore: [] })),
      },
    },
  },
});

type Tensors = Parameters<typeof writeSafetensors>[0];

async function open(tensors: Tensors, said: object | null) {
  const config = JSON.stringify(said === null ? {} : { quantization_config: said });
  return openCheckpoint(
    await readableFolder(folder({ 'model.safetensors': writeSafetensors(tensors), 'config.json': config })),
  );
}

describe.each([
  ['codes', CODES],
  ['plain numbers', PLAIN],
] as const)('weights in %s', (_, tensors) => {
  const scale = (name: string) =>
    ({ name: `${MODULE}.${name}`, dtype: 'F32', shape: [8], bytes: bytes(32) }) as const;

  it.each([
    ['inputs turned (QuIP)', transform('input', 'weight_input')],
    ['outputs turned', transform('weight_output', 'output')],
    ['inputs turned, as AutoRound says it', { rotation_config: { hadamard_type: 'hadamard' } }],
  ])('are refused with %s', async (_how, said) => {
    const failure = await failureOf(open([...tensors], { ...SAID, ...said }));
    expect(failure.name).toBe('QuantizedWeights');
    expect(failure.what).toContain('layers turned as they are computed');
    expect(failure.remedy).toBe('open the checkpoint that it was quantized from');
  });

  it.each(['v_input.weight', 'pre_quant_scale', 'lora_A.default.weight'])(
    'are refused where %s lies inside their layer',
    async (name) => {
      const failure = await failureOf(open([...tensors, scale(name)], SAID));
      expect(failure.name).toBe('QuantizedWeights');
      expect(failure.what).toContain(`down_proj.${name}`);
    },
  );

  it.each([
    ['no transform', { transform_config: null, rotation_config: null }],
    [
      'transforms that are in the weights already (SpinQuant R1, R2)',
      transform('weight_input', 'weight_output'),
    ],
    ['turned queries and keys (R3)', transform('q_attn', 'k_cache')],
  ])('open with %s', async (_how, said) => {
    const checkpoint = await open([...tensors, scale('input_scale'), scale('bias')], { ...SAID, ...said });
    expect(checkpoint.tensors.get('model.layers.0.mlp.down_proj.weight')?.shape).toEqual([4, 8]);
  });
});

it('says nothing of a folder that declares nothing', async () => {
  const own = { name: `${MODULE}.pre_quant_scale`, dtype: 'F32', shape: [8], bytes: bytes(32) } as const;
  expect((await open([...PLAIN, own], null)).tensors.size).toBe(2);
});
