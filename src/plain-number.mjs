/**
 * A number as axes, tables and sentences have it: up to `digits` significant digits, powers of ten where it is very small or large.
 * @param {number} value
 */
export function plainNumber(value, digits = 4) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    return value
      .toExponential(2)
      .replace(/\.?0{1,2}e/, 'e')
      .replace('e+', 'e')
      .replaceAll('-', '\u2212');
  }
  return String(Number(value.toPrecision(digits))).replace('-', '\u2212');
}
