import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NamedError } from '../../named-error.ts';
import { addErrors } from './error-sums.ts';
import type { QuantizedBits } from './quantize.ts';
import { dequantizeBlocks, quantizeBlocks } from './quantize.ts';

/** Written from the description of MatMulNBits alone: walks bytes in storage order, block by block. */
function referenceDequantize(
  packed: Uint8Array,
  scales: Float32Array,
  N: number,
  K: number,
  bits: QuantizedBits,
  block: number,
): number[] {
  const codes = bits === 8 ? [...packed] : [...packed].flatMap((byte) => [byte % 16, Math.floor(byte / 16)]);
  const blocks = Math.ceil(K / block);
  const padded = codes.map((code, at) =>
    Math.fround((code - 2 ** (bits - 1)) * (scales[Math.floor(at / block)] ?? NaN)),
  );
  return Array.from({ length: N }, (_, row) => {
    const start = row * blocks * block;
    return padded.slice(start, start + K);
  }).flat();
}

/** Codes of one block as llama.cpp's quantize_row_q4_0 writes them, in its own float32 arithmetic. */
function referenceCodes4(block: Float32Array): { codes: number[]; scale: number } {
  const extreme = block.reduce((best, weight) => (Math.abs(weight) > Math.abs(best) ? weight : best), 0);
  const scale = Math.fround(extreme / -8);
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  const codes = [...block].map((weight) =>
    Math.min(15, Math.trunc(Math.fround(Math.fround(weight * inverse) + 8.5))),
  );
  return { codes, scale };
}

const matrices = fc
  .record({
    N: fc.integer({ min: 1, max: 5 }),
    K: fc.integer({ min: 1, max: 100 }),
    bits: fc.constantFrom<QuantizedBits>(4, 8),
    block: fc.constantFrom(16, 32, 64),
  })
  .chain((shape) => {
    const length = shape.N * shape.K;
    const small = fc.float({
      noNaN: true,
      noDefaultInfinity: true,
      min: Math.fround(-0.1),
      max: Math.fround(0.1),
    });
    const any = fc.float({ noNaN: true, noDefaultInfinity: true });
    const values = fc.oneof(
      fc.float32Array({ minLength: length, maxLength: length, noNaN: true, noDefaultInfinity: true }),
      fc
        .array(fc.oneof(small, fc.constant(0), any), { minLength: length, maxLength: length })
        .map((list) => Float32Array.from(list)),
    );
    return values.map((weights) => ({ ...shape, weights: Float32Array.from(weights) }));
  });

