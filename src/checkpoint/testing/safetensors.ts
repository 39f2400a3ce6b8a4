import type { TensorLayout } from '../writing.ts';
import { planSafetensors, tensorBytes } from '../writing.ts';

/** A whole file in memory, for small models. @throws RangeError when bytes and shape disagree */
export function writeSafetensors(
  tensors: readonly (TensorLayout & { readonly bytes: Uint8Array })[],
  metadata?: ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> {
  const plan = planSafetensors(tensors, metadata);
  const file = new Uint8Array(plan.bytes);
  file.set(plan.head);
  let at = plan.head.length;
  for (const tensor of plan.order) {
    if (tensor.bytes.length !== tensorBytes(tensor)) {
      throw new RangeError(`${tensor.bytes.length} bytes for ${tensor.dtype} [${tensor.shape.join(', ')}]`);
    }
    file.set(tensor.bytes, at);
    at += tensor.bytes.length;
  }
  return file;
}
