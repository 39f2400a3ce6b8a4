import { inflateSync } from 'node:zlib';
import type { RgbImage } from '../../vlm/patches.ts';

/** Pixels of a committed picture in Node: square, unfiltered rows of palette indices or of RGB, as our generator writes them. */
export async function pngPixels(file: Blob): Promise<RgbImage> {
  const bytes = Buffer.from(await file.arrayBuffer());
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    chunks.set(bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const size = chunks.get('IHDR')?.readUInt32BE(0) ?? 0;
  const palette = chunks.get('PLTE');
  const lines = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  const stride = lines.length / size;
  const rgb = new Uint8Array(size * size * 3);
  let to = 0;
  lines.forEach((value, index) => {
    // The first byte of a row names its filter.
    if (index % stride === 0) return;
    if (palette) rgb.set(palette.subarray(3 * value, 3 * value + 3), 3 * to++);
    else rgb[to++] = value;
  });
  return { width: size, height: size, rgb };
}
