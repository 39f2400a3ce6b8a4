/** EXIF orientation: where it stands in a file, and what it does to pixels. */
import type { DecodedImage } from './decoded-image.ts';

const ORIENTATION_TAG = 0x0112;
/** Set in JPEG before the TIFF header. */
const EXIF = 'Exif\0\0';

export interface Orientation {
  /** 1 … 8, as TIFF and EXIF number them. */
  readonly value: number;
  /** Offset in the file of the two bytes that hold it, and their order. */
  readonly at: number;
  readonly littleEndian: boolean;
}

/** The orientation that a JPEG, PNG or WebP states; null where it states none. */
export function exifOrientation(bytes: Uint8Array): Orientation | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const tiff = inJpeg(view) ?? inPng(view) ?? inWebp(view);
    return tiff === null ? null : inTiff(view, tiff);
  } catch (error) {
    // A block that points beyond the file says nothing.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The file with its orientation set to "as stored", so that no decoder turns the pixels. */
export function untilted(bytes: Uint8Array, { at, littleEndian }: Orientation): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes);
  new DataView(copy.buffer).setUint16(at, 1, littleEndian);
  return copy;
}

/** Pixels turned and mirrored as the orientation says: Pillow's `ImageOps.exif_transpose`. */
export function upright({ width, height, rgb }: DecodedImage, orientation: number): DecodedImage {
  if (orientation < 2 || orientation > 8) return { width, height, rgb };
  const swapped = orientation > 4;
  const [outWidth, outHeight] = swapped ? [height, width] : [width, height];
  // Where the first pixel of the result stands, and how far it is from there to the right and down.
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const first = (fromBottom ? (height - 1) * width : 0) + (fromRight ? width - 1 : 0);
  const [alongX, alongY] = [fromRight ? -1 : 1, fromBottom ? -width : width];
  const [right, down] = swapped ? [alongY, alongX] : [alongX, alongY];
  const out = new Uint8Array(rgb.length);
  for (let y = 0, to = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const from = (first + y * down + x * right) * 3;
      out[to++] = rgb[from] ?? 0;
      out[to++] = rgb[from + 1] ?? 0;
      out[to++] = rgb[from + 2] ?? 0;
    }
  }
  return { width: outWidth, height: outHeight, rgb: out };
}

function ascii(view: DataView, at: number, length: number): string {
  return Array.from({ length }, (_, i) => String.fromCharCode(view.getUint8(at + i))).join('');
}

function inJpeg(view: DataView): number | null {
  if (view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; view.getUint8(at) === 0xff;) {
    const marker = view.getUint8(at + 1);
    // From the scan on, what looks like a marker may be picture.
    if (marker === 0xda) return null;
    if (marker === 0xe1 && ascii(view, at + 4, EXIF.length) === EXIF) return at + 4 + EXIF.length;
    // Markers may be padded with further 0xff bytes.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return null;
}

function inPng(view: DataView): number | null {
  if (view.getUint32(0) !== 0x89504e47) return null;
  for (let at = 8; at < view.byteLength; at += 12 + view.getUint32(at)) {
    if (ascii(view, at + 4, 4) === 'eXIf') return at + 8;
  }
  return null;
}

function inWebp(view: DataView): number | null {
  if (ascii(view, 0, 4) !== 'RIFF' || ascii(view, 8, 4) !== 'WEBP') return null;
  for (let at = 12; at < view.byteLength;) {
    const size = view.getUint32(at + 4, true);
    if (ascii(view, at, 4) === 'EXIF') {
      // Some writers put JPEG's prefix here, too.
      return at + 8 + (ascii(view, at + 8, EXIF.length) === EXIF ? EXIF.length : 0);
    }
    at += 8 + size + (size % 2);
  }
  return null;
}

/** Reads the first directory of the TIFF block at `tiff`. */
function inTiff(view: DataView, tiff: number): Orientation | null {
  const order = ascii(view, tiff, 2);
  if (order !== 'II' && order !== 'MM') return null;
  const littleEndian = order === 'II';
  const directory = tiff + view.getUint32(tiff + 4, littleEndian);
  const entries = view.getUint16(directory, littleEndian);
  for (let entry = directory + 2; entry < directory + 2 + 12 * entries; entry += 12) {
    if (view.getUint16(entry, littleEndian) !== ORIENTATION_TAG) continue;
    const at = entry + 8;
    return { value: view.getUint16(at, littleEndian), at, littleEndian };
  }
  return null;
}
