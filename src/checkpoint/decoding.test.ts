import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFloat32 } from './decoding.ts';
import { floatToHalf } from './float16.ts';

/** IEEE 754 §3.4 read aloud: the value of a code with these field widths, in double arithmetic. */
function ieeeValue(code: number, exponentBits: number, mantissaBits: number): number {
  const sign = (code >> (exponentBits + mantissaBits)) & 1 ? -1 : 1;
  const exponent = (code >> mantissaBits) & (2 ** exponentBits - 1);
  const mantissa = code & (2 ** mantissaBits - 1);
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return mantissa === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * mantissa * 2 ** (1 - bias - mantissaBits);
  return sign * (2 ** mantissaBits + mantissa) * 2 ** (exponent - bias - mantissaBits);
}

const codes16 = Uint16Array.from({ length: 65536 }, (_, code) => code);
const codes8 = Uint8Array.from({ length: 256 }, (_, code) => code);
const bytesOf = (array: { buffer: ArrayBuffer }): Uint8Array<ArrayBuffer> => new Uint8Array(array.buffer);

/** toEqual tells 0 from -0 and takes NaN for NaN. */
function expectValues(found: Float32Array, value: (index: number) => number): void {
  for (let i = 0; i < found.length; i += 1) {
    if (!Object.is(found[i], value(i)))
      expect({ index: i, value: found[i] }).toEqual({ index: i, value: value(i) });
  }
}

describe('toFloat32', () => {
  it('is exact on every bfloat16', () => {
    expectValues(toFloat32(bytesOf(codes16), 'BF16'), (code) => ieeeValue(code, 8, 7));
  });

  it('is exact on every half', () => {
    expectValues(toFloat32(bytesOf(codes16), 'F16'), (code) => ieeeValue(code, 5, 10));
  });

  it('is exact on every E5M2', () => {
    expectValues(toFloat32(codes8, 'F8_E5M2'), (code) => ieeeValue(code, 5, 2));
  });

  it('is exact on every E4M3, which has no infinity and one NaN', () => {
    const e4m3 = (code: number): number => {
      if ((code & 0x7f) === 0x7f) return NaN;
      // The top exponent is an ordinary one here: 2^8 · (1 + m/8).
      if (((code >> 3) & 0xf) === 0xf) return (code & 0x80 ? -1 : 1) * 256 * (1 + (code & 7) / 8);
      return ieeeValue(code, 4, 3);
    };
    const values = toFloat32(codes8, 'F8_E4M3');
    expectValues(values, e4m3);
    expect(values[0x7e]).toBe(448);
    expect(values[0x01]).toBe(2 ** -9);
  });

  it('copies float32 bit for bit, NaN payloads and all', () => {
    const bits = Uint32Array.of(0x7fa00001, 0xffc12345, 0x80000000, 0x00000001, 0x3f800000);
    const out = toFloat32(bytesOf(bits), 'F32');
    expect(new Uint32Array(out.buffer)).toEqual(bits);
  });

  it('decodes integers and booleans', () => {
    expect([...toFloat32(bytesOf(Int8Array.of(-128, 127)), 'I8')]).toEqual([-128, 127]);
    expect([...toFloat32(Uint8Array.of(0, 255), 'U8')]).toEqual([0, 255]);
    expect([...toFloat32(bytesOf(Int16Array.of(-32768, 32767)), 'I16')]).toEqual([-32768, 32767]);
    expect([...toFloat32(bytesOf(Uint16Array.of(65535)), 'U16')]).toEqual([65535]);
    expect([...toFloat32(bytesOf(Int32Array.of(-(2 ** 31), 16777217)), 'I32')]).toEqual([
      -(2 ** 31),
      16777216,
    ]);
    expect([...toFloat32(bytesOf(Uint32Array.of(2 ** 32 - 1)), 'U32')]).toEqual([2 ** 32]);
    expect([...toFloat32(Uint8Array.of(0, 1, 2), 'BOOL')]).toEqual([0, 1, 1]);
    expect([...toFloat32(bytesOf(Float64Array.of(Math.PI, 1e300)), 'F64')]).toEqual([
      Math.fround(Math.PI),
      Infinity,
    ]);
  });

  it('rounds 64-bit integers once: no float32 lies nearer', () => {
    const distance = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);
    const check = (value: bigint, rounded: number): void => {
      const bits = new Uint32Array(Float32Array.of(rounded).buffer)[0] ?? 0;
      for (const step of [-1, 1]) {
        const neighbour = new Float32Array(Uint32Array.of(bits + step).buffer)[0] ?? 0;
        if (!Number.isInteger(neighbour)) continue;
        const farther = distance(BigInt(neighbour), value) - distance(BigInt(rounded), value);
        expect(farther > 0n || (farther === 0n && (bits & 1) === 0)).toBe(true);
      }
    };
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.nat({ max: 62 }), (wide, shift) => {
        // Just off the middle between two float32 values is where rounding twice goes wrong.
        const off = (1n << 62n) + (1n << 38n) + (wide >> BigInt(shift));
        for (const value of [wide, wide >> BigInt(shift), BigInt.asIntN(64, off)]) {
          check(value, toFloat32(bytesOf(BigInt64Array.of(value)), 'I64')[0] ?? NaN);
        }
        const unsigned = BigInt.asUintN(64, wide);
        check(unsigned, toFloat32(bytesOf(BigUint64Array.of(unsigned)), 'U64')[0] ?? NaN);
      }),
    );
    expect(toFloat32(bytesOf(BigInt64Array.of((1n << 62n) + (1n << 38n) + 1n)), 'I64')[0]).toBe(
      2 ** 62 + 2 ** 39,
    );
  });

  it('reads bytes that begin anywhere, and writes into what it is given', () => {
    const shifted = new Uint8Array(9);
    shifted.set(bytesOf(Float32Array.of(1.5, -2)), 1);
    const out = new Float32Array(2);
    expect(toFloat32(shifted.subarray(1), 'F32', out)).toBe(out);
    expect([...out]).toEqual([1.5, -2]);
  });

  it('refuses a length that does not fit', () => {
    expect(() => toFloat32(new Uint8Array(3), 'BF16')).toThrow(RangeError);
    expect(() => toFloat32(new Uint8Array(4), 'BF16', new Float32Array(3))).toThrow(RangeError);
  });
});

