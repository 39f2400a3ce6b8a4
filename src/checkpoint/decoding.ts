import type { Dtype } from './dtype.ts';
import { DTYPE_BYTES } from './dtype.ts';
import { halfToFloatBits } from './float16.ts';
import { float8ToNumber } from './float8.ts';

/**
 * Decodes little-endian tensor bytes to float32. BF16, F16, F8_* and small integers are exact; F64 and wide
 * integers are rounded once, to nearest even; BOOL is 0 or 1.
 *
 * @param out `[bytes / bytes per element]`, reused when given, to spare an allocation per tensor
 * @throws RangeError when `bytes` is no whole number of elements or `out` has another length
 */
export function toFloat32(
  bytes: Uint8Array<ArrayBuffer>,
  dtype: Dtype,
  out: Float32Array<ArrayBuffer> = new Float32Array(bytes.length / DTYPE_BYTES[dtype]),
): Float32Array<ArrayBuffer> {
  const size = DTYPE_BYTES[dtype];
  const count = bytes.length / size;
  if (!Number.isInteger(count) || out.length !== count) {
    throw new RangeError(`${bytes.length} bytes of ${dtype} do not fill ${out.length} values`);
  }
  // Typed arrays wider than a byte start only at multiples of their element.
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  switch (dtype) {
    case 'BF16':
      decodeBfloat16(new Uint16Array(buffer, byteOffset, count), out);
      return out;
    case 'F16':
      lookUp(new Uint16Array(buffer, byteOffset, count), halfTable(), out);
      return out;
    case 'F8_E4M3':
    case 'F8_E5M2':
      lookUp(bytes, float8Table(dtype), out);
      return out;
    case 'F32':
      // As bits: a copy of float values may quiet NaNs.
      bitsOf(out).set(new Uint32Array(buffer, byteOffset, count));
      return out;
    case 'I64':
      decodeInteger64(new BigInt64Array(buffer, byteOffset, count), out);
      return out;
    case 'U64':
      decodeInteger64(new BigUint64Array(buffer, byteOffset, count), out);
      return out;
    case 'BOOL':
      for (let i = 0; i < count; i += 1) out[i] = bytes[i] === 0 ? 0 : 1;
      return out;
    default:
      out.set(new NUMBERS[dtype](buffer, byteOffset, count));
      return out;
  }
}

/** What JavaScript reads as it is stored; `set` rounds to float32. */
const NUMBERS = {
  F64: Float64Array,
  I8: Int8Array,
  U8: Uint8Array,
  I16: Int16Array,
  U16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
} as const;

function bitsOf(values: Float32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** A bfloat16 is the upper half of a float32. */
function decodeBfloat16(codes: Uint16Array, out: Float32Array<ArrayBuffer>): void {
  const bits = bitsOf(out);
  for (let i = 0; i < codes.length; i += 1) bits[i] = (codes[i] ?? 0) << 16;
}

function lookUp(codes: Uint8Array | Uint16Array, table: Uint32Array, out: Float32Array<ArrayBuffer>): void {
  const bits = bitsOf(out);
  for (let i = 0; i < codes.length; i += 1) bits[i] = table[codes[i] ?? 0] ?? 0;
}

/** Above 2^53 a double would round first and float32 a second time; a sticky lowest bit leaves the rounding to float32. */
function decodeInteger64(values: BigInt64Array | BigUint64Array, out: Float32Array): void {
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0n;
    const head = value >> 11n;
    const exact = value === BigInt.asIntN(53, value);
    out[i] = exact ? Number(value) : Number((value & 0x7ffn) === 0n ? head : head | 1n) * 2048;
  }
}

let halves: Uint32Array<ArrayBuffer> | undefined;

/** Float32 bits of all 65536 halves (256 kB), built on first use. */
function halfTable(): Uint32Array<ArrayBuffer> {
  return (halves ??= Uint32Array.from({ length: 0x10000 }, (_, code) => halfToFloatBits(code)));
}

let halfNumbers: Float32Array | undefined;

/** By code, the values of all 65536 halves: for formats whose scales are halves. */
export function halfValues(): Float32Array {
  return (halfNumbers ??= new Float32Array(halfTable().buffer));
}

const float8Tables = new Map<Dtype, Uint32Array>();

function float8Table(dtype: 'F8_E4M3' | 'F8_E5M2'): Uint32Array {
  let table = float8Tables.get(dtype);
  if (table === undefined) {
    table = bitsOf(Float32Array.from({ length: 256 }, (_, code) => float8ToNumber(code, dtype)));
    float8Tables.set(dtype, table);
  }
  return table;
}
