import { beforeAll, describe, expect, it } from 'vitest';
import { DTYPE_BYTES } from '../../checkpoint/dtype.ts';
import { seededRandom } from '../../work/seeded-random.ts';
import { convertRows } from './convert.ts';
import { type ConvertRows, preparedConversion } from './convert-kernels.ts';

let convert: ConvertRows;

beforeAll(async () => {
  convert = await preparedConversion();
  expect(convert).not.toBe(convertRows);
});

const DTYPES = ['BF16', 'F16', 'F32'] as const;
const FORMATS = ['f32', 'f16', 'q8', 'q4'] as const;
type Stored = (typeof DTYPES)[number];

/** Bits of float32 values from which hostile blocks are drawn: zeros, subnormals, the least normal, ties, powers, the largest. */
const HOSTILE = Uint32Array.of(
  ...[0, 1, 2, 3, 4, 5, 11, 12, 13, 100, 0x7fffff, 0x800000, 0x800001],
  ...[0x33000000, 0x33000001, 0x33800000, 0x387fe000, 0x38800000, 0x38801000, 0x3f000000, 0x3f100000],
  ...[0x3f800000, 0x3f801000, 0x3f803000, 0x40000000, 0x40e00000, 0x40f00000, 0x41000000, 0x477fe000],
  ...[0x477fefff, 0x477ff000, 0x7e800000, 0x7f7f0000, 0x7f7fffff, 0x7f000000],
);
const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

type Draw = (random: () => number, at: number) => number;

/** Float32 bits, value by value. */
const DRAWS: Readonly<Record<string, Draw>> = {
  'even values': (random) => bitsOf((random() - 0.5) / 8),
  'any finite bits': (random) => {
    const drawn = (random() * 2 ** 32) >>> 0;
    return (drawn & 0x7f800000) === 0x7f800000 ? drawn & 0xbfffffff : drawn;
  },
  'bits of one magnitude': (random) => ((random() < 0.5 ? 0x80000000 : 0) | 0x3d000000) + random() * 2 ** 22,
  // Multiples of half a step of −8 (or 127): codes are ties, and both extremes are there.
  ties: (random, at) => bitsOf((at % 32 === 0 ? -8 : Math.round(random() * 32 - 16) / 2) * 2 ** (at % 5)),
  'ties of 8 bits': (random, at) => bitsOf(at % 32 === 7 ? 127 : Math.round(random() * 508 - 254) / 2),
  'hostile values': (random) =>
    ((HOSTILE[Math.floor(random() * HOSTILE.length)] as number) | (random() < 0.5 ? 0x80000000 : 0)) >>> 0,
  // Most round to 0 and are their own error, on a grid so fine that the order of a sum shows.
  'magnitudes far apart': (random) =>
    ((random() < 0.5 ? 0x80000000 : 0) | ((100 + Math.floor(random() * 24)) << 23) | (random() * 2 ** 23)) >>>
    0,
  // Of an extreme of 2³ · 1.xxx the scale is in [1, 2): weights about 2⁻⁴ and about 2⁻¹³, each with neighbours on both sides.
  'on both sides of what is small': (random, at) =>
    Math.floor(random() * 2) * 0x80000000 +
    (((at % 32 === 5 ? 130 << 7 : ([123, 114, 104][Math.floor(random() * random() * 3)] as number) << 7) +
      Math.floor(random() * 6) -
      3) <<
      16),
  // Scales on both sides of the least that 16-bit integers take.
  'scales far below 1': (random) =>
    ((random() < 0.5 ? 0x80000000 : 0) | (Math.floor(random() * 6 * 128 + 26 * 128) << 16)) >>> 0,
  'two extremes of both signs': (random, at) =>
    at % 32 === 3 || at % 32 === 20
      ? bitsOf(random() < 0.5 ? 1 : -1)
      : bitsOf(Math.round(random() * 64 - 32) / 32),
  subnormals: (random) => ((random() < 0.5 ? 0x80000000 : 0) | Math.floor(random() * 200)) >>> 0,
  zeros: (random) => (random() < 0.5 ? 0x80000000 : 0),
  'blocks of zeros among others': (random, at) =>
    Math.floor(at / 32) % 3 === 0 ? bitsOf(random() - 0.5) : 0x80000000,
};

function bitsOf(value: number): number {
  floats[0] = value;
  return bits[0] as number;
}

/** Stored values with these float32 bits, cut to what the dtype has. */
function stored(dtype: Stored, count: number, draw: Draw, seed: number): Uint8Array<ArrayBuffer> {
  const random = seededRandom(seed);
  const words = Uint32Array.from({ length: count }, (_, at) => draw(random, at));
  if (dtype === 'F32') return new Uint8Array(words.buffer);
  const upper = Uint16Array.from(words, (word) => word >>> 16);
  // Of a half, bits of its own: any but those of infinities and NaN.
  const halves = upper.map((word) => ((word & 0x7c00) === 0x7c00 ? word & 0xbfff : word));
  return new Uint8Array((dtype === 'BF16' ? upper : halves).buffer);
}

