import { describe, expect, it } from 'vitest';
import { sameBytes } from './equal-bytes.ts';

describe('typed arrays', () => {
  const made = Float32Array.from({ length: 1_000_000 }, (_, at) => at / 3);
  const large = () => made.slice();

  it('of the same bytes are equal, soon, at any depth', () => {
    const before = process.cpuUsage();
    for (let times = 0; times < 5; times++)
      expect(new Map([['a', [large()]]])).toEqual(new Map([['a', [large()]]]));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(2);
    expect(sameBytes(Float32Array.of(NaN, -0), Float32Array.of(NaN, -0))).toBe(true);
    expect(sameBytes(Uint8Array.of(1, 2, 3).subarray(1), Uint8Array.of(2, 3))).toBe(true);
  });

  it('that differ in a byte, in length or in kind are left to the rules for them', () => {
    const other = large();
    other[999_999] = 0;
    expect(sameBytes(large(), other)).toBeUndefined();
    expect(Float32Array.of(1, 2)).not.toEqual(Float32Array.of(1, 3));
    expect(Float32Array.of(0)).not.toEqual(Float32Array.of(-0));
    expect(Uint8Array.of(1)).not.toEqual(Int8Array.of(1));
    expect(Uint8Array.of(1)).not.toEqual(Uint8Array.of(1, 0));
    expect(sameBytes([1], [1])).toBeUndefined();
    expect(sameBytes(Uint8Array.of(1), [1])).toBeUndefined();
  });
});
