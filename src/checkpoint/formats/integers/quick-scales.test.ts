import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../work/seeded-random.ts';
import { toFloat32 } from '../../decoding.ts';
import type { BlockColumns } from '../codec.ts';
import type { CodeLayout } from './code-layout.ts';
import { storedShape, unpackCodes } from './code-layout.ts';
import { prepareKernels } from './kernels.ts';
import { packScales } from './matmul-blocks.ts';
import { quickScales, type ScaleCoding } from './quick-scales.ts';

const GPTQ: CodeLayout = { bits: 4, along: 'rows', order: 'columns', packing: 'dense', added: 0x11111111 };
const AWQ: CodeLayout = { bits: 4, along: 'rows', order: 'columns', packing: 'interleaved' };

interface Case {
  readonly rows: number;
  readonly columns: number;
  readonly group: number;
  readonly zeros: CodeLayout | null;
  readonly dtype: 'F16' | 'BF16';
  readonly order: 'rows' | 'columns';
  readonly block?: BlockColumns;
}

function made({ rows, columns, group, zeros, dtype, order }: Case) {
  const groups = Math.ceil(columns / group);
  const coding: ScaleCoding = {
    ...{ zeros, group, symmetric: zeros === null },
    scales: { dtype, order, rows: 1, groups },
  };
  const random = seededRandom(rows + columns);
  // Any number of 16 bits, subnormal and infinite ones too.
  const infinite = dtype === 'F16' ? 0x7c00 : 0x7f80;
  const scales = Uint16Array.from({ length: rows * groups }, () => {
    const bits = Math.floor(random() * 2 ** 16);
    return (bits & 0x7fff) > infinite ? infinite : bits;
  });
  const [tall, wide] = zeros ? storedShape(zeros, { rows, columns: groups }) : [0, 0];
  const points = Uint8Array.from({ length: 4 * tall * wide }, () => Math.floor(random() * 256));
  const bytes = { scales: new Uint8Array(scales.buffer), ...(zeros ? { zeros: points } : {}) };
  return { coding, bytes, groups };
}

/** Place by place, of all rows. */
function reference(item: Case, { coding, bytes, groups }: ReturnType<typeof made>, block: BlockColumns) {
  const { rows, columns, group, zeros, order } = item;
  const stored = toFloat32(bytes.scales, item.dtype);
  const bits = new Uint32Array(stored.buffer);
  const scales = new Float32Array(rows * groups);
  const out = new Uint32Array(scales.buffer);
  for (let row = 0; row < rows; row += 1) {
    for (let of = 0; of < groups; of += 1) {
      out[row * groups + of] = bits[order === 'rows' ? row * groups + of : of * rows + row] as number;
    }
  }
  const points = zeros
    ? unpackCodes(
        zeros,
        bytes.zeros as Uint8Array<ArrayBuffer>,
        { rows, columns: groups },
        { first: 0, count: rows },
      )
    : new Uint8Array(rows * groups);
  return packScales({ columns, groups, scales, zeros: points }, group, {
    bits: 4,
    zeroPoints: !coding.symmetric,
    block,
  });
}

beforeAll(prepareKernels);

describe('scales and zeros of blocks', () => {
  it.each<Case>([
    { rows: 72, columns: 512, group: 128, zeros: GPTQ, dtype: 'F16', order: 'columns' },
    { rows: 72, columns: 512, group: 128, zeros: AWQ, dtype: 'F16', order: 'columns' },
    // Odd numbers of rows, groups and blocks; a last group of less.
    { rows: 13, columns: 352, group: 96, zeros: GPTQ, dtype: 'BF16', order: 'columns' },
    { rows: 24, columns: 160, group: 32, zeros: AWQ, dtype: 'F16', order: 'columns' },
    { rows: 9, columns: 288, group: 288, zeros: GPTQ, dtype: 'F16', order: 'columns' },
    // More than is made at once.
    { rows: 5000, columns: 1024, group: 64, zeros: AWQ, dtype: 'F16', order: 'columns' },
    { rows: 2003, columns: 4096, group: 128, zeros: null, dtype: 'BF16', order: 'rows' },
    { rows: 7, columns: 96, group: 32, zeros: null, dtype: 'F16', order: 'rows' },
    { rows: 11, columns: 200, group: 200, zeros: null, dtype: 'F16', order: 'columns' },
    // Blocks as wide as a group, half as wide, and of a whole row.
    { rows: 72, columns: 512, group: 128, zeros: GPTQ, dtype: 'F16', order: 'columns', block: 128 },
    { rows: 13, columns: 768, group: 256, zeros: AWQ, dtype: 'BF16', order: 'columns', block: 128 },
    { rows: 2003, columns: 4096, group: 128, zeros: null, dtype: 'BF16', order: 'rows', block: 128 },
    { rows: 9, columns: 384, group: 384, zeros: GPTQ, dtype: 'F16', order: 'columns', block: 128 },
  ])('$rows rows of $columns columns, groups of $group, blocks of $block', (item) => {
    const given = made(item);
    const { block = 32 } = item;
    const expected = reference(item, given, block);
    const size = { rows: item.rows, columns: item.columns };
    const quick = quickScales(given.coding, given.bytes, size, { first: 0, count: item.rows }, block);
    expect(quick && new Uint32Array(quick.scales.buffer)).toEqual(new Uint32Array(expected.scales.buffer));
    expect(quick?.zeroPoints).toEqual(expected.zeroPoints);
    if (item.order === 'rows' || item.rows < 16) return;
    const some = quickScales(given.coding, given.bytes, size, { first: 8, count: 5 }, block);
    const wide = expected.scales.length / item.rows;
    expect(some && new Uint32Array(some.scales.buffer)).toEqual(
      new Uint32Array(expected.scales.slice(8 * wide, 13 * wide).buffer),
    );
    const zeroBytes = (expected.zeroPoints?.length ?? 0) / item.rows;
    expect(some?.zeroPoints ?? null).toEqual(
      expected.zeroPoints?.slice(8 * zeroBytes, 13 * zeroBytes) ?? null,
    );
  });

  it('are left to be taken apart where zeros are of other bits, or not what symmetric codes have', () => {
    const size = { rows: 16, columns: 128 };
    const all = { first: 0, count: 16 };
    const item = { ...size, group: 32, zeros: GPTQ, dtype: 'F16', order: 'columns' } as const;
    const { coding, bytes } = made(item);
    expect(quickScales({ ...coding, zeros: { ...GPTQ, bits: 8 } }, bytes, size, all)).toBeNull();
    expect(quickScales(coding, bytes, size, { first: 4, count: 8 })).toBeNull();
    expect(quickScales({ ...coding, symmetric: true }, bytes, size, all)).toBeNull();
    const middle = { ...bytes, zeros: new Uint8Array(32).fill(0x77) };
    const scaled = quickScales({ ...coding, symmetric: true }, middle, size, all);
    expect(scaled?.scales).toHaveLength(16 * 4);
    expect(scaled?.zeroPoints).toBeNull();
  });
});
