import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NamedError } from '../named-error.ts';
import { DTYPE_BYTES } from './dtype.ts';
import type { Dtype } from './dtype.ts';
import { readHeader } from './header.ts';
import { failureOf, fileWith, source } from './testing/files.ts';
import { writeSafetensors } from './testing/safetensors.ts';

const dtypes = Object.keys(DTYPE_BYTES) as Dtype[];

const tensors = fc.uniqueArray(
  fc.record({
    name: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('__proto__', 'constructor', 'a"b\\')),
    dtype: fc.constantFrom(...dtypes),
    shape: fc.array(fc.nat({ max: 4 }), { maxLength: 4 }),
  }),
  { selector: ({ name }) => name, maxLength: 8 },
);
const files = fc.tuple(tensors, fc.infiniteStream(fc.nat({ max: 255 }))).map(([layouts, stream]) => {
  const written = layouts
    .filter(({ name }) => name !== '__metadata__' && name.isWellFormed())
    .map((layout) => {
      const size = layout.shape.reduce((product, dim) => product * dim, DTYPE_BYTES[layout.dtype]);
      return { ...layout, bytes: Uint8Array.from({ length: size }, () => stream.next().value) };
    });
  return { written, file: writeSafetensors(written, new Map([['__proto__', 'x']])) };
});

/** The layout rules, said once more in the plainest way: which tensor owns each byte. */
function isValidLayout(file: Uint8Array<ArrayBuffer>): boolean {
  const headerLength = Number(new DataView(file.buffer).getBigUint64(0, true));
  const text = new TextDecoder().decode(file.subarray(8, 8 + headerLength));
  const header = JSON.parse(text) as Record<
    string,
    { dtype: Dtype; shape: number[]; data_offsets: number[] }
  >;
  const owners = new Uint8Array(file.length - 8 - headerLength);
  for (const [name, tensor] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const [begin = NaN, end = NaN] = tensor.data_offsets;
    const size = tensor.shape.reduce((product, dim) => product * dim, DTYPE_BYTES[tensor.dtype]);
    if (!(begin >= 0 && end <= owners.length && end - begin === size)) return false;
    for (let at = begin; at < end; at += 1) owners[at] = (owners[at] ?? 0) + 1;
  }
  return owners.every((count) => count === 1);
}

