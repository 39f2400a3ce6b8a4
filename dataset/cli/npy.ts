/**
 * The header of a NumPy file (format 1.0) that holds unsigned bytes of this shape in C order; the bytes follow.
 * `numpy.load(path, mmap_mode="r")` reads it without copying.
 */
export function npyHeader(shape: readonly number[]): Uint8Array {
  const fields = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const prefix = 10;
  const padding = 64 - ((prefix + fields.length + 1) % 64);
  const text = `${fields}${' '.repeat(padding % 64)}\n`;
  const bytes = new Uint8Array(prefix + text.length);
  bytes.set([0x93, ...[...'NUMPY'].map((letter) => letter.charCodeAt(0)), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, text.length, true);
  bytes.set(new TextEncoder().encode(text), prefix);
  return bytes;
}
