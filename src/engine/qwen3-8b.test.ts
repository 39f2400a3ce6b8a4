/** A folder of Qwen3-VL's size: opened, listed and checked without reading its weights; what it takes on a device. */
import { describe, expect, it } from 'vitest';
import { estimateMemory, kvCacheBytes } from './estimate.ts';
import { openFolder } from './folder.ts';
import type { WeightDtype } from './protocol/device.ts';
import type { ModelId } from './subject.ts';
import { QWEN3_8B, sparse8b } from './testing/qwen3-8b.ts';
import { weightMatrixBytes as matrix } from './testing/weight-bytes.ts';
import { planWeights } from './weights/plan.ts';

const ID = '8b' as ModelId;

describe('a folder of 8B', () => {
  it('opens and is listed in seconds, of 17.5 GB reading megabytes', async () => {
    const { files, count } = await sparse8b();
    const before = process.cpuUsage();
    const { summary } = await openFolder(ID, '8B', files);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(10);
    expect(count.bytes).toBeLessThan(40e6);
    expect(summary).toMatchObject({
      ...{ modelType: 'qwen3_vl', layers: 36, visionBlocks: 27, hiddenSize: 4096, heads: 32, kvHeads: 8 },
      ...{ tensors: 750, parameters: 8_767_123_696, tiedHead: false, contextLength: 262144, ignored: [] },
    });
    // Layers count from 1, the projectors with DeepStack's are 0, vision blocks below.
    const bytes = new Map(summary.layerBytes.map(({ index, bytes }) => [index, bytes]));
    expect([...bytes.keys()]).toEqual(Array.from({ length: 27 + 1 + 36 }, (_, index) => index - 27));
    const linears = 4608 * 4608 + 4608 + 4096 * 4608 + 4096;
    expect(bytes.get(0)).toBe(2 * (4 * linears + 2 * 1152 + 3 * 2 * 4608));
    expect(bytes.get(36)).toBe(
      2 * (2 * 4096 * 4096 + 2 * 1024 * 4096 + 3 * 12288 * 4096 + 2 * 4096 + 2 * 128),
    );
  });

  it('without one tensor of DeepStack is refused by its name', async () => {
    const { files } = await sparse8b('model.visual.deepstack_merger_list.2.linear_fc2.weight');
    await expect(openFolder(ID, '8B', files)).rejects.toMatchObject({
      name: 'MissingTensor',
      place: { tensor: 'visual.deepstack_merger_list.2.linear_fc2.weight' },
    });
  });
});

/** The model's arrays, written out from its architecture. */
function weightBytes(dtype: WeightDtype): number {
  const layer =
    2 * matrix(4096, 4096, dtype) +
    2 * matrix(1024, 4096, dtype) +
    2 * matrix(12288, 4096, dtype) +
    matrix(4096, 12288, dtype) +
    4 * (2 * 4096 + 2 * 128);
  const vision = dtype === 'q4' ? 'q8' : dtype;
  const block =
    matrix(3456, 1152, vision) +
    matrix(1152, 1152, vision) +
    matrix(4304, 1152, vision) +
    matrix(1152, 4304, vision) +
    4 * (4 * 1152 + 3456 + 1152 + 4304 + 1152);
  const projectors =
    4 * (matrix(4608, 4608, vision) + matrix(4096, 4608, vision) + 4 * (4608 + 4096)) +
    4 * (2 * 1152 + 3 * 2 * 4608);
  const patches = 4 * (1152 * 1536 + 1152 + 2304 * 1152);
  return 36 * layer + 27 * block + projectors + patches + matrix(151936, 4096, dtype) + 4 * 4096;
}

const planned = (dtype: WeightDtype, { maxTensorBytes }: { readonly maxTensorBytes: number }) =>
  planWeights(QWEN3_8B, dtype, maxTensorBytes);

describe('the estimate at 8B', () => {
  it.each(['f32', 'f16', 'q8', 'q4'] as const)('counts the bytes of every %s weight', (dtype) => {
    const gpu = { device: 'webgpu', maxTensorBytes: 2 ** 31 } as const;
    const shape = { rows: 1, tokens: 1000 };
    const estimate = estimateMemory(QWEN3_8B, planned(dtype, gpu), shape, gpu, 0);
    expect(estimate.weightBytes).toBe(weightBytes(dtype));
  });

  it('counts keys and values of 8 heads of 128 in 36 layers', () => {
    expect(kvCacheBytes(QWEN3_8B.text, { rows: 3, tokens: 7 })).toBe(3 * 7 * 36 * 8 * 128 * 2 * 4);
  });

  it('counts three hidden states more a token and row, of which prefills hold fewer rows', () => {
    // 4 × (3 × 12288 + 9 × 4096) bytes a token, within 1 GiB.
    const gpu = { device: 'webgpu', maxTensorBytes: 2 ** 31 } as const;
    const of = (rows: number) => estimateMemory(QWEN3_8B, planned('q4', gpu), { rows, tokens: 1000 }, gpu, 0);
    expect(of(1).activationBytes).toBe(1000 * 294_912);
    expect(of(100).activationBytes).toBe(3 * 1000 * 294_912);
  });

  it('refuses it on WASM, and where a GPU has no room or binds too little, with numbers', () => {
    const estimate = (device: 'webgpu' | 'wasm', dtype: WeightDtype, limits: object) => {
      const all = { device, maxTensorBytes: 2 ** 31 - 1, ...limits };
      return estimateMemory(QWEN3_8B, planned(dtype, all), { rows: 1, tokens: 100 }, all, 0);
    };
    expect(estimate('wasm', 'q4', {}).refusals).toEqual([
      expect.stringMatching(/^1\d\.\d+ GiB are needed.*3\.00 GiB may be used: use WebGPU/),
    ]);
    expect(estimate('webgpu', 'q4', { budgetBytes: 4 * 2 ** 30 }).refusals).toEqual([
      expect.stringMatching(/^5\.\d+ GiB are needed.*4\.00 GiB may be used/),
    ]);
    expect(estimate('webgpu', 'q4', { budgetBytes: 8 * 2 ** 30 }).fits).toBe(true);
    expect(estimate('webgpu', 'f32', { maxTensorBytes: 2 ** 27 }).refusals[0]).toMatch(
      /mlp\..*_proj\.weight needs one binding of 192\.0 MiB, the device takes 128\.0 MiB/,
    );
  });
});