describe('quantizeBlocks', () => {
  it('round trips to exactly what MatMulNBits computes with', () => {
    fc.assert(
      fc.property(matrices, ({ weights, N, K, bits, block }) => {
        const { packed, scales } = quantizeBlocks(weights, N, K, bits, block);
        expect(packed.length).toBe((N * Math.ceil(K / block) * block * bits) / 8);
        expect(scales.length).toBe(N * Math.ceil(K / block));
        const reference = referenceDequantize(packed, scales, N, K, bits, block);
        expect(dequantizeBlocks(packed, scales, N, K, bits, block)).toEqual(Float32Array.from(reference));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps every weight within its bound, and reports the error that there is', () => {
    fc.assert(
      fc.property(matrices, ({ weights, N, K, bits, block }) => {
        const { packed, scales, error } = quantizeBlocks(weights, N, K, bits, block);
        const restored = dequantizeBlocks(packed, scales, N, K, bits, block);
        const blocks = Math.ceil(K / block);
        let [squaredError, squaredNorm, maxAbs] = [0, 0, 0];
        weights.forEach((weight, index) => {
          const scale = scales[Math.floor(index / K) * blocks + Math.floor((index % K) / block)] ?? NaN;
          const off = Math.abs((restored[index] ?? NaN) - weight);
          const clamped = bits === 4 && weight / scale > 7.5;
          // The float32 product, and a scale among the subnormals, add their own rounding.
          const slack = Math.abs(weight) * 2 ** -23 + 128 * 2 ** -149;
          expect(off).toBeLessThanOrEqual(Math.abs(scale) * (clamped ? 1 : 0.5) * (1 + 1e-6) + slack);
          squaredError += off ** 2;
          squaredNorm += weight ** 2;
          maxAbs = Math.max(maxAbs, off);
        });
        expect(error.maxAbs).toBe(maxAbs);
        expect(Math.abs(error.squaredError - squaredError)).toBeLessThanOrEqual(1e-12 * squaredError);
        expect(Math.abs(error.squaredNorm - squaredNorm)).toBeLessThanOrEqual(1e-12 * squaredNorm);
      }),
      { numRuns: 500 },
    );
  });

  it('writes the codes that llama.cpp writes for q4_0', () => {
    const weights = Float32Array.from({ length: 32 * 64 }, (_, index) => 0.03 * Math.sin(index * index));
    const { packed, scales } = quantizeBlocks(weights, 1, weights.length, 4);
    for (let block = 0; block < 64; block += 1) {
      const { codes, scale } = referenceCodes4(weights.subarray(block * 32, block * 32 + 32));
      expect(scales[block]).toBe(scale);
      const bytes = [...packed.subarray(block * 16, block * 16 + 16)];
      expect(bytes.flatMap((byte) => [byte & 15, byte >> 4])).toEqual(codes);
    }
  });

  it('keeps the extreme weight of a 4-bit block exactly, whatever its sign', () => {
    for (const extreme of [0.3, -0.3]) {
      const weights = new Float32Array(32).fill(0.01);
      weights[5] = extreme;
      const { packed, scales } = quantizeBlocks(weights, 1, 32, 4);
      expect(dequantizeBlocks(packed, scales, 1, 32, 4)[5]).toBe(Math.fround(extreme));
    }
  });

  it.each<[QuantizedBits, number]>([
    [4, 0x88],
    [8, 128],
  ])('restores zeros of %d bits, and pads with them', (bits, zeros) => {
    const { packed, scales, error } = quantizeBlocks(new Float32Array(40), 1, 40, bits);
    expect([...packed]).toEqual(Array.from({ length: 8 * bits }, () => zeros));
    expect([...scales]).toEqual([0, 0]);
    expect([...dequantizeBlocks(packed, scales, 1, 40, bits)].every((weight) => weight === 0)).toBe(true);
    expect(error).toEqual({ squaredError: 0, squaredNorm: 0, maxAbs: 0 });
    const odd = quantizeBlocks(new Float32Array(33).fill(1), 1, 33, bits);
    expect([...odd.packed.subarray(bits === 4 ? 17 : 33)].every((byte) => byte === zeros)).toBe(true);
    if (bits === 4) expect((odd.packed[16] ?? 0) >> 4).toBe(8);
  });

  it('gives the same for a matrix in runs of rows', () => {
    fc.assert(
      fc.property(matrices, fc.nat(), ({ weights, N, K, bits, block }, cut) => {
        const rows = cut % (N + 1);
        const whole = quantizeBlocks(weights, N, K, bits, block);
        const head = quantizeBlocks(weights.subarray(0, rows * K), rows, K, bits, block);
        const tail = quantizeBlocks(weights.subarray(rows * K), N - rows, K, bits, block);
        expect([...head.packed, ...tail.packed]).toEqual([...whole.packed]);
        expect([...head.scales, ...tail.scales]).toEqual([...whole.scales]);
        const sum = addErrors(head.error, tail.error);
        expect(sum.maxAbs).toBe(whole.error.maxAbs);
        expect(Math.abs(sum.squaredNorm - whole.error.squaredNorm)).toBeLessThanOrEqual(
          1e-12 * sum.squaredNorm,
        );
      }),
    );
  });

  it.each([NaN, Infinity, -Infinity])('refuses %d, naming the tensor and the column', (value) => {
    const weights = new Float32Array(2 * 70);
    weights[70 + 66] = value;
    for (const bits of [4, 8] as const) {
      let error: unknown;
      try {
        quantizeBlocks(weights, 2, 70, bits, 32, 'lm_head.weight');
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(NamedError);
      expect(error).toMatchObject({ name: 'NonFiniteWeight', place: { tensor: 'lm_head.weight' } });
      expect(error).toHaveProperty('what', `a weight of ${value} in column 66 cannot be quantized`);
    }
  });

  it('survives the largest and the smallest weights of float32', () => {
    const largest = Float32Array.of(3.4028234663852886e38, -3.4028234663852886e38, 1e38);
    const smallest = Float32Array.of(2 ** -149, -(2 ** -149), 2 ** -140);
    for (const bits of [4, 8] as const) {
      for (const weights of [largest, smallest]) {
        const { packed, scales, error } = quantizeBlocks(weights, 1, 3, bits);
        const restored = dequantizeBlocks(packed, scales, 1, 3, bits);
        expect(restored.every(Number.isFinite)).toBe(true);
        expect(Number.isFinite(error.squaredError)).toBe(true);
      }
    }
  });

  it('refuses a matrix of another size', () => {
    expect(() => quantizeBlocks(new Float32Array(10), 2, 6, 4)).toThrow(RangeError);
  });
});
