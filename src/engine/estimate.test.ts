import { describe, expect, it } from 'vitest';
import {
  estimateMemory,
  keptTextBytes,
  kvCacheBytes,
  rowsExtended,
  rowsPerBatch,
  rowsPerPrefill,
} from './estimate.ts';
import type { WeightDtype } from './protocol/device.ts';
import { QWEN_7B } from './testing/qwen-7b.ts';
import { weightMatrixBytes as matrix } from './testing/weight-bytes.ts';
import { planWeights } from './weights/plan.ts';

const { text } = QWEN_7B;
const GPU = { device: 'webgpu', maxTensorBytes: 2 ** 31 } as const;
const planned = (dtype: WeightDtype, { maxTensorBytes }: { readonly maxTensorBytes: number } = GPU) =>
  planWeights(QWEN_7B, dtype, maxTensorBytes);

/** The 7B model's arrays, written out from its architecture. */
function weightBytes(dtype: WeightDtype): number {
  const layer =
    2 * matrix(3584, 3584, dtype) +
    2 * matrix(512, 3584, dtype) +
    2 * matrix(18944, 3584, dtype) +
    matrix(3584, 18944, dtype) +
    4 * (2 * 3584 + 3584 + 2 * 512);
  const vision = dtype === 'q4' ? 'q8' : dtype;
  const block =
    matrix(3840, 1280, vision) +
    matrix(1280, 1280, vision) +
    2 * matrix(3420, 1280, vision) +
    matrix(1280, 3420, vision) +
    4 * (2 * 1280 + 3840 + 1280 + 2 * 3420 + 1280);
  const projector = matrix(5120, 5120, vision) + matrix(3584, 5120, vision) + 4 * (1280 + 5120 + 3584);
  const patches = 4 * 1280 * 1176;
  return 28 * layer + 32 * block + projector + patches + matrix(152064, 3584, dtype) + 4 * 3584;
}

describe('the estimate at 7B', () => {
  it.each(['f32', 'f16', 'q8', 'q4'] as const)('counts the bytes of every %s weight', (dtype) => {
    const estimate = estimateMemory(QWEN_7B, planned(dtype), { rows: 1, tokens: 1000 }, GPU, 0);
    expect(estimate.weightBytes).toBe(weightBytes(dtype));
  });

  it('of the weights is 4.8 GiB in q4 and 14.4 GiB in f16', () => {
    expect(weightBytes('q4') / 2 ** 30).toBeCloseTo(4.84, 1);
    expect(weightBytes('f16') / 2 ** 30).toBeCloseTo(14.42, 1);
  });

  it('counts 56 KiB × 2 of keys and values a token and row', () => {
    // 28 layers × 4 heads × 128 × 2 × 4 bytes.
    expect(kvCacheBytes(text, { rows: 1, tokens: 1 })).toBe(114_688);
    expect(kvCacheBytes(text, { rows: 29, tokens: 500 })).toBe(29 * 500 * 114_688);
  });

  it('counts what rows begin with: one row of the prompt on the device, and kept texts in host memory', () => {
    const shape = { rows: 29, tokens: 500 };
    const of = (device: 'webgpu' | 'wasm') =>
      estimateMemory(QWEN_7B, planned('q4'), shape, { ...GPU, device }, 0).kvCacheBytes;
    expect(of('webgpu')).toBe(30 * 500 * 114_688);
    // Three texts of up to 128 tokens, and one as each of 29 rows reads it.
    expect(of('wasm')).toBe((30 * 500 + 32 * 128) * 114_688);
    // There are no more ways than layers to leave out, and none of them.
    expect(keptTextBytes(text, { rows: 104, tokens: 20 })).toBe(32 * 20 * 114_688);
  });

  it('of rows that read on from an image takes so many at once as their scores and activations leave room for', () => {
    // 50 tokens of text behind 1000: gate, up and their product, six hidden-sized ones; three arrays of 28 heads' scores.
    const perRow = 4 * (50 * (3 * 18944 + 6 * 3584) + 3 * 28 * 50 * 1050);
    expect(rowsExtended(text, { fresh: 50, seen: 1050 }, GPU)).toBe(Math.floor(2 ** 30 / perRow));
    // The image itself in rows: a single row's do not fit.
    expect(rowsExtended(text, { fresh: 2000, seen: 2020 }, GPU)).toBe(0);
    expect(rowsExtended(text, { fresh: 50, seen: 1050 }, { ...GPU, maxTensorBytes: 1e6 })).toBe(0);
  });

  it('is the sum of its parts, and fits where there is room for all that is held', () => {
    const options = 'q4';
    const shape = { rows: 4, tokens: 512 };
    const free = estimateMemory(QWEN_7B, planned(options), shape, GPU, 0);
    expect(free.totalBytes).toBe(free.weightBytes + free.kvCacheBytes + free.activationBytes);
    const held = 1000;
    const budgetBytes = free.totalBytes + held;
    const exact = estimateMemory(QWEN_7B, planned(options), shape, { ...GPU, budgetBytes }, held);
    expect([exact.fits, exact.refusals]).toEqual([true, []]);
    const short = estimateMemory(QWEN_7B, planned(options), shape, { ...GPU, budgetBytes }, held + 1);
    expect(short.fits).toBe(false);
    expect(short.refusals[0]).toMatch(/GiB are needed, 0\.0 MiB are held, .* GiB may be used/);
  });

  it('refuses 7B on WASM with numbers', () => {
    const wasm = { device: 'wasm', maxTensorBytes: 2 ** 31 - 1 } as const;
    const estimate = estimateMemory(QWEN_7B, planned('q4', wasm), { rows: 1, tokens: 100 }, wasm, 0);
    expect(estimate.weightBytes).toBe(2 * weightBytes('q4'));
    expect(estimate.refusals).toHaveLength(1);
    expect(estimate.refusals[0]).toMatch(/9\.\d+ GiB are needed.*3\.00 GiB may be used: use WebGPU/);
  });

  it('names the array that no binding of the device takes; the head is split instead', () => {
    const small = { device: 'webgpu', maxTensorBytes: 128 * 2 ** 20 } as const;
    const of = (dtype: WeightDtype) =>
      estimateMemory(QWEN_7B, planned(dtype, small), { rows: 1, tokens: 100 }, small, 0);
    expect(of('q8').fits).toBe(true);
    expect(of('q8').largestBindingBytes).toBeLessThanOrEqual(128 * 2 ** 20);
    // A half-precision down_proj is 129.5 MiB.
    expect(of('f16').refusals).toEqual([
      expect.stringMatching(
        /mlp\..*_proj\.weight needs one binding of 129\.5 MiB, the device takes 128\.0 MiB/,
      ),
    ]);
  });
});