const SHAPES = [
  [1, 1],
  [1, 31],
  [3, 32],
  [5, 33],
  [2, 100],
  [7, 96],
  [29, 1176],
  // More than a band, in a row and in rows.
  [2, 33000],
  [10, 3584],
] as const;

type Outcome = ReturnType<ConvertRows> | { readonly thrown: unknown };

function outcome(run: () => ReturnType<ConvertRows>): Outcome {
  try {
    return run();
  } catch (thrown) {
    return { thrown };
  }
}

/** Both give the same bytes and sums, or refuse in the same words, whether in place or not. */
function expectEqual(
  bytes: Uint8Array<ArrayBuffer>,
  task: Omit<Parameters<ConvertRows>[1], 'tensor' | 'inPlace'>,
): Outcome {
  const named = { ...task, tensor: 'model.layers.3.mlp.up_proj.weight' };
  const expected = outcome(() => convertRows(bytes.slice(), named));
  for (const inPlace of [false, true]) {
    const given = bytes.slice();
    const found = outcome(() => convert(given, { ...named, inPlace }));
    if ('thrown' in expected) {
      expect(found).toEqual(expected);
      continue;
    }
    if ('thrown' in found) throw found.thrown;
    expect(found.error).toStrictEqual(expected.error);
    expect(found.arrays).toHaveLength(expected.arrays.length);
    found.arrays.forEach((array, index) => {
      expect(Buffer.compare(array, expected.arrays[index] as Uint8Array)).toBe(0);
    });
    if (!inPlace) expect(Buffer.compare(given, bytes)).toBe(0);
  }
  return expected;
}

describe.each(FORMATS)('conversion to %s in WebAssembly', (format) => {
  describe.each(DTYPES)('of %s', (dtype) => {
    it.each(Object.entries(DRAWS))('equals that of TypeScript: %s', (name, draw) => {
      SHAPES.forEach(([rows, columns], seed) => {
        const bytes = stored(dtype, rows * columns, draw, seed + name.length);
        expectEqual(bytes, { dtype, rows, columns, format });
      });
    });

    it.each([0x7fc00000, 0xffc10000, 0x7f800000, 0xff800000])(
      'meets %i as that of TypeScript does',
      (word) => {
        for (const at of [0, 5, 3584 * 9 + 77, 3584 * 12 - 1]) {
          const half = ((word >>> 16) & 0x8000) | ((word & 0x7fffff) === 0 ? 0x7c00 : 0x7e01);
          const bytes = stored(dtype, 12 * 3584, DRAWS['even values'] as Draw, at);
          const view = new DataView(bytes.buffer);
          if (dtype === 'F32') view.setUint32(4 * at, word, true);
          else view.setUint16(2 * at, dtype === 'F16' ? half : word >>> 16, true);
          const task = { dtype, rows: 12, columns: 3584, format } as const;
          const refused = 'thrown' in expectEqual(bytes, task);
          expect(refused).toBe(format === 'q8' || format === 'q4');
        }
      },
    );
  });

  it('takes integers and doubles as that of TypeScript does', () => {
    for (const dtype of ['F64', 'I8', 'F8_E4M3'] as const) {
      const random = seededRandom(4);
      const count = 6 * 40;
      const bytes =
        dtype === 'F64'
          ? new Uint8Array(Float64Array.from({ length: count }, () => random() - 0.5).buffer)
          : Uint8Array.from({ length: count * DTYPE_BYTES[dtype] }, () => random() * 120);
      expectEqual(bytes, { dtype, rows: 6, columns: 40, format });
    }
  });

  it('refuses what is no matrix of its shape as that of TypeScript does', () => {
    if (format !== 'f32' && format !== 'f16')
      expect(
        'thrown' in expectEqual(new Uint8Array(100), { dtype: 'BF16', rows: 3, columns: 32, format }),
      ).toBe(true);
  });
});

/** Every bfloat16 of these binades below 8 times the scale, both signs, in blocks whose scale has `significand` and a sign. */
function aroundScale(significand: number, negative: boolean, binades: number): Uint16Array {
  const extreme = (130 << 7) | (significand & 127);
  const count = extreme - ((130 - binades) << 7);
  const blocks = Math.ceil((2 * count) / 31);
  return Uint16Array.from({ length: 32 * blocks }, (_, at) => {
    if (at % 32 === 0) return negative ? extreme : extreme | 0x8000;
    const index = Math.floor(at / 32) * 31 + (at % 32) - 1;
    return (extreme - (index % count)) | (index < count ? 0 : 0x8000);
  });
}