describe('readHeader', () => {
  it('reads back whatever was written', async () => {
    await fc.assert(
      fc.asyncProperty(files, async ({ written, file }) => {
        const header = await readHeader(source(file), 'model.safetensors');
        expect(header.metadata).toEqual(new Map([['__proto__', 'x']]));
        expect(header.tensors.length).toBe(written.length);
        for (const { name, dtype, shape, bytes } of written) {
          const found = header.tensors.find(({ storedName }) => storedName === name);
          expect(found).toMatchObject({ dtype, shape, bytes: bytes.length });
          expect(file.slice(found?.start, found?.end)).toEqual(bytes);
          if (bytes.length > 0) expect((found?.start ?? NaN) % DTYPE_BYTES[dtype]).toBe(0);
        }
      }),
    );
  });

  it('meets damage with a NamedError or with a layout that is still valid, never with anything else', async () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(files, damage, fc.nat(), fc.boolean(), async ({ file }, flips, cut, truncated) => {
        const damaged = truncated ? file.slice(0, cut % file.length) : file.slice();
        // Most flips go to the header, where they can do harm.
        for (const [at, value] of flips) damaged[at % Math.min(damaged.length + 1, 400)] = value;
        try {
          await readHeader(source(damaged), 'model.safetensors');
        } catch (error) {
          if (!(error instanceof NamedError)) throw error;
          refused += 1;
          return;
        }
        expect(isValidLayout(damaged)).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(1000);
  });

  it('moves, stretches and mistypes single fields of a header, and refuses every one', async () => {
    const valid = { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] };
    const wrong = fc.oneof(
      fc.record({ data_offsets: fc.tuple(fc.integer(), fc.integer()) }),
      fc.record({ data_offsets: fc.jsonValue() }),
      fc.record({ shape: fc.jsonValue() }),
      fc.record({ shape: fc.array(fc.double()) }),
      fc.record({ dtype: fc.jsonValue() }),
    );
    await fc.assert(
      fc.asyncProperty(wrong, async (change) => {
        const text = JSON.stringify({ w: { ...valid, ...change } });
        const file = fileWith(text, 24);
        const same = JSON.stringify({ w: valid }) === text;
        const shape: unknown = (JSON.parse(text) as { w: { shape: unknown } }).w.shape;
        const sixElements =
          Array.isArray(shape) &&
          shape.reduce((product: number, dim) => product * (typeof dim === 'number' ? dim : NaN), 1) === 6;
        fc.pre(!same && !('shape' in change && sixElements));
        await failureOf(readHeader(source(file), 'model.safetensors'));
      }),
      { numRuns: 1000 },
    );
  });

  const u8 = (begin: number, end: number): string =>
    `{"dtype":"U8","shape":[${end - begin}],"data_offsets":[${begin},${end}]}`;
  it.each<[string, string, string, number]>([
    ['OverlappingTensors', 'overlapping ranges', `{"a":${u8(0, 8)},"b":${u8(4, 12)}}`, 12],
    ['OverlappingTensors', 'the same range twice', `{"a":${u8(0, 8)},"b":${u8(0, 8)}}`, 8],
    ['OverlappingTensors', 'an empty tensor inside another', `{"a":${u8(0, 8)},"b":${u8(4, 4)}}`, 8],
    ['HoleInFile', 'a hole between', `{"a":${u8(0, 4)},"b":${u8(8, 12)}}`, 12],
    ['HoleInFile', 'a hole in front', `{"a":${u8(4, 8)}}`, 8],
    ['TruncatedFile', 'data cut off', `{"a":${u8(0, 8)}}`, 7],
    ['TrailingBytes', 'bytes after the last tensor', `{"a":${u8(0, 8)}}`, 9],
    [
      'SizeMismatch',
      'shape and range that disagree',
      '{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}',
      8,
    ],
    [
      'SizeMismatch',
      'a product of dims that wraps around in 64 bits',
      '{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}',
      0,
    ],
    ['UnknownDtype', 'an unknown dtype', '{"a":{"dtype":"F3","shape":[8],"data_offsets":[0,3]}}', 4],
    [
      'UnknownDtype',
      'a dtype from the prototype',
      '{"a":{"dtype":"toString","shape":[0],"data_offsets":[0,0]}}',
      0,
    ],
    ['InvalidShape', 'a negative dim', '{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}', 1],
    ['InvalidShape', 'a fractional dim', '{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}', 1],
    [
      'InvalidShape',
      'a dim past 2^53',
      '{"a":{"dtype":"U8","shape":[9007199254740992,0],"data_offsets":[0,0]}}',
      0,
    ],
    [
      'SizeMismatch',
      'dims that overflow before a 0',
      '{"a":{"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}',
      0,
    ],
    ['InvalidShape', 'a dim with a point', '{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}', 1],
    ['InvalidShape', 'a dim with an exponent', '{"a":{"dtype":"U8","shape":[1e0],"data_offsets":[0,1]}}', 1],
    ['InvalidShape', 'minus zero', '{"a":{"dtype":"U8","shape":[-0],"data_offsets":[0,0]}}', 0],
    [
      'InvalidOffsets',
      'an offset with a point',
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1.0]}}',
      1,
    ],
    ['InvalidOffsets', 'an offset of -0', '{"a":{"dtype":"U8","shape":[0],"data_offsets":[-0,0]}}', 0],
    [
      'InvalidJson',
      'a number beyond float64, wherever it stands',
      '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1e999}}',
      0,
    ],
    [
      'InvalidJson',
      'the largest float64, which the format’s reader finds out of range',
      '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1.7976931348623157e308}}',
      0,
    ],
    ['InvalidShape', 'a shape that is no list', '{"a":{"dtype":"U8","shape":4,"data_offsets":[0,4]}}', 4],
    ['InvalidOffsets', 'a range backwards', '{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}', 4],
    ['InvalidOffsets', 'three offsets', '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4,8]}}', 4],
    ['InvalidOffsets', 'no offsets', '{"a":{"dtype":"U8","shape":[4]}}', 4],
    ['InvalidTensor', 'a tensor that is a number', '{"a":1}', 0],
    ['InvalidTensor', 'a dtype that is a number', '{"a":{"dtype":1,"shape":[],"data_offsets":[0,1]}}', 1],
    ['InvalidMetadata', 'metadata that is no string', '{"__metadata__":{"format":1}}', 0],
    ['InvalidMetadata', 'metadata that is no object', '{"__metadata__":"pt"}', 0],
    ['DuplicateKey', 'a tensor twice', `{"a":${u8(0, 4)},"a":${u8(4, 8)}}`, 8],
    [
      'DuplicateKey',
      'a field twice',
      '{"a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
      0,
    ],
    ['InvalidHeader', 'a list', '[]', 0],
    ['InvalidJson', 'an empty header', '', 0],
  ])('throws %s for %s', async (name, _, text, dataBytes) => {
    const error = await failureOf(readHeader(source(fileWith(text, dataBytes)), 'model.safetensors'));
    expect(error.name).toBe(name);
    expect(error.place.file).toBe('model.safetensors');
    expect(error.remedy).not.toBe('');
  });

  it('says which tensor ends where', async () => {
    const file = fileWith(`{"model.norm.weight":${u8(0, 8)}}`, 7);
    const error = await failureOf(readHeader(source(file), 'model.safetensors'));
    expect(error.place.tensor).toBe('model.norm.weight');
    expect(error.what).toBe(`its bytes end at ${file.length + 1}, the file at ${file.length}`);
  });

  it('refuses lengths past the limit and past the file before reading the header', async () => {
    const huge = new Uint8Array(16);
    new DataView(huge.buffer).setBigUint64(0, 2n ** 64n - 1n, true);
    expect((await failureOf(readHeader(source(huge), 'f'))).what).toContain('18446744073709551615');
    new DataView(huge.buffer).setBigUint64(0, 100_000_001n, true);
    expect((await failureOf(readHeader(source(huge), 'f'))).name).toBe('HeaderTooLarge');
    new DataView(huge.buffer).setBigUint64(0, 9n, true);
    expect((await failureOf(readHeader(source(huge), 'f'))).name).toBe('HeaderOutsideFile');
    expect((await failureOf(readHeader(source(new Uint8Array(7)), 'f'))).name).toBe('FileTooShort');
  });

  it('recognises the pointer that git leaves when Git LFS is not installed', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 3864726352\n';
    const error = await failureOf(readHeader(source(pointer), 'model.safetensors'));
    expect(error.name).toBe('LfsPointer');
    expect(error.remedy).toContain('git lfs pull');
  });

  it('says how a number was written', async () => {
    const text = '{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}';
    const error = await failureOf(readHeader(source(fileWith(text, 1)), 'f'));
    expect(error.what).toBe('1.0 is not an integer from 0 to 9007199254740991, in digits alone');
  });

  it('takes large dims behind a 0, as the format does', async () => {
    const text = '{"a":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0],"x":1.5e3}}';
    const { tensors } = await readHeader(source(fileWith(text, 0)), 'f');
    expect(tensors.map(({ shape }) => shape)).toEqual([[0, 2 ** 32, 2 ** 32]]);
  });

  it('takes a tensor called __proto__ and trailing spaces as they come', async () => {
    const header = await readHeader(source(fileWith(`{"__proto__":${u8(0, 3)}}   `, 3)), 'f');
    expect(header.tensors.map(({ storedName }) => storedName)).toEqual(['__proto__']);
  });
});
