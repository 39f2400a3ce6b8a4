import { describe, expect, it } from 'vitest';
import { values } from '../../graph/testing/random.ts';
import { convertRows } from './convert.ts';
import { dequantizeBlocks } from './quantize.ts';

const bytesOf = (data: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => new Uint8Array(data.buffer);
const task = { tensor: 't', rows: 1, columns: 4 } as const;
const [one, third] = [1, Math.fround(1 / 3)];

describe('to f32', () => {
  it('passes F32 on without a copy and widens BF16 exactly', () => {
    const stored = bytesOf(Float32Array.of(1, -2, 0.1, NaN));
    expect(convertRows(stored, { ...task, dtype: 'F32', format: 'f32' })).toEqual({
      arrays: [stored],
      error: null,
    });
    // BF16 is the upper half of a float32: 1 and −2.
    const { arrays } = convertRows(Uint8Array.of(0x80, 0x3f, 0x00, 0xc0), {
      ...task,
      columns: 2,
      dtype: 'BF16',
      format: 'f32',
    });
    expect(new Float32Array(arrays[0]?.buffer as ArrayBuffer)).toEqual(Float32Array.of(1, -2));
  });
});

describe('to f16', () => {
  it('passes F16 on, infinities and all', () => {
    const stored = Uint8Array.of(0, 0x7c, 0, 0x3c, 0, 0, 1, 0);
    expect(convertRows(stored, { ...task, dtype: 'F16', format: 'f16' })).toEqual({
      arrays: [stored],
      error: null,
    });
  });

  it('rounds to the nearest half and reports what that lost', () => {
    const stored = bytesOf(Float32Array.of(one, third, -65504, 2 ** -25));
    const { arrays, error } = convertRows(stored, { ...task, dtype: 'F32', format: 'f16' });
    // 1/3 is 0x3555, which is 0.333251953125; 2^-25 is half the least subnormal and goes to even, zero.
    expect([...new Uint16Array(arrays[0]?.buffer as ArrayBuffer)]).toEqual([0x3c00, 0x3555, 0xfbff, 0]);
    const lost = third - 0.333251953125;
    expect(error?.maxAbs).toBeCloseTo(lost, 15);
    expect(error?.squaredError).toBeCloseTo(lost ** 2 + 2 ** -50, 15);
    expect(error?.squaredNorm).toBeCloseTo(1 + third ** 2 + 65504 ** 2, 3);
  });

  it('keeps NaN and infinities, which halves have too, out of the error', () => {
    const stored = bytesOf(Float32Array.of(NaN, Infinity, -Infinity, one));
    const { arrays, error } = convertRows(stored, { ...task, dtype: 'F32', format: 'f16' });
    expect([...new Uint16Array(arrays[0]?.buffer as ArrayBuffer)]).toEqual([0x7e00, 0x7c00, 0xfc00, 0x3c00]);
    expect(error).toEqual({ squaredError: 0, squaredNorm: 1, maxAbs: 0 });
  });

  it('refuses a finite value that is none, with value, limit and tensor', () => {
    const stored = bytesOf(Float32Array.of(1, 65520, 0, 0));
    const convert = () => convertRows(stored, { ...task, dtype: 'F32', format: 'f16' });
    expect(convert).toThrow(
      expect.objectContaining({ name: 'WeightOverflow', place: { tensor: 't' } }) as Error,
    );
    expect(convert).toThrow(/65520.*65504/);
  });
});

describe('to blocks', () => {
  it.each(['q8', 'q4'] as const)('in %s the error is that of the round trip', (format) => {
    const [rows, columns] = [3, 52];
    const dense = values(rows * columns, 3);
    const { arrays, error } = convertRows(bytesOf(dense), {
      tensor: 't',
      dtype: 'F32',
      rows,
      columns,
      format,
    });
    const [packed, scales] = arrays as [Uint8Array, Uint8Array<ArrayBuffer>];
    const back = dequantizeBlocks(
      packed,
      new Float32Array(scales.buffer),
      rows,
      columns,
      format === 'q8' ? 8 : 4,
    );
    const off = [...dense].map((value, index) => Math.abs((back[index] as number) - value));
    expect(error?.maxAbs).toBe(Math.max(...off));
    expect(error?.squaredError).toBeCloseTo(
      off.reduce((sum, value) => sum + value ** 2, 0),
      10,
    );
    expect(error?.squaredNorm).toBeCloseTo(
      dense.reduce((sum, value) => sum + value ** 2, 0),
      10,
    );
  });

  it('refuses NaN and infinities by tensor', () => {
    const stored = bytesOf(Float32Array.of(1, NaN, 0, 0));
    const convert = () => convertRows(stored, { ...task, dtype: 'F32', format: 'q4' });
    expect(convert).toThrow(
      expect.objectContaining({ name: 'NonFiniteWeight', place: { tensor: 't' } }) as Error,
    );
  });
});