describe('floatToHalf', () => {
  it('brings every half back', () => {
    const values = toFloat32(bytesOf(codes16), 'F16');
    for (const code of codes16) {
      const value = values[code] ?? 0;
      if (Number.isNaN(value)) expect(ieeeValue(floatToHalf(value), 5, 10)).toBeNaN();
      else if (floatToHalf(value) !== code) expect(floatToHalf(value)).toBe(code);
    }
  });

  it('rounds halfway points between all neighbours to even, and their sides to the nearer', () => {
    const float32Step = (value: number, step: number): number =>
      new Float32Array(
        Uint32Array.of((new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0) + step).buffer,
      )[0] ?? NaN;
    for (let code = 0; code < 0x7bff; code += 1) {
      const middle = (ieeeValue(code, 5, 10) + ieeeValue(code + 1, 5, 10)) / 2;
      const found = [float32Step(middle, -1), middle, float32Step(middle, 1)].map(floatToHalf);
      const expected = [code, code % 2 === 0 ? code : code + 1, code + 1];
      if (found.join() !== expected.join()) expect({ code, found }).toEqual({ code, found: expected });
    }
  });

  it('becomes infinite from 65520 on', () => {
    expect(floatToHalf(65519.996)).toBe(0x7bff);
    expect(floatToHalf(65520)).toBe(0x7c00);
    expect(floatToHalf(-1e38)).toBe(0xfc00);
    expect([Infinity, -0, 2 ** -25, 1.5 * 2 ** -25].map(floatToHalf)).toEqual([0x7c00, 0x8000, 0, 1]);
  });
});
