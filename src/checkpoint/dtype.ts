import { NamedError } from '../named-error.ts';

/** Bytes of one element, per dtype in the spelling of safetensors headers. */
export const DTYPE_BYTES = {
  BF16: 2,
  F16: 2,
  F32: 4,
  F64: 8,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I8: 1,
  U8: 1,
  I16: 2,
  U16: 2,
  I32: 4,
  U32: 4,
  I64: 8,
  U64: 8,
  BOOL: 1,
} as const;

export type Dtype = keyof typeof DTYPE_BYTES;

/** @throws NamedError `UnknownDtype`, with the list of those known. */
export function asDtype(value: string, place: { file: string; tensor: string }): Dtype {
  if (Object.hasOwn(DTYPE_BYTES, value)) return value as Dtype;
  throw new NamedError(
    'UnknownDtype',
    `dtype ${JSON.stringify(value)} is none of ${Object.keys(DTYPE_BYTES).join(', ')}`,
    { ...place, field: 'dtype' },
    'save the checkpoint again in bfloat16, float16 or float32',
  );
}
