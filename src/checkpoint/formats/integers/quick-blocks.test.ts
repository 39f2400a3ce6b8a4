import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../work/seeded-random.ts';
import { codeBytes, storedShape, unpackCodes, type CodeLayout } from './code-layout.ts';
import { packCodes } from './matmul-blocks.ts';
import { quickBlocks } from './quick-blocks.ts';
import { prepareKernels } from './kernels.ts';

const LAYOUTS: Readonly<Record<string, CodeLayout>> = {
  'compressed-tensors, 4 bits': { bits: 4, along: 'columns', order: 'rows', packing: 'padded' },
  'compressed-tensors, 4 bits, dense': { bits: 4, along: 'columns', order: 'rows', packing: 'dense' },
  'compressed-tensors, 8 bits': { bits: 8, along: 'columns', order: 'rows', packing: 'padded' },
  'signed bytes': { bits: 8, along: 'columns', order: 'rows', packing: 'bytes' },
  'GPTQ, 4 bits': { bits: 4, along: 'columns', order: 'columns', packing: 'dense' },
  'GPTQ, 8 bits': { bits: 8, along: 'columns', order: 'columns', packing: 'dense' },
  AWQ: { bits: 4, along: 'rows', order: 'columns', packing: 'interleaved' },
};
const SIZE = { rows: 72, columns: 160 };

beforeAll(prepareKernels);

describe('blocks of whole words', () => {
  it.each(Object.entries(LAYOUTS))('%s: as codes that were taken apart and packed', (_, layout) => {
    const [tall, wide] = storedShape(layout, SIZE);
    const random = seededRandom(5);
    const stored = Uint8Array.from({ length: tall * wide * (layout.packing === 'bytes' ? 1 : 4) }, () =>
      Math.floor(random() * 256),
    );
    for (const rows of [
      { first: 0, count: 72 },
      { first: 8, count: 40 },
    ]) {
      const bytes = stored.slice(...codeBytes(layout, SIZE, rows));
      const codes = unpackCodes(layout, bytes, SIZE, rows);
      const [scales, zeros] = [new Float32Array(rows.count), new Uint8Array(rows.count)];
      const packed = packCodes(
        codes,
        { columns: SIZE.columns, groups: 1, scales, zeros },
        { bits: layout.bits, zeroPoints: true, block: 32 },
      );
      expect(quickBlocks(layout, bytes, SIZE, rows)).toEqual(packed);
    }
  });

  it('leaves what is not whole words, or is added to, to be taken apart', () => {
    const [gptq, awq] = [LAYOUTS['GPTQ, 4 bits'] as CodeLayout, LAYOUTS['AWQ'] as CodeLayout];
    const bytes = new Uint8Array(72 * 160);
    const rows = { first: 0, count: 72 };
    expect(quickBlocks({ ...gptq, bits: 3 }, bytes, SIZE, rows)).toBeNull();
    expect(quickBlocks({ ...gptq, added: 1 }, bytes, SIZE, rows)).toBeNull();
    expect(quickBlocks(gptq, bytes, { rows: 72, columns: 40 }, rows)).toBeNull();
    expect(quickBlocks(awq, bytes, SIZE, { first: 4, count: 8 })).toBeNull();
  });
});