describe('rows a prefill may hold', () => {
  it('decodes as many 7B rows together as 2 GiB of keys and values hold, and one binding', () => {
    // 28 layers × 2 × 4 heads × 128 × 4 bytes a position.
    expect(rowsPerBatch(text, 2648, GPU)).toBe(Math.floor(2 ** 31 / (2648 * 114_688)));
    expect(rowsPerBatch(text, 128_000, GPU)).toBe(1);
    const small = { ...GPU, maxTensorBytes: 16 * 2 ** 20 };
    expect(rowsPerBatch(text, 2000, small)).toBe(Math.floor((16 * 2 ** 20) / (2000 * 4 * 128 * 4)));
  });

  it('grow as the prompt shrinks, and are at least one', () => {
    // Per token 4 × (3 × 18944 + 6 × 3584) bytes, within 1 GiB.
    expect(rowsPerPrefill(text, 300, GPU)).toBe(Math.floor(2 ** 30 / (300 * 313_344)));
    expect(rowsPerPrefill(text, 128_000, GPU)).toBe(1);
  });

  it('are bound by the largest binding too', () => {
    // A [rows, 300, 18944] float32 array within 128 MiB.
    expect(rowsPerPrefill(text, 300, { ...GPU, maxTensorBytes: 128 * 2 ** 20 })).toBe(5);
  });

  it('are few where attention is read: 28 × 1000 × 1000 scores a row', () => {
    const scores = 4 * 28 * 1000 ** 2;
    const row = 1000 * 313_344 + 3 * scores;
    expect(rowsPerPrefill(text, 1000, GPU, true)).toBe(Math.floor(2 ** 30 / row));
    // A binding of 130 MiB holds 68.4 MiB of scores once, and 57.8 MiB of an [800, 18944] array twice.
    const small = { ...GPU, maxTensorBytes: 130 * 2 ** 20 };
    expect([true, false].map((probed) => rowsPerPrefill(text, 800, small, probed))).toEqual([1, 2]);
    // 28 × 4378² × 4 bytes are just below 2 GiB.
    expect(rowsPerPrefill(text, 4378, GPU, true)).toBe(1);
    expect(() => rowsPerPrefill(text, 4379, GPU, true)).toThrow(
      expect.objectContaining({ name: 'AttentionTooLarge' }),
    );
  });
});
