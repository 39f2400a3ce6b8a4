import { describe, expect, it } from 'vitest';
import type { ByteSource, CheckpointFiles } from './byte-source.ts';
import type { Checkpoint, TensorEntry } from './checkpoint.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { Dtype } from './dtype.ts';
import { equalTensors } from './equal-tensors.ts';
import { failureOf } from './testing/files.ts';
import { sparseCheckpoint } from './testing/qwen-layout.ts';
import { writeSafetensors } from './testing/safetensors.ts';

interface Values {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

const bytesOf = (data: Float32Array | Uint16Array | Uint8Array): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const floats = (...values: number[]): Values => ({
  dtype: 'F32',
  shape: [values.length],
  bytes: bytesOf(Float32Array.from(values)),
});
const bfloats = (...codes: number[]): Values => ({
  dtype: 'BF16',
  shape: [codes.length],
  bytes: bytesOf(Uint16Array.from(codes)),
});

function entries({ tensors }: Checkpoint): readonly [TensorEntry, TensorEntry] {
  return [tensors.get('a') as TensorEntry, tensors.get('b') as TensorEntry];
}

async function equal(a: Values, b: Values): Promise<boolean> {
  const stored = writeSafetensors([
    { name: 'a', ...a },
    { name: 'b', ...b },
  ]);
  const files: CheckpointFiles = new Map([['model.safetensors', new File([stored], 'model.safetensors')]]);
  const checkpoint = await openCheckpoint(files);
  return equalTensors(checkpoint, ...entries(checkpoint));
}

describe('equalTensors', () => {
  // What torch.equal(a, b) says of the same two (2.13.0), but for NaN, where it is false whatever the bits.
  it.each([
    ['the same values', floats(1, 2, 3), floats(1, 2, 3), true],
    ['another last value', floats(1, 2, 3), floats(1, 2, 4), false],
    ['zeros of both signs', floats(0, 1), floats(-0, 1), true],
    ['the same values in another dtype', bfloats(0x3f80, 0xc000, 0x8000), floats(1, -2, 0), true],
    ['a value that only rounds to the same', bfloats(0x3f80), floats(1 + 2 ** -12), false],
    ['an odd number of bytes', int8s(1, 2, 3), int8s(1, 2, 4), false],
    ['the same odd number of bytes', int8s(1, 2, 3), int8s(1, 2, 3), true],
    ['another shape', floats(1, 2), { ...floats(1, 2), shape: [2, 1] }, false],
    ['one NaN, bit for bit', floats(1, NaN), floats(1, NaN), true],
    ['NaNs of different bits', bfloats(0x7fc0), bfloats(0x7fc1), false],
    ['a NaN on one side', floats(1, NaN), floats(1, 2), false],
  ])('%s', async (_, a, b, expected) => {
    expect(await equal(a, b)).toBe(expected);
  });

  const matrix = (name: string) => ({ name, dtype: 'BF16' as const, shape: [151_936, 2048] });
  const BYTES = 151_936 * 2048 * 2;

  /** Two matrices of a 3B that hold zeros; the second `ones` from byte to byte. */
  async function two(
    ...[first, end]: readonly number[]
  ): Promise<{ checkpoint: Checkpoint; read: () => number }> {
    const { files, count } = sparseCheckpoint([matrix('a'), matrix('b')], 2);
    const checkpoint = await openCheckpoint(files);
    const [, b] = entries(checkpoint);
    const zeros = files.get(b.file) as ByteSource;
    const read = async (start: number, stop: number): Promise<ArrayBuffer> => {
      const bytes = new Uint8Array(await zeros.slice(start, stop).arrayBuffer());
      const at = (byte = 0): number => Math.max(0, b.start + byte - start);
      return bytes.fill(1, at(first), at(end)).buffer;
    };
    const changed: ByteSource = {
      name: b.file,
      size: zeros.size,
      slice: (start, stop) => ({ arrayBuffer: () => read(start, stop) }),
    };
    count.bytes = 0;
    return {
      checkpoint: { ...checkpoint, files: new Map([...files, [b.file, changed]]) },
      read: () => count.bytes,
    };
  }

  it('reads two matrices of a 3B that are equal once, and some kilobytes of two of other training', async () => {
    const same = await two();
    expect(await equalTensors(same.checkpoint, ...entries(same.checkpoint))).toBe(true);
    expect(same.read()).toBeGreaterThanOrEqual(2 * BYTES);
    expect(same.read()).toBeLessThan(2.001 * BYTES);
    const different = await two(0, BYTES);
    expect(await equalTensors(different.checkpoint, ...entries(different.checkpoint))).toBe(false);
    expect(different.read()).toBeLessThan(2 ** 17);
  });

  it('sees a difference that no spot has, and reads on no further', async () => {
    const rare = await two(3 * 2 ** 20, 3 * 2 ** 20 + 2);
    expect(await equalTensors(rare.checkpoint, ...entries(rare.checkpoint))).toBe(false);
    expect(rare.read()).toBeLessThan(2 ** 26);
    const last = await two(BYTES - 6000, BYTES - 5998);
    expect(await equalTensors(last.checkpoint, ...entries(last.checkpoint))).toBe(false);
  });

  it('is cancelled between two pieces', async () => {
    const { checkpoint, read } = await two();
    const controller = new AbortController();
    const work = equalTensors(checkpoint, ...entries(checkpoint), controller.signal);
    controller.abort();
    expect((await failureOf(work)).name).toBe('Cancelled');
    expect(read()).toBeLessThan(2 ** 26);
  });
});

function int8s(...values: number[]): Values {
  return { dtype: 'I8', shape: [values.length], bytes: Uint8Array.from(values) };
}
