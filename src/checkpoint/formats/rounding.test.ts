import { describe, expect, it } from 'vitest';
import { normals } from './testing/normal-values.ts';
import type { Encoder, RoundingError } from './encoder.ts';
import { packedEncoder } from './compressed-tensors/write.ts';
import { awqEncoder } from './gptq-awq/write.ts';
import { around, type Levels, searchAffine, searchScale, toBfloat16 } from './rounding.ts';

const LEVELS: Levels = { lowest: -8, highest: 7, divisor: 7.5, multiples: around(0.86, 0.03, 13) };

/** Σ (w − v)² with each value rounded by the definition. */
function lossOf(values: Float32Array, scale: number, zero = 0, lowest = -8, highest = 7): number {
  return values.reduce((sum, value) => {
    const code = Math.min(highest, Math.max(lowest, zero + Math.round(value / scale)));
    return sum + (value - (code - zero) * scale) ** 2;
  }, 0);
}

describe('the search for a scale', () => {
  it('finds the candidate with the least squared error, judged as it is stored', () => {
    const values = normals(3, 128);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const candidates = LEVELS.multiples.map((multiple) => toBfloat16((largest / 7.5) * multiple));
    const least = Math.min(...candidates.map((scale) => lossOf(values, scale)));
    const found = searchScale(values, 0, 128, LEVELS, toBfloat16);
    expect(candidates).toContain(found);
    expect(lossOf(values, found)).toBeCloseTo(least, 12);
    expect(least).toBeLessThan(0.9 * lossOf(values, toBfloat16(largest / 7.5)));
  });

  it('takes a group that has exact codes as it is', () => {
    const values = Float32Array.from({ length: 32 }, (_, i) => ((i % 16) - 8) * 0.25);
    const exact: Levels = { ...LEVELS, divisor: 8, multiples: around(1, 0.05, 7) };
    expect(searchScale(values, 0, 32, exact, toBfloat16)).toBe(0.25);
    const found = { scale: 0, zero: 0 };
    searchAffine(values, 0, 32, { highest: 15, multiples: around(1, 0.05, 7) }, toBfloat16, found);
    expect(found).toEqual({ scale: 0.25, zero: 8 });
  });

  it('gives the largest magnitude the lowest code where the scale may be negative', () => {
    const values = Float32Array.from({ length: 32 }, (_, i) => (i % 16 === 3 ? 2 : (i % 8) * 0.25 - 0.75));
    const signed: Levels = { ...LEVELS, divisor: -8, multiples: [1], signed: true };
    expect(searchScale(values, 0, 32, signed, toBfloat16)).toBe(-0.25);
  });

  it('gives zeros some scale, and what is not finite none', () => {
    expect(searchScale(new Float32Array(32), 0, 32, LEVELS, toBfloat16)).toBeGreaterThan(0);
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      const values = normals(1, 32);
      values[7] = bad;
      expect(searchScale(values, 0, 32, LEVELS, toBfloat16), String(bad)).toBeNaN();
      const found = { scale: 0, zero: 0 };
      searchAffine(values, 0, 32, { highest: 15, multiples: [1] }, toBfloat16, found);
      expect(found.scale, String(bad)).toBeNaN();
    }
  });
});

const BYTES = { I32: 4, I64: 8, BF16: 2, F16: 2 } as const;

function encoded(
  encoder: Encoder,
  values: Float32Array,
  rows: number,
  step: number,
): { readonly parts: Uint8Array<ArrayBuffer>[]; readonly error: RoundingError } {
  const matrix = { rows, columns: values.length / rows };
  const parts = encoder
    .parts(matrix)
    .map(({ dtype, shape }) => new Uint8Array(shape.reduce((a, b) => a * b, BYTES[dtype as 'I32'])));
  const error = { squared: 0, energy: 0, largest: 0 };
  for (let first = 0; first < rows; first += step) {
    const count = Math.min(step, rows - first);
    const some = values.subarray(first * matrix.columns, (first + count) * matrix.columns);
    encoder.encode(some, { first, count }, matrix, parts, error);
  }
  return { parts, error };
}

