import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../checkpoint.ts';
import { folder } from '../testing/files.ts';
import { writeSafetensors } from '../testing/safetensors.ts';
import { readableFolder } from './open.ts';
import { readsWhole, storedAs, storedWeightFiles } from './stored-as.ts';

const MODULE = 'model.layers.0.mlp.up_proj';
const [ROWS, COLUMNS] = [64, 128];

describe('how a decoded tensor is stored', () => {
  it('in bits and bytes of the disk; of plain ones beside it the dtype', async () => {
    const zeros = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length);
    const file = writeSafetensors([
      {
        name: `${MODULE}.qweight`,
        dtype: 'I32',
        shape: [COLUMNS / 8, ROWS],
        bytes: zeros((COLUMNS * ROWS) / 2),
      },
      { name: `${MODULE}.qzeros`, dtype: 'I32', shape: [1, ROWS / 8], bytes: zeros(ROWS / 2) },
      { name: `${MODULE}.scales`, dtype: 'F16', shape: [1, ROWS], bytes: zeros(2 * ROWS) },
      { name: 'model.norm.weight', dtype: 'BF16', shape: [8], bytes: zeros(16) },
    ]);
    const said = { quant_method: 'gptq', bits: 4, group_size: -1, desc_act: false, sym: false };
    const config = new File([JSON.stringify({ quantization_config: said })], 'config.json');
    const files = new Map([...folder({ 'only.safetensors': file }), ['config.json', config] as const]);
    const checkpoint = await openCheckpoint(await readableFolder(files));
    const entry = checkpoint.tensors.get(`${MODULE}.weight`);
    const norm = checkpoint.tensors.get('model.norm.weight');
    if (!entry || !norm) throw new RangeError('not opened');
    const bytes = (COLUMNS * ROWS) / 2 + ROWS / 2 + 2 * ROWS;
    expect(storedAs(checkpoint.files, entry)).toEqual({ dtype: '4 bits', bytes });
    expect(entry.bytes).toBe(4 * COLUMNS * ROWS);
    expect(storedAs(checkpoint.files, norm)).toEqual({ dtype: 'BF16', bytes: 16 });
    expect(checkpoint.bytes).toBe(bytes + 16);
    // Its words run along the inputs, a row through all of them.
    expect(readsWhole(checkpoint.files, entry)).toBe(true);
    expect(readsWhole(checkpoint.files, norm)).toBe(false);
    expect(storedWeightFiles(checkpoint)).toEqual(['only.safetensors']);
  });
});
