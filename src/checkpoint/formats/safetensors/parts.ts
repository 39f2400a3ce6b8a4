/** Tensors of a file as parts of an encoded one, and what is said of them where they do not fit. */
import { NamedError } from '../../../named-error.ts';
import type { Dtype, UnreadDtype } from '../../dtype.ts';
import type { StoredPart } from '../encoded.ts';
import type { FileTensor } from './quantization.ts';

export function partOf({ file, storedName, dtype, shape, start, end }: FileTensor): StoredPart {
  return { file, name: storedName, dtype, shape, start, end };
}

/** `InvalidTensor`: codes, scales and shapes do not belong together. */
export function wrongTensor({ file, storedName, dtype, shape }: FileTensor, what: string): NamedError {
  return new NamedError(
    'InvalidTensor',
    `${dtype} [${shape.join(', ')}] does not fit its weight: ${what}`,
    { file, tensor: storedName },
    'download the folder again; else open the checkpoint that it was quantized from',
  );
}

/** @throws NamedError `InvalidTensor` */
export function expectTensor(
  tensor: FileTensor,
  dtypes: readonly (Dtype | UnreadDtype)[],
  shape: readonly number[],
): void {
  const fits = tensor.shape.length === shape.length && tensor.shape.every((dim, i) => dim === shape[i]);
  if (fits && dtypes.includes(tensor.dtype)) return;
  throw wrongTensor(tensor, `it should be ${dtypes.join(' or ')} [${shape.join(', ')}]`);
}

/** A tensor of a module. @throws NamedError `InvalidTensor`, by the name of another that stands there */
export function companion(
  tensors: ReadonlyMap<string, FileTensor>,
  beside: FileTensor,
  name: string,
): FileTensor {
  const tensor = tensors.get(name);
  if (tensor) return tensor;
  throw wrongTensor(beside, `there is no ${name} beside it`);
}
