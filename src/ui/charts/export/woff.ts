import { unzlibSync } from 'fflate';
import { NamedError } from '../../../named-error.ts';

/** Bytes of the header, and of one entry of its directory (WOFF 1.0, W3C). */
const HEADER = 44;
const ENTRY = 20;
/** The same of the file that it packs. */
const SFNT_HEADER = 12;
const SFNT_ENTRY = 16;

const padded = (length: number): number => (length + 3) & ~3;

/**
 * The TrueType or OpenType file that a WOFF 1.0 file packs: PDF knows no other.
 *
 * @throws NamedError `PictureFailed` of another file
 */
export function unpackWoff(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER || view.getUint32(0) !== 0x774f4646)
    throw new NamedError('PictureFailed', 'a font file is no WOFF', {}, 'reload the page and try again');
  const count = view.getUint16(12);
  const tables = Array.from({ length: count }, (_, i) => {
    const at = HEADER + i * ENTRY;
    const [offset, packed, length] = [4, 8, 12].map((more) => view.getUint32(at + more)) as [
      number,
      number,
      number,
    ];
    const stored = bytes.subarray(offset, offset + packed);
    return { at, length, data: packed < length ? unzlibSync(stored) : stored };
  });
  const first = SFNT_HEADER + count * SFNT_ENTRY;
  const file = new Uint8Array(tables.reduce((sum, { length }) => sum + padded(length), first));
  const out = new DataView(file.buffer);
  const log = Math.floor(Math.log2(count));
  out.setUint32(0, view.getUint32(4));
  [count, 16 * 2 ** log, log, 16 * (count - 2 ** log)].forEach((value, i) => out.setUint16(4 + 2 * i, value));
  let offset = first;
  tables.forEach(({ at, length, data }, i) => {
    const entry = SFNT_HEADER + i * SFNT_ENTRY;
    // Tag, checksum, offset, length.
    [view.getUint32(at), view.getUint32(at + 16), offset, length].forEach((value, j) =>
      out.setUint32(entry + 4 * j, value),
    );
    file.set(data, offset);
    offset += padded(length);
  });
  return file;
}
