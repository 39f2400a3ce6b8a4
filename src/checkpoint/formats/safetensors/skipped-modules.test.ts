import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../checkpoint.ts';
import { readableFolder } from '../open.ts';
import { floatCases, quantizedFolder } from '../testing/float-cases.ts';

const DATA = new URL('../../../../tools/quantized/data/floats/', import.meta.url);
const CASES = await floatCases((file) => new Uint8Array(readFileSync(new URL(file, DATA))));
const FOUR_BITS = CASES.get('nf4') ?? { stored: new Map<string, never>(), declared: {} };

/** What is told where bitsandbytes' four matrices of a layer lie under `place`, and the config says more. */
async function told(place: string, said: object): Promise<string[]> {
  const stored = new Map(
    [...FOUR_BITS.stored].map(([name, tensor]) => [
      name.replace('model.language_model.layers.0', place),
      tensor,
    ]),
  );
  const files = quantizedFolder(stored, { ...FOUR_BITS.declared, ...said });
  const { notices } = await openCheckpoint(await readableFolder(files));
  return notices.map(({ text }) => text);
}

describe('modules that a config has skipped', () => {
  // As transformers 5.24.0 with bitsandbytes 0.50.2 saves a model that was loaded with llm_int8_skip_modules=["visual", "lm_head"].
  it('are told where they are quantized all the same', async () => {
    expect(await told('model.visual.blocks.0', {})).toEqual([
      'its quantization_config has visual skipped (llm_int8_skip_modules), and 4 quantized tensors lie there all the same: they are read as they are stored',
    ]);
    const awq = { llm_int8_skip_modules: null, modules_to_not_convert: ['blocks.0', 'blocks.1'] };
    expect(await told('model.visual.blocks.0', awq)).toEqual([
      expect.stringContaining(
        'has blocks.0 skipped (modules_to_not_convert), and 4 quantized tensors',
      ) as string,
    ]);
    const each = ['visual.blocks.0.mlp.up_proj', 'visual.blocks.0.mlp.down_proj', 'visual.blocks.0.attn'];
    expect(await told('model.visual.blocks.0', { llm_int8_skip_modules: each })).toEqual([
      expect.stringContaining('visual.blocks.0.mlp.down_proj and others skipped') as string,
    ]);
  });

  it('are not spoken of where they are as they were, or where others have names that begin alike', async () => {
    expect(await told('model.language_model.layers.0', {})).toEqual([]);
    expect(await told('model.visual_adapter.layers.0', {})).toEqual([]);
  });
});
