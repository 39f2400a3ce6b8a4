import { describe, expect, it } from 'vitest';
import type { DeclaredQuantization } from '../../quantization.ts';
import { compressedTensorsConfig } from './config.ts';
import { modulePattern } from '../module-pattern.ts';

const declared = (said: Record<string, unknown>): DeclaredQuantization => ({
  ...{ file: 'config.json', field: 'quantization_config', method: 'compressed-tensors', label: 'x', said },
});
const weights = (bits: number, more: object = {}): object => ({
  ...{ num_bits: bits, type: 'int', symmetric: true, strategy: 'group', group_size: 128, ...more },
});

describe('the entry of compressed-tensors', () => {
  it('is read as a published one is written', () => {
    const config = compressedTensorsConfig(
      declared({
        config_groups: { group_0: { input_activations: null, targets: ['Linear'], weights: weights(4) } },
        ...{ format: 'pack-quantized', ignore: ['lm_head', 're:visual.*'], version: '0.9.3.a20250401' },
      }),
    );
    expect(config?.version).toEqual([0, 9]);
    expect(config?.schemeOf('model.layers.0.mlp.down_proj')).toEqual({
      ...{ type: 'int', bits: 4, symmetric: true, strategy: 'group', groupSize: 128, block: null },
      format: 'pack-quantized',
    });
  });

  it('takes exact names before patterns before classes, in either spelling', () => {
    const group = (bits: number, ...targets: string[]): object => ({ targets, weights: weights(bits) });
    const config = compressedTensorsConfig(
      declared({
        config_groups: {
          a: group(4, 'Linear'),
          b: group(8, 're:.*down_proj$', 're:.*(q|k)_proj'),
          c: group(3, 'model.language_model.layers.1.mlp.down_proj'),
          d: group(5, 'Embedding'),
          e: { targets: ['re:.*attn$'], input_activations: {}, weights: null },
        },
      }),
    );
    const bits = (module: string): number | undefined => config?.schemeOf(module).bits;
    expect(bits('model.layers.0.mlp.up_proj')).toBe(4);
    expect(bits('model.layers.0.mlp.down_proj')).toBe(8);
    expect(bits('model.layers.1.mlp.down_proj')).toBe(3);
    expect(bits('model.language_model.layers.1.mlp.down_proj')).toBe(3);
    expect(bits('model.layers.1.self_attn.k_proj')).toBe(8);
    expect(bits('model.embed_tokens')).toBe(5);
  });

  it('infers the strategy where none is named', () => {
    const strategyOf = (more: object): unknown =>
      compressedTensorsConfig(
        declared({ config_groups: { g: { targets: ['Linear'], weights: { num_bits: 8, ...more } } } }),
      )?.schemeOf('m').strategy;
    expect(strategyOf({})).toBe('tensor');
    expect(strategyOf({ group_size: -1 })).toBe('channel');
    expect(strategyOf({ group_size: 64 })).toBe('group');
    expect(strategyOf({ strategy: 'block', block_structure: '128x64' })).toBe('block');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no groups', { config_groups: {} }, 'name no weights'],
    ['a preset', { config_groups: { W4A16: ['Linear'] } }, 'does not say how'],
    [
      'a group without a size',
      { config_groups: { g: { weights: weights(4, { group_size: null }) } } },
      'not read',
    ],
    [
      'a block without its sides',
      { config_groups: { g: { weights: weights(4, { strategy: 'block' }) } } },
      'not read',
    ],
    ['another type', { config_groups: { g: { weights: weights(4, { type: 'nf4' }) } } }, 'not read'],
    [
      'bits that are no number',
      { config_groups: { g: { weights: weights(4, { num_bits: '4' }) } } },
      'not read',
    ],
  ])('is refused by name: %s', (_, said, words) => {
    expect(() => compressedTensorsConfig(declared(said))).toThrow(
      expect.objectContaining({
        name: 'QuantizedWeights',
        message: expect.stringContaining(words) as string,
      }),
    );
  });

  it('is another method, or names no group for the module', () => {
    expect(compressedTensorsConfig({ ...declared({}), method: 'gptq' })).toBeNull();
    expect(compressedTensorsConfig(declared({ format: 'pack-quantized' }))).toBeNull();
    const two = {
      a: { targets: ['re:(a)'], weights: weights(4) },
      b: { targets: ['re:(a)\\1'], weights: weights(8) },
    };
    const config = compressedTensorsConfig(declared({ config_groups: two }));
    expect(config?.schemeOf('a').bits).toBe(4);
    expect(() => config?.schemeOf('b')).toThrow('syntax that is not read');
    const plain = { a: { targets: ['a'], weights: weights(4) }, b: { targets: ['b'], weights: weights(8) } };
    expect(() => compressedTensorsConfig(declared({ config_groups: plain }))?.schemeOf('c')).toThrow(
      'names the module c',
    );
  });
});

describe('a pattern of modules', () => {
  // JavaScript's own engine, anchored, is the reference: for these its syntax and Python's agree.
  const PATTERNS = [
    '.*lm_head',
    'visual.*',
    '.*self_attn.(q|k|v)_proj$',
    '.*\\.layers\\.(0|1|2)\\..*',
    '^model\\.layers\\.(?!0\\.).*_proj',
    '.*mlp\\.[gu]\\w+_proj$',
    'model\\.layers\\.\\d+\\..*?down_proj',
    '(?:a|b)*c?',
    '[^a-c.]+',
    '(a*)*b|(?=m)mo',
    '',
  ];
  const NAMES = [
    ...['lm_head', 'model.lm_head', 'visual.blocks.0.attn.qkv', 'model.visual.x', 'abac', 'aaab', 'mo', ''],
    ...['model.layers.0.self_attn.q_proj', 'model.layers.12.mlp.down_proj', 'model.layers.1.mlp.gate_proj'],
  ];

  it('matches as the engine of regular expressions does, from the beginning', () => {
    for (const source of PATTERNS) {
      const ours = modulePattern(source);
      for (const name of NAMES) {
        expect([source, name, ours?.(name)]).toEqual([source, name, new RegExp(`^(?:${source})`).test(name)]);
      }
    }
  });

  it.each(['a{2}', '(a)\\1', '(?<x>a)', '(a', 'a)', '[a', '*a', '\\p', '(?i)a', 'a'.repeat(300)])(
    'is not read: %s',
    (source) => {
      expect(modulePattern(source)).toBeNull();
    },
  );

  it('takes no longer for repeated repetitions', () => {
    const before = process.cpuUsage();
    expect(modulePattern('((a*)*)*(a*a*a*a*)*b')?.('a'.repeat(250))).toBe(false);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(5);
  });
});
