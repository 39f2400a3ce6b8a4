/** Every layout of floats and of bitsandbytes against the values of the libraries (tools/quantized/README.md), bit for bit. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openCheckpoint, readTensorBytes } from '../../checkpoint.ts';
import { canonicalName } from '../../tensor-name.ts';
import { failureOf } from '../../testing/files.ts';
import type { DecodedFolder } from '../decoded-folder.ts';
import { matrixOf } from '../encoded.ts';
import { readableFolder } from '../open.ts';
import { TensorReader } from '../tensor-reader.ts';
import { codecOf } from '../codecs.ts';
import { floatCases, quantizedFolder } from '../testing/float-cases.ts';

const DATA = new URL('../../../../tools/quantized/data/floats/', import.meta.url);
const CASES = await floatCases((file) => new Uint8Array(readFileSync(new URL(file, DATA))));

function bitsOf(values: Float32Array): number[] {
  return [...new Uint32Array(values.buffer, values.byteOffset, values.length)];
}

/** What each is called on screen. */
const LABELS: Readonly<Record<string, string>> = {
  'fp8-tensor': 'FP8 (E4M3, one scale a tensor)',
  'fp8-channel': 'FP8 (E4M3, a scale for each row)',
  'fp8-group': 'FP8 (E4M3, a scale for each 32 columns)',
  'fp8-block': 'FP8 (E4M3, a scale for each block of 16 × 32)',
  'fp8-modelopt-e5m2': 'FP8 (E5M2, one scale a tensor)',
  mxfp8: 'FP8 (E4M3, a scale for each 32 columns)',
  'mxfp8-e8m0': 'FP8 (E4M3, a scale for each 32 columns)',
  'fp8-weight-scale-inv': 'FP8 (E4M3, a scale for each block of 128 × 128; E4M3, one scale a tensor)',
  nf4: 'bitsandbytes, NF4 in blocks of 32, NF4 in blocks of 64',
  'nf4-double': 'bitsandbytes, NF4 in blocks of 32, twice quantized, NF4 in blocks of 64, twice quantized',
  fp4: 'bitsandbytes, FP4 in blocks of 32, FP4 in blocks of 64',
  'fp4-double': 'bitsandbytes, FP4 in blocks of 32, twice quantized, FP4 in blocks of 64, twice quantized',
  int8: 'bitsandbytes, LLM.int8',
  nvfp4: 'NVFP4',
  'nvfp4-modelopt': 'NVFP4',
  mxfp4: 'MXFP4',
  'mxfp4-e8m0': 'MXFP4',
  'mxfp4-experts': 'MXFP4',
};

describe.each([...CASES])('%s', (name, { stored, values, declared }) => {
  it.each([
    ['with its declaration', declared],
    ['without', null],
  ])('opens %s, under one name, as plain weights', async (_, said) => {
    const opening = readableFolder(quantizedFolder(stored, said));
    if (said === null && name === 'fp8-block') {
      // Blocks of a size of their own cannot be told from the shapes alone.
      expect((await failureOf(opening)).name).toBe('InvalidTensor');
      return;
    }
    const checkpoint = await openCheckpoint(await opening);
    expect(checkpoint.format).toBe(LABELS[name]);
    // Block FP8 declares that inputs are rounded, too.
    const rounded = checkpoint.notices.filter(({ text }) => text.includes('inputs of the layers rounded'));
    expect(checkpoint.notices).toEqual(rounded);
    expect(rounded).toHaveLength(said !== null && name === 'fp8-weight-scale-inv' ? 1 : 0);
    expect([...checkpoint.tensors.keys()].sort()).toEqual([...values.keys()].map(canonicalName).sort());
    for (const [plain, expected] of values) {
      const entry = checkpoint.tensors.get(canonicalName(plain));
      if (!entry) throw new Error(plain);
      expect(entry.dtype).toBe('F32');
      const bytes = await readTensorBytes(checkpoint, entry);
      expect(bitsOf(new Float32Array(bytes.buffer))).toEqual(bitsOf(expected));
    }
  });

  it('gives any rows by themselves, and maps onto no packing', async () => {
    const files = quantizedFolder(stored, declared);
    const folder = (await readableFolder(files)) as DecodedFolder;
    for (const tensor of folder.format.tensors) {
      const { rows, columns } = matrixOf(tensor.shape);
      const expected = values.get(tensor.storedName) as Float32Array;
      const reader = new TensorReader(tensor, files);
      expect(codecOf(tensor).packing()).toBeNull();
      for (let first = 0; first < rows; first += 1) {
        const count = Math.min(rows - first, 1 + (first % 3));
        const part = await reader.values({ first, count });
        expect(bitsOf(part)).toEqual(bitsOf(expected.subarray(first * columns, (first + count) * columns)));
      }
    }
  });
});

describe('AutoRound, whose floats lie as other programs store them', () => {
  // As AutoRound 0.16.1 declares them.
  it.each([
    ['fp8-tensor', { data_type: 'fp', bits: 8, fmt: 'e4m3', group_size: 0, activation_scheme: 'dynamic' }, 1],
    ['mxfp8', { data_type: 'mx_fp', bits: 8, act_bits: 8, packing_format: 'auto_round:llm_compressor' }, 1],
    ['mxfp4', { data_type: 'mx_fp', bits: 4, act_bits: 16, packing_format: 'auto_round:llm_compressor' }, 0],
  ])('%s has the same values', async (name, said, notices) => {
    const { stored, values } = CASES.get(name) ?? { stored: new Map(), values: new Map() };
    const files = quantizedFolder(stored, { quant_method: 'auto-round', ...said });
    const checkpoint = await openCheckpoint(await readableFolder(files));
    expect(checkpoint.format).toBe(LABELS[name]);
    expect(checkpoint.notices).toHaveLength(notices);
    expect(values.size).toBeGreaterThan(0);
    for (const [plain, expected] of values) {
      const entry = checkpoint.tensors.get(canonicalName(plain));
      if (!entry) throw new Error(plain);
      const bytes = await readTensorBytes(checkpoint, entry);
      expect(bitsOf(new Float32Array(bytes.buffer))).toEqual(bitsOf(expected));
    }
  });
});
