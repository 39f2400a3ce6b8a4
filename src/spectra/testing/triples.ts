/** Small Base/IN/RL families in memory, for tests. */
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../../checkpoint/checkpoint.ts';
import type { Dtype } from '../../checkpoint/dtype.ts';
import { floatToHalf } from '../../checkpoint/float16.ts';
import { writeSafetensors } from '../../checkpoint/writing.ts';

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

/** The upper half of a float32, cut off as in the goldens. */
export function toBfloat16(value: number): number {
  return new Float32Array(new Uint32Array([bitsOf(value) & 0xffff0000]).buffer)[0] as number;
}

function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] as number;
}

function encode(values: ArrayLike<number>, dtype: Dtype): Uint8Array {
  const list = Array.from(values);
  switch (dtype) {
    case 'F32':
      return new Uint8Array(Float32Array.from(list).buffer);
    case 'F64':
      return new Uint8Array(Float64Array.from(list).buffer);
    case 'BF16':
      return new Uint8Array(Uint16Array.from(list, (value) => bitsOf(value) >>> 16).buffer);
    case 'F16':
      return new Uint8Array(Uint16Array.from(list, floatToHalf).buffer);
    case 'I8':
      return new Uint8Array(Int8Array.from(list).buffer);
    default:
      throw new RangeError(`no test tensor in ${dtype}`);
  }
}
