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

/** Bits of one element of the dtypes that safetensors 0.8 knows besides: as weights they are not read. */
const UNREAD_BITS = {
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  C64: 64,
} as const;

/** A dtype whose place in a file is known, and whose values are not read. */
export type UnreadDtype = keyof typeof UNREAD_BITS;

export function isRead(dtype: Dtype | UnreadDtype): dtype is Dtype {
  return Object.hasOwn(DTYPE_BYTES, dtype);
}

export function bitsOf(dtype: Dtype | UnreadDtype): number {
  return isRead(dtype) ? 8 * DTYPE_BYTES[dtype] : UNREAD_BITS[dtype];
}

/** @throws NamedError `UnknownDtype` for a dtype that the format does not name */
export function asDtype(value: string, place: { file: string; tensor: string }): Dtype | UnreadDtype {
  if (Object.hasOwn(DTYPE_BYTES, value) || Object.hasOwn(UNREAD_BITS, value)) {
    return value as Dtype | UnreadDtype;
  }
  throw unknownDtype(value, place);
}

/** `UnknownDtype`, with the list of those that are read. */
export function unknownDtype(value: string, place: { file: string; tensor: string }): NamedError {
  return new NamedError(
    'UnknownDtype',
    `dtype ${JSON.stringify(value)} is not one of ${Object.keys(DTYPE_BYTES).join(', ')}`,
    { ...place, field: 'dtype' },
    'save the checkpoint again in bfloat16, float16 or float32',
  );
}