describe.each([
  ['4 bits in groups', packedEncoder({ bits: 4, group: 32 })],
  ['4 bits a channel', packedEncoder({ bits: 4, group: null })],
  ['8 bits in groups', packedEncoder({ bits: 8, group: 32 })],
  ['AWQ', awqEncoder(32)],
])('an encoder, %s', (_, encoder) => {
  const values = normals(5, 24 * 96);

  it('gives the same bytes however the rows are cut', () => {
    const whole = encoded(encoder, values, 24, 24);
    for (const step of [1, 5, 8]) {
      const cut = encoded(encoder, values, 24, step);
      expect(cut.parts, `${step} rows at a time`).toEqual(whole.parts);
      expect(cut.error.squared).toBeCloseTo(whole.error.squared, 12);
      expect(cut.error.largest).toBe(whole.error.largest);
    }
    expect(whole.error.energy).toBeCloseTo(
      values.reduce((sum, value) => sum + value * value, 0),
      8,
    );
  });

  it('says of a value that is not finite that nothing is known of the loss', () => {
    const bad = values.slice();
    bad[100] = Number.NaN;
    expect(encoded(encoder, bad, 24, 24).error.squared).toBeNaN();
  });
});

describe('where bytes lie', () => {
  it('compressed-tensors: code + 8 along the input axis, the first in the low bits', () => {
    // Every code once a group of 16: the scale is found exactly, as a quarter of a multiple of the grid is.
    const codes = Array.from({ length: 32 }, (_, i) => ((i * 7) % 16) - 8);
    const { parts } = encoded(
      packedEncoder({ bits: 4, group: 32 }),
      Float32Array.from(codes, (code) => code * 0.5),
      1,
      1,
    );
    const scale = new Uint16Array((parts[1] as Uint8Array<ArrayBuffer>).buffer)[0] as number;
    const found = toFloat(scale);
    const words = new Uint32Array((parts[0] as Uint8Array<ArrayBuffer>).buffer);
    const read = codes.map((_, i) => (((words[i >> 3] as number) >>> (4 * (i & 7))) & 15) - 8);
    expect(read).toEqual(codes.map((code) => Math.max(-8, Math.min(7, Math.round((code * 0.5) / found)))));
    expect([...new BigInt64Array((parts[2] as Uint8Array<ArrayBuffer>).buffer)]).toEqual([1n, 32n]);
  });

  it("AWQ: eight output channels in AutoAWQ's order, along the output axis", () => {
    const values = new Float32Array(8 * 32);
    // Channel c has the value c − 7 at input c, and −7 … 8 somewhere, so that its scale is near 1 and its zero point the same.
    for (let channel = 0; channel < 8; channel += 1) {
      values[channel * 32 + 30] = -7;
      values[channel * 32 + 31] = 8;
      values[channel * 32 + channel] = channel;
    }
    const { parts } = encoded(awqEncoder(32), values, 8, 8);
    const order = [0, 2, 4, 6, 1, 3, 5, 7];
    const word = (part: number, row: number): number[] => {
      const packed = new Uint32Array((parts[part] as Uint8Array<ArrayBuffer>).buffer)[row] as number;
      const unordered: number[] = [];
      order.forEach((column, place) => (unordered[column] = (packed >>> (4 * place)) & 15));
      return unordered;
    };
    const zeros = word(1, 0);
    expect(new Set(zeros).size).toBe(1);
    // At input 5 only channel 5 has a value.
    expect(word(0, 5).map((code, channel) => code - (zeros[channel] as number) > 0)).toEqual(
      Array.from({ length: 8 }, (_, channel) => channel === 5),
    );
  });
});

function toFloat(bfloat16: number): number {
  return new Float32Array(Uint32Array.of(bfloat16 << 16).buffer)[0] as number;
}