it.each(['q4', 'q8'] as const)(
  'gives every bfloat16 the code in %s that TypeScript gives, for every scale',
  (format) => {
    for (const negative of [false, true]) {
      const blocks = Array.from({ length: 128 }, (_, index) => aroundScale(128 + index, negative, 6));
      const words = new Uint16Array(blocks.reduce((sum, { length }) => sum + length, 0));
      blocks.reduce((at, block) => (words.set(block, at), at + block.length), 0);
      const bytes = new Uint8Array(words.buffer);
      const found = expectEqual(bytes, { dtype: 'BF16', rows: 1, columns: words.length, format });
      expect('thrown' in found).toBe(false);
    }
  },
);

it('sums squares of 4-bit blocks as TypeScript does, whether or not float64 holds the sum', () => {
  const random = seededRandom(11);
  for (let smallest = 109; smallest < 124; smallest += 1)
    for (let draw = 0; draw < 20; draw += 1) {
      // Most near the extreme of a scale below 2, so that the sum is near 2¹³; some whose last bits are far below.
      const words = Uint16Array.from({ length: 32 }, (_, at) => {
        const sign = random() < 0.5 ? 0x8000 : 0;
        return (
          sign |
          (random() < 0.8 || at === 0
            ? 0x417f - Math.floor(random() * 3)
            : (smallest << 7) | (random() * 128))
        );
      });
      expectEqual(new Uint8Array(words.buffer), { dtype: 'BF16', rows: 1, columns: 32, format: 'q4' });
    }
});

it('finds the largest error where a small weight has it, beside others that are exact', () => {
  const [scale, small] = [1, 2 ** -6];
  const weights = Float32Array.from({ length: 128 }, (_, at) => ((at % 16) - 8) * scale);
  weights[70] = -small;
  const words = Uint16Array.from(new Uint32Array(weights.buffer), (bits) => bits >>> 16);
  const found = expectEqual(new Uint8Array(words.buffer), {
    dtype: 'BF16',
    rows: 1,
    columns: 128,
    format: 'q4',
  });
  expect(found).toMatchObject({ error: { maxAbs: small, squaredError: small ** 2 } });
});

it.each(['q4', 'q8', 'f16'] as const)(
  'in place in %s leaves alone what lies around in the buffer',
  (format) => {
    const buffer = new Uint8Array(64 * 96 * 2 + 16).fill(7);
    const bytes = buffer.subarray(8, buffer.length - 8);
    bytes.set(stored('BF16', 64 * 96, DRAWS['even values'] as Draw, 5));
    const task = { tensor: 'a', dtype: 'BF16', rows: 64, columns: 96, format } as const;
    const expected = convertRows(bytes.slice(), task).arrays;
    const { arrays } = convert(bytes, { ...task, inPlace: true });
    expect(arrays.map(({ buffer: taken }) => taken === buffer.buffer)).toEqual(expected.map(() => true));
    expect(arrays.map((array) => [...array])).toEqual(expected.map((array) => [...array]));
    expect(buffer.subarray(0, 8).every((byte) => byte === 7)).toBe(true);
    expect(buffer.subarray(-8).every((byte) => byte === 7)).toBe(true);
  },
);

it('refuses a value that no half holds by tensor, value and limit, and rounds the one below', () => {
  const values = new Float32Array(70_000).fill(0.1);
  values[66_000] = 65519;
  const task = { dtype: 'F32', rows: 1, columns: 70_000, format: 'f16' } as const;
  expect('thrown' in expectEqual(new Uint8Array(values.slice().buffer), task)).toBe(false);
  values[66_001] = -65520;
  expect(expectEqual(new Uint8Array(values.slice().buffer), task)).toMatchObject({
    thrown: { name: 'WeightOverflow' },
  });
});

it('rounds every float32 near a half as that of TypeScript does', () => {
  // Every half, the two floats beside it, and the two beside the middle between it and the next.
  const words = new Uint32Array(5 * 0x7bff * 2);
  let at = 0;
  for (let half = 0; half < 0x7bff; half += 1) {
    const exact = new Float32Array(1);
    exact[0] = half < 0x400 ? half * 2 ** -24 : (1 + (half & 0x3ff) / 1024) * 2 ** ((half >> 10) - 15);
    const word = new Uint32Array(exact.buffer)[0] as number;
    for (const off of [0, 1, 0xfff, 0x1000, 0x1001]) {
      words[at++] = word + off;
      words[at++] = (word + off) | 0x80000000;
    }
  }
  expectEqual(new Uint8Array(words.buffer), { dtype: 'F32', rows: 1, columns: words.length, format: 'f16' });
});
