import { describe, expect, it } from 'vitest';
import { roundedInputs } from './rounded-inputs.ts';

const declared = (said: Record<string, unknown>) => ({
  ...{ file: 'config.json', field: 'quantization_config', method: 'fp8', label: 'fp8' },
  said,
});

describe('a folder that has inputs rounded, too', () => {
  it.each([
    [
      'compressed-tensors',
      { config_groups: { group_0: { weights: {}, input_activations: { num_bits: 8 } } } },
    ],
    ['block FP8', { activation_scheme: 'dynamic' }],
    ['fbgemm', { activation_scale_ub: 1200 }],
    ['AutoRound', { data_type: 'mx_fp', bits: 4, act_bits: 4, act_dynamic: true }],
  ])('says so: %s', (_, said) => {
    expect(roundedInputs(declared(said))).toEqual([
      { file: 'config.json', text: expect.stringContaining('inputs of the layers rounded') as string },
    ]);
  });

  it.each([
    ['weights alone', { config_groups: { group_0: { weights: {}, input_activations: null } } }],
    ['GPTQ', { bits: 4 }],
    ['AutoRound, weights alone', { bits: 4, act_bits: 16 }],
  ])('others do not: %s', (_, said) => expect(roundedInputs(declared(said))).toEqual([]));

  it('nor does one that declares nothing', () => expect(roundedInputs(null)).toEqual([]));
});
