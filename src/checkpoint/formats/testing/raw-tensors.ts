/** Safetensors files of any dtypes, those that are not read included. */
import type { FileTensor } from '../safetensors/quantization.ts';

export interface RawTensor {
  readonly dtype: FileTensor['dtype'];
  readonly shape: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function safetensorsOf(tensors: ReadonlyMap<string, RawTensor>): Uint8Array<ArrayBuffer> {
  let at = 0;
  const header: Record<string, unknown> = {};
  for (const [name, { dtype, shape, bytes }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
  }
  const head = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + head.length + at);
  new DataView(file.buffer).setBigUint64(0, BigInt(head.length), true);
  file.set(head, 8);
  at = 8 + head.length;
  for (const { bytes } of tensors.values()) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}
