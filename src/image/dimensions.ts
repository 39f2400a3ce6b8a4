import type { ImageSize } from './sizes/image-size.ts';
import { jpegSizes } from './sizes/raster.ts';
import { HeaderReader } from './sizes/reader.ts';

/** Where Pillow begins to warn of decompression bombs; 340 MiB once decoded. Larger images are refused. */
export const MAX_DECODED_PIXELS = 89_478_485;

function ascii(view: DataView, at: number, length: number): string {
  if (at + length > view.byteLength) return '';
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, length));
}

function png(view: DataView): ImageSize {
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function webp(view: DataView): ImageSize | null {
  const uint24 = (at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  switch (ascii(view, 12, 4)) {
    case 'VP8X':
      return { width: 1 + uint24(24), height: 1 + uint24(27) };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
    }
    case 'VP8 ':
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    default:
      return null;
  }
}

function firstOf(sizes: Iterable<ImageSize>): ImageSize | null {
  for (const size of sizes) return size;
  return null;
}

/**
 * The stored size of a PNG, JPEG or WebP, read from the first bytes of its file; null for anything else. It is known before
 * anything is decoded, so that a small file that unfolds into gigabytes can be refused.
 */
export function imageDimensions(head: Uint8Array): ImageSize | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 30) return null;
  if (ascii(view, 1, 3) === 'PNG') return png(view);
  if (view.getUint16(0) === 0xffd8) return firstOf(jpegSizes(new HeaderReader(head)));
  if (ascii(view, 0, 4) === 'RIFF' && ascii(view, 8, 4) === 'WEBP') return webp(view);
  return null;
}
