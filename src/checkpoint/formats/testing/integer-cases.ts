/** The integer-quantized matrices of `tools/quantized/data/integers`, as folders, and what they stand for. */
import type { CheckpointFiles } from '../../byte-source.ts';
import { readHeader, type StoredTensor } from '../../header.ts';
import { heldSource } from '../../testing/held-source.ts';
import { type RawTensor, safetensorsOf } from './raw-tensors.ts';

/** Reads a file of that folder. */
export type ReadFixture = (file: string) => Uint8Array<ArrayBuffer>;

/** A tensor with its bytes. */
export interface HeldTensor extends Pick<StoredTensor, 'dtype' | 'shape'> {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface IntegerCase {
  readonly name: string;
  readonly shape: readonly [number, number];
  /** SHA-256 of the values in float32. */
  readonly values: string;
  /** The entry `quantization_config`. */
  readonly said: Readonly<Record<string, unknown>>;
  readonly tensors: readonly HeldTensor[];
}

export async function heldTensors(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<HeldTensor[]> {
  const { tensors } = await readHeader(heldSource(name, bytes), name);
  return tensors.map(({ storedName, dtype, shape, start, end }) => {
    return { name: storedName, dtype, shape, bytes: bytes.slice(start, end) };
  });
}

export async function integerCases(read: ReadFixture, file: string): Promise<readonly IntegerCase[]> {
  const tensors = await heldTensors(read(`${file}.safetensors`), file);
  const records = JSON.parse(new TextDecoder().decode(read(`${file}.json`))) as Record<
    string,
    Omit<IntegerCase, 'name' | 'tensors'>
  >;
  return Object.entries(records).map(([name, record], index) => {
    const own = tensors.filter((tensor) => tensor.name.startsWith(`${index}/`));
    const named = own.map((tensor) => ({ ...tensor, name: tensor.name.replace(/^\d+\//, '') }));
    return { name, ...record, tensors: named };
  });
}

/** A folder of one matrix, called `MODULE.weight`, and a norm that is not quantized. */
export function folderOf(
  said: unknown,
  tensors: readonly HeldTensor[],
  module = 'model.layers.0.mlp.down_proj',
): CheckpointFiles {
  const norm = { dtype: 'F32', shape: [1], bytes: new Uint8Array(4) } as const;
  const own = tensors.map((tensor) => [`${module}.${tensor.name}`, tensor] as const);
  const file = safetensorsOf(new Map<string, RawTensor>([['model.norm.weight', norm], ...own]));
  const config = new TextEncoder().encode(JSON.stringify({ quantization_config: said }));
  return new Map([
    ['model.safetensors', heldSource('model.safetensors', file)],
    ['config.json', heldSource('config.json', config)],
  ]);
}
