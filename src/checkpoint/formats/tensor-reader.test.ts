import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../work/seeded-random.ts';
import type { AnyEncoded } from './codecs.ts';
import { TensorReader } from './tensor-reader.ts';

const ROWS = 40;
const COLUMNS = 64;

/** GPTQ's layout, 4 bits in groups of 32: codes, then scales. */
function gptq(): { readonly tensor: AnyEncoded; readonly file: File } {
  const random = seededRandom(3);
  const codes = Uint8Array.from({ length: (ROWS * COLUMNS) / 2 }, () => Math.floor(random() * 256));
  const scales = Float32Array.from({ length: ROWS * 2 }, () => random());
  const part = { file: 'x', name: 'q', shape: [] };
  const end = codes.length + scales.byteLength;
  return {
    file: new File([codes, scales], 'x'),
    tensor: {
      storedName: 'x.weight',
      shape: [ROWS, COLUMNS],
      codec: 'integers',
      coding: {
        codes: { bits: 4, along: 'columns', order: 'columns', packing: 'dense' },
        zeros: null,
        scales: { dtype: 'F32', order: 'columns', rows: 1, groups: 2 },
        group: 32,
        symmetric: true,
      },
      parts: {
        codes: { ...part, dtype: 'I32', start: 0, end: codes.length },
        scales: { ...part, dtype: 'F32', start: codes.length, end },
      },
    },
  };
}

describe('rows of a tensor whose layout runs the other way', () => {
  it('are the same before and after all were packed, which may write over what was read', async () => {
    const { tensor, file } = gptq();
    const reader = new TensorReader(tensor, new Map([['x', file]]));
    const all = { first: 0, count: ROWS };
    const values = (await reader.values(all)).slice();
    const packed = await reader.packed(all);
    const piece = await reader.packed({ first: 8, count: 16 });
    expect(piece.packed).toEqual(packed.packed.slice((8 * COLUMNS) / 2, (24 * COLUMNS) / 2));
    expect(await reader.packed(all)).toEqual(packed);
    expect(await reader.values(all)).toEqual(values);
  });
});
