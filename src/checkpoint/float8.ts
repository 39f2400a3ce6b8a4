/**
 * The value of an 8-bit float code.
 *
 * - E4M3 ("fn", OCP 8-bit floating point specification §5.1): bias 7, no infinity, S.1111.111 is NaN, largest 448;
 * - E5M2: as IEEE 754, bias 15, infinity and NaN at the top exponent, largest finite 57344.
 */
export function float8ToNumber(code: number, format: 'F8_E4M3' | 'F8_E5M2'): number {
  const mantissaBits = format === 'F8_E4M3' ? 3 : 2;
  const bias = format === 'F8_E4M3' ? 7 : 15;
  const sign = code & 0x80 ? -1 : 1;
  const exponent = (code & 0x7f) >> mantissaBits;
  const fraction = (code & ((1 << mantissaBits) - 1)) / (1 << mantissaBits);
  if (format === 'F8_E4M3' && (code & 0x7f) === 0x7f) return NaN;
  if (format === 'F8_E5M2' && exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

/** The value of a scale stored as an exponent alone (E8M0, OCP microscaling formats §5.4.1): 2^(code − 127); 255 is NaN. */
export function exponentToNumber(code: number): number {
  return code === 0xff ? NaN : 2 ** (code - 127);
}

/**
 * The value of a 4-bit float code (E2M1, OCP microscaling formats §5.3.3): 1 sign, 2 exponent (bias 1), 1 mantissa bit; 0 to 6,
 * without infinity or NaN.
 */
export function float4ToNumber(code: number): number {
  const exponent = (code >> 1) & 3;
  const fraction = (code & 1) / 2;
  return (code & 8 ? -1 : 1) * (exponent === 0 ? fraction : (1 + fraction) * 2 ** (exponent - 1));
}
