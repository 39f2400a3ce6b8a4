import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Rows } from '../codec.ts';
import { codecOf, type AnyEncoded } from '../codecs.ts';
import type { StoredPart } from '../encoded.ts';
import { BLOCK_LAYOUTS } from './blocks.ts';
import { BLOCK_SIZES, type BlockType, type ReadType } from './ggml-types.ts';
import { bytesOf, seededBytes } from './testing/gguf-file.ts';

const FIXTURE = new URL('../../../../tools/quantized/data/gguf/blocks.json', import.meta.url);
const BLOCKS = JSON.parse(readFileSync(FIXTURE, 'utf8')) as Record<
  BlockType,
  { readonly blocks: string; readonly values: string }
>;
const TYPES = Object.keys(BLOCKS) as BlockType[];

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'base64'));
const bits = (values: Float32Array<ArrayBuffer>): Uint32Array =>
  // Which of the NaNs it is depends on the machine.
  new Uint32Array(values.map((value) => (Number.isNaN(value) ? NaN : value)).buffer);

interface Piece {
  readonly type: ReadType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

function encoded(shape: readonly number[], pieces: readonly Piece[], turns: number | null): AnyEncoded {
  const parts: Record<string, StoredPart> = {};
  const coded = pieces.map(({ type, shape, bytes }, index) => {
    const part = `piece${index}`;
    parts[part] = { file: 'f', name: part, dtype: 'packed', shape, start: 0, end: bytes.length };
    const [rows = 1, ...within] = shape.length < 2 ? [1, ...shape] : shape;
    return { part, type, rows, columns: within.reduce((product, dim) => product * dim, 1) };
  });
  return { codec: 'gguf', storedName: 'w', shape, coding: { pieces: coded, turns }, parts };
}

function bytesFor(
  tensor: AnyEncoded,
  pieces: readonly Piece[],
  rows: Rows,
): Record<string, Uint8Array<ArrayBuffer>> {
  const ranges = codecOf(tensor).ranges(rows);
  return Object.fromEntries(
    Object.entries(ranges).map(([part, { start, end }]) => {
      const bytes = (pieces[Number(part.slice(5))] as Piece).bytes;
      expect(end).toBeLessThanOrEqual(bytes.length);
      return [part, bytes.slice(start, end)];
    }),
  );
}

function decode(shape: readonly number[], pieces: readonly Piece[], turns: number | null, rows: Rows) {
  const tensor = encoded(shape, pieces, turns);
  return codecOf(tensor).decode(bytesFor(tensor, pieces, rows), rows);
}

/** A row of blocks whose scales are 1, but for the minima of some: levels, by any code. */
function plainBlocks(type: BlockType, rows: number, columns: number): Uint8Array<ArrayBuffer> {
  const { elements, bytes: size } = BLOCK_SIZES[type];
  const bytes = seededBytes(7, (rows * columns * size) / elements);
  for (let at = 0; at < bytes.length; at += size) bytes.set([0x00, 0x3c], at);
  return bytes;
}

describe('blocks', () => {
  it.each(TYPES)("%s: gguf-py's values, to the bit", (type) => {
    const { blocks, values } = BLOCKS[type];
    const bytes = fromBase64(blocks);
    const expected = new Float32Array(fromBase64(values).buffer);
    const piece = { type, shape: [1, expected.length], bytes };
    const actual = decode([1, expected.length], [piece], null, { first: 0, count: 1 });
    expect(expected.length / BLOCK_SIZES[type].elements).toBe(bytes.length / BLOCK_SIZES[type].bytes);
    expect(bits(actual)).toEqual(bits(expected));
  });

  it('rows by themselves are those of the whole', () => {
    const piece = { type: 'Q4_0', shape: [5, 64], bytes: plainBlocks('Q4_0', 5, 64) } as const;
    const whole = decode([5, 64], [piece], null, { first: 0, count: 5 });
    expect(decode([5, 64], [piece], null, { first: 2, count: 3 })).toEqual(whole.slice(128));
  });
});

describe('pieces', () => {
  const q = { type: 'Q8_0', shape: [3, 32], bytes: plainBlocks('Q8_0', 3, 32) } as const;
  const k = { type: 'Q4_0', shape: [2, 32], bytes: plainBlocks('Q4_0', 2, 32) } as const;
  const numbers = (from: number, count: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(Float32Array.from({ length: count }, (_, i) => from + i).buffer);
  const v = { type: 'F32', shape: [4, 32], bytes: numbers(0, 128) } as const;

  it('follow each other by rows, of whichever types', () => {
    const pieces = [q, k, v];
    const whole = decode([9, 32], pieces, null, { first: 0, count: 9 });
    const alone = pieces.map((piece) =>
      decode(piece.shape, [piece], null, { first: 0, count: piece.shape[0] }),
    );
    expect([...whole]).toEqual(alone.flatMap((values) => [...values]));
    for (const rows of [
      { first: 2, count: 2 },
      { first: 3, count: 2 },
      { first: 4, count: 5 },
    ])
      expect(decode([9, 32], pieces, null, rows)).toEqual(
        whole.slice(rows.first * 32, (rows.first + rows.count) * 32),
      );
  });

  it('take turns by columns: frames of a kernel, vectors end to end', () => {
    const frames = [0, 100].map(
      (from) => ({ type: 'F32', shape: [2, 3, 2, 1], bytes: numbers(from, 12) }) as const,
    );
    // [2, 3, 2 frames, 2, 1]
    expect([...decode([2, 3, 2, 2, 1], frames, 2, { first: 1, count: 1 })]).toEqual([
      ...[6, 7, 106, 107, 8, 9, 108, 109, 10, 11, 110, 111],
    ]);
    const biases = [0, 10, 20].map((from) => ({ type: 'F32', shape: [2], bytes: numbers(from, 2) }) as const);
    expect([...decode([6], biases, 2, { first: 0, count: 1 })]).toEqual([0, 1, 10, 11, 20, 21]);
  });
});

describe('packing', () => {
  it.each([
    ['Q4_0', 4],
    ['Q8_0', 8],
  ] as const)('%s: codes and scales give the same values', (type, expectedBits) => {
    const { blocks, values } = BLOCKS[type];
    const pieces = [{ type, shape: [2, 128], bytes: fromBase64(blocks) }];
    const tensor = encoded([2, 128], pieces, null);
    const codec = codecOf(tensor);
    expect(codec.packing()).toEqual({ bits: expectedBits, zeroPoints: false, wide: false });
    const rows = { first: 1, count: 1 };
    const { packed, scales, zeroPoints } = codec.pack(bytesFor(tensor, pieces, rows), rows);
    expect(zeroPoints).toBeNull();
    expect([packed.length, scales.length]).toEqual([(128 * expectedBits) / 8, 4]);
    const code = (i: number): number =>
      expectedBits === 8 ? (packed[i] as number) : ((packed[i >> 1] as number) >> (4 * (i & 1))) & 15;
    const unpacked = Float32Array.from(
      { length: 128 },
      (_, i) => (code(i) - 2 ** (expectedBits - 1)) * (scales[i >> 5] as number),
    );
    expect(unpacked).toEqual(new Float32Array(fromBase64(values).buffer).slice(128));
  });

  it('of several pieces, where all are of one type', () => {
    const q = { type: 'Q4_0', shape: [2, 32], bytes: plainBlocks('Q4_0', 2, 32) } as const;
    const both = encoded([4, 32], [q, q], null);
    const rows = { first: 1, count: 2 };
    const { packed, scales } = codecOf(both).pack(bytesFor(both, [q, q], rows), rows);
    expect([packed.length, scales.length]).toEqual([32, 2]);
    const eight = { type: 'Q8_0', shape: [2, 32], bytes: plainBlocks('Q8_0', 2, 32) } as const;
    expect(codecOf(encoded([4, 32], [q, eight], null)).packing()).toBeNull();
    expect(codecOf(encoded([64], [{ ...q, shape: [64] }], null)).packing()).toBeNull();
  });

  it('of no type with a minimum, runs of 16 or uneven steps', () => {
    const mapped = TYPES.filter((type) => {
      const shape = [1, 256];
      return codecOf(
        encoded(shape, [{ type, shape, bytes: seededBytes(1, bytesOf(type, shape)) }], null),
      ).packing();
    });
    expect(mapped).toEqual(['Q4_0', 'Q8_0']);
  });
});

describe('rounding energy', () => {
  /** Every level that the type has under a scale, by what decoding gives over all codes; the step of each by its neighbours. */
  function byDefinition(type: BlockType, bytes: Uint8Array<ArrayBuffer>, columns: number): number {
    const { elements, bytes: size } = BLOCK_SIZES[type];
    const layout = BLOCK_LAYOUTS[type];
    const [levels, scales, minima] = [new Int8Array(256), new Float32Array(16), new Float32Array(16)];
    const grid = layout.grid ?? Array.from({ length: 300 }, (_, i) => i - 150); // beyond every level, so that each has two neighbours
    let sum = 0;
    for (let block = 0; block * elements < columns; block += 1) {
      layout.levels(bytes, block * size, levels);
      layout.scales(bytes, block * size, scales, minima);
      for (let i = 0; i < elements; i += 1) {
        const at = grid.indexOf(levels[i] as number);
        const distances = [grid[at - 1], grid[at + 1]].flatMap((next) =>
          next === undefined ? [] : [Math.abs(next - (grid[at] as number))],
        );
        const mean = distances.reduce((total, distance) => total + distance, 0) / distances.length;
        sum += (mean * (scales[Math.floor(i / layout.run)] as number)) ** 2 / 12;
      }
    }
    return sum;
  }

  it.each(TYPES)('%s: Σ step² / 12', (type) => {
    const bytes = fromBase64(BLOCKS[type].blocks).slice(0, 2 * BLOCK_SIZES[type].bytes);
    const columns = 2 * BLOCK_SIZES[type].elements;
    const piece = { type, shape: [1, columns], bytes };
    const tensor = encoded([1, columns], [piece], null);
    const rows = { first: 0, count: 1 };
    const actual = codecOf(tensor).roundingEnergy(bytesFor(tensor, [piece], rows), rows);
    const expected = byDefinition(type, bytes, columns);
    expect(expected).toBeGreaterThan(0);
    expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-12);
  });

  it('is that of uniform rounding where values are quantized to Q8_0', () => {
    // Values between −1 and 1 whose block has scale 1/127: the error is uniform within a step.
    const columns = 32 * 400;
    const exact = Float64Array.from(
      seededBytes(3, 2 * columns).slice(columns),
      (byte, i) => (byte - 128 + (i % 97) / 97) / 160,
    );
    const bytes = new Uint8Array((columns / 32) * 34);
    const scale = 1 / 128;
    let error = 0;
    for (const [i, value] of exact.entries()) {
      const at = Math.floor(i / 32) * 34;
      bytes.set([0x00, 0x20], at); // 2^-7
      const level = Math.round(value / scale);
      bytes[at + 2 + (i % 32)] = level;
      error += (level * scale - value) ** 2;
    }
    const piece = { type: 'Q8_0', shape: [1, columns], bytes } as const;
    const tensor = encoded([1, columns], [piece], null);
    const expected = codecOf(tensor).roundingEnergy({ piece0: bytes }, { first: 0, count: 1 });
    expect(error / expected).toBeGreaterThan(0.9);
    expect(error / expected).toBeLessThan(1.1);
  });

  it('is 0 of plain numbers', () => {
    const piece = { type: 'F16', shape: [2, 4], bytes: new Uint8Array(16) } as const;
    const tensor = encoded([4, 4], [piece, piece], null);
    expect(
      codecOf(tensor).roundingEnergy({ piece0: piece.bytes, piece1: piece.bytes }, { first: 0, count: 4 }),
    ).toBe(0);
  });
});
