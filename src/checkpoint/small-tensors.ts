/** Small safetensors files, whole in memory. */
import type { ByteSource } from './byte-source.ts';
import { toFloat32 } from './decoding.ts';
import { readHeader } from './header.ts';

export interface ReadTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** All tensors of a file by their stored names, as float32. @throws NamedError those of `readHeader` */
export async function readTensors(
  bytes: Uint8Array<ArrayBuffer>,
  file: string,
): Promise<Map<string, ReadTensor>> {
  const source: ByteSource = Object.assign(new Blob([bytes]), { name: file });
  const { tensors } = await readHeader(source, file);
  return new Map(
    tensors.map(({ storedName, shape, dtype, start, end }) => [
      storedName,
      { shape, values: toFloat32(bytes.slice(start, end), dtype) },
    ]),
  );
}
