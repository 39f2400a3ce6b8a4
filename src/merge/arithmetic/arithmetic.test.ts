import { beforeAll, describe, expect, it } from 'vitest';
import { readHeader } from '../../checkpoint/header.ts';
import { toFloat32 } from '../../checkpoint/decoding.ts';
import type { Dtype } from '../../checkpoint/dtype.ts';
import { readFromDisk } from '../../engine/testing/goldens-from-disk.ts';
import { addNoise, interpolate } from './blend.ts';
import type { ComputedDtype } from './encoding.ts';
import { COMPUTED_DTYPES, encode } from './encoding.ts';
import { normals } from './normal-stream.ts';
import { philox4x32 } from './philox.ts';
import { Spread } from './spread.ts';

const ALPHAS = [0.1, 0.3, 0.5, 0.9];
const FILE = 'expected/merge-arithmetic.safetensors';

/** Stored bytes and float32 values of each golden tensor. */
const golden = new Map<
  string,
  { bytes: Uint8Array<ArrayBuffer>; dtype: Dtype; values: Float32Array<ArrayBuffer> }
>();
const find = (name: string) => {
  const found = golden.get(name);
  if (!found) throw new RangeError(`no golden ${name}`);
  return { ...found, values: found.values.slice() };
};

beforeAll(async () => {
  const file = new File([await readFromDisk(FILE)], FILE);
  for (const tensor of (await readHeader(file, FILE)).tensors) {
    const bytes = new Uint8Array(await file.slice(tensor.start, tensor.end).arrayBuffer());
    golden.set(tensor.storedName, { bytes, dtype: tensor.dtype, values: toFloat32(bytes, tensor.dtype) });
  }
});

describe('Philox4x32-10 gives the known answers of Random123', () => {
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('%j, key %j', (counter, [key0 = 0, key1 = 0], expected) => {
    const words = Uint32Array.from(counter);
    philox4x32(words, key0, key1);
    expect([...words]).toEqual(expected);
  });
});

describe.each(COMPUTED_DTYPES)('%s', (dtype: ComputedDtype) => {
  it.each(ALPHAS)('interpolates by %d bit for bit as PyTorch', (alpha) => {
    const { values } = find(`${dtype}.a`);
    interpolate(values, find(`${dtype}.b`).values, alpha);
    expect(encode(values, dtype, 't')).toEqual(find(`${dtype}.mix.${alpha}`).bytes);
  });

  it('gets the noise of NumPy, bit for bit, with the deviation of torch.std', () => {
    const { values } = find(`${dtype}.a`);
    const spread = new Spread();
    for (let at = 0; at < values.length; at += 100) spread.add(values.subarray(at, at + 100));
    const [deviation = 0] = wide(`${dtype}.std`);
    expect(spread.deviation / deviation).toBeCloseTo(1, 12);
    const z = new Float64Array(values.length);
    normals({ seed: 11, tensor: `${dtype}.a` }, 0, z);
    addNoise(values, z, 0.3, spread.deviation);
    expect(encode(values, dtype, 't')).toEqual(find(`${dtype}.noise`).bytes);
  });
});

it('a bfloat16 frame with a float32 donor is rounded once', () => {
  const { values } = find('BF16.a');
  interpolate(values, find('F32.b').values, 0.3);
  expect(encode(values, 'BF16', 't')).toEqual(find('mixed').bytes);
});

it('bfloat16 rounds ties to even, keeps signs and NaN, overflows to infinity', () => {
  expect(encode(find('special').values, 'BF16', 't')).toEqual(find('special.BF16').bytes);
  const nan = encode(Float32Array.of(NaN, -Infinity), 'BF16', 't');
  expect([...toFloat32(nan, 'BF16')]).toEqual([NaN, -Infinity]);
});

it('a weight too large for half precision is named, not made infinite', () => {
  expect(() => encode(Float32Array.of(1, 70_000), 'F16', 'model.norm.weight')).toThrow(
    /70000.*model\.norm\.weight/,
  );
});

/** Stored float64 values; `values` above have lost half their digits. */
function wide(name: string): Float64Array {
  const { bytes } = find(name);
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
}

describe('a stream of normals', () => {
  const stream = { seed: 11, tensor: 'BF16.a' };

  it('is that of NumPy, also far out', () => {
    for (const [name, first] of [
      ['normals', 0],
      ['normals.far', 4 * (2 ** 32 + 5) + 3],
    ] as const) {
      const expected = wide(name);
      const out = new Float64Array(expected.length);
      normals(stream, first, out);
      out.forEach((value, i) => expect(Math.abs(value - Number(expected[i]))).toBeLessThan(1e-14));
    }
  });

  it('is the same in pieces of any size and order', () => {
    const whole = new Float64Array(1001);
    normals(stream, 0, whole);
    for (const [first, count] of [
      [997, 4],
      [2, 1],
      [5, 6],
      [4, 8],
      [3, 0],
      [1, 1000],
    ] as const) {
      const piece = new Float64Array(count);
      normals(stream, first, piece);
      expect(piece).toEqual(whole.subarray(first, first + count));
    }
  });

  it('has mean 0, deviation 1, the quartiles of a normal, and no echo of its neighbour', () => {
    const count = 400_000;
    const z = new Float64Array(count);
    normals({ seed: 1, tensor: 'model.layers.3.mlp.up_proj.weight' }, 0, z);
    const mean = z.reduce((sum, value) => sum + value, 0) / count;
    const variance = z.reduce((sum, value) => sum + value ** 2, 0) / count;
    const kurtosis = z.reduce((sum, value) => sum + value ** 4, 0) / count;
    const echo = z.reduce((sum, value, i) => sum + value * (z[i + 1] ?? 0), 0) / count;
    const within = z.filter((value) => Math.abs(value) < 0.6744897501960817).length / count;
    // Five standard errors of each.
    const bound = 5 / Math.sqrt(count);
    expect(Math.abs(mean)).toBeLessThan(bound);
    expect(Math.abs(variance - 1)).toBeLessThan(bound * Math.SQRT2);
    expect(Math.abs(kurtosis - 3)).toBeLessThan(bound * Math.sqrt(96));
    expect(Math.abs(echo)).toBeLessThan(bound);
    expect(Math.abs(within - 0.5)).toBeLessThan(bound / 2);
  });

  it('differs by seed and by tensor, without correlation', () => {
    const draw = (seed: number, tensor: string): Float64Array => {
      const out = new Float64Array(20_000);
      normals({ seed, tensor }, 0, out);
      return out;
    };
    const one = draw(0, 'a');
    for (const other of [draw(1, 'a'), draw(0, 'b'), draw(2 ** 31, 'a')]) {
      const correlation = one.reduce((sum, value, i) => sum + value * Number(other[i]), 0) / one.length;
      expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(one.length));
    }
  });
});

it('the deviation of values far from zero keeps its digits', () => {
  const spread = new Spread();
  spread.add(Float32Array.of(1e4, 1e4 + 1));
  spread.add(Float32Array.of(1e4 + 2));
  expect(spread.deviation).toBe(1);
  expect(new Spread().deviation).toBe(0);
});
