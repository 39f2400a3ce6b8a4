/** Small Base/IN/RL families in memory, for tests. */
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../../checkpoint/checkpoint.ts';
import type { Dtype } from '../../checkpoint/dtype.ts';
import { floatToHalf } from '../../checkpoint/float16.ts';
import { writeSafetensors } from '../../checkpoint/testing/safetensors.ts';

export interface TestTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  /** Default F32. */
  readonly dtype?: Dtype;
}

/** A checkpoint folder of these tensors. */
export function testFolder(tensors: readonly TestTensor[]): CheckpointFiles {
  const file = writeSafetensors(
    tensors.map(({ name, shape, values, dtype = 'F32' }) => ({
      name,
      shape,
      dtype,
      bytes: encode(values, dtype),
    })),
  );
  return new Map([['model.safetensors', new File([file], 'model.safetensors')]]);
}

export function testCheckpoint(tensors: readonly TestTensor[], name = 'test'): Promise<Checkpoint> {
  return openCheckpoint(testFolder(tensors), { name });
}

// One place for all: matrices of millions are made here, and an array for each number takes seconds.
const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** The upper half of a float32, cut off as in the goldens. */
export function toBfloat16(value: number): number {
  FLOAT[0] = value;
  BITS[0] = (BITS[0] as number) & 0xffff0000;
  return FLOAT[0];
}

function encode(values: ArrayLike<number>, dtype: Dtype): Uint8Array {
  switch (dtype) {
    case 'F32':
      return new Uint8Array(Float32Array.from(values).buffer);
    case 'F64':
      return new Uint8Array(Float64Array.from(values).buffer);
    case 'BF16':
      return new Uint8Array(upperHalves(Float32Array.from(values)).buffer);
    case 'F16':
      return new Uint8Array(Uint16Array.from(values, floatToHalf).buffer);
    case 'I8':
      return new Uint8Array(Int8Array.from(values).buffer);
    default:
      throw new RangeError(`no test tensor in ${dtype}`);
  }
}

function upperHalves(floats: Float32Array<ArrayBuffer>): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(new Uint32Array(floats.buffer), (bits) => bits >>> 16);
}
