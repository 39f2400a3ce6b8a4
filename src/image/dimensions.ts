/** Where Pillow begins to warn of decompression bombs; 340 MiB once decoded. Larger images are refused. */
export const MAX_DECODED_PIXELS = 89_478_485;

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** JPEG markers that begin a frame and so carry its size: SOF0–SOF15 without DHT, JPG and DAC. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function ascii(view: DataView, at: number, length: number): string {
  if (at + length > view.byteLength) return '';
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, length));
}

function png(view: DataView): ImageSize {
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function jpeg(view: DataView): ImageSize | null {
  for (let at = 2; at + 9 <= view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (isFrame(marker)) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    // Markers may be padded with further 0xff bytes.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return null;
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

/**
 * The stored size of a PNG, JPEG or WebP, read from the first bytes of its file; null for anything else. It is known before
 * anything is decoded, so that a small file that unfolds into gigabytes can be refused.
 */
export function imageDimensions(head: Uint8Array): ImageSize | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 30) return null;
  if (ascii(view, 1, 3) === 'PNG') return png(view);
  if (view.getUint16(0) === 0xffd8) return jpeg(view);
  if (ascii(view, 0, 4) === 'RIFF' && ascii(view, 8, 4) === 'WEBP') return webp(view);
  return null;
}
