/** PNGs of the plainest kind, read where they are asked for: a browser decodes elsewhere, and its canvas has to be drawn and read back. */
import { crc32 } from '../work/crc32.ts';
import type { DecodedImage } from './decoded-image.ts';
import { unpacked } from './png-inflated.ts';
import { HeaderReader } from './sizes/reader.ts';

/** Larger ones take the browser longer than it takes to ask it, and would keep this thread. */
const MOST_PIXELS = 2 ** 20;
const SIGNATURE = [0x89504e47, 0x0d0a1a0a] as const;
const GREY = 0;
const RGB = 2;
const PALETTE = 3;
/** Chunks that say nothing about pixels. Of anything else the browser is to judge. */
const IGNORED: ReadonlySet<string> = new Set(['pHYs', 'tEXt', 'tIME']);

interface PlainPng {
  readonly width: number;
  readonly height: number;
  readonly colour: typeof GREY | typeof RGB | typeof PALETTE;
  /** RGB, entry by entry. */
  readonly palette: Uint8Array;
  readonly packed: readonly Uint8Array<ArrayBuffer>[];
}

/**
 * Pixels of a whole PNG of 8 bits that is grey, RGB or indexed, opaque, not interlaced, and says no more than that: as it stores
 * them, which is what a canvas gives. Null for any other, for one that is damaged, and for a large one.
 *
 * @param bytes of a picture that may be decoded (`checkPicture`)
 */
export async function plainPng(bytes: Uint8Array<ArrayBuffer>): Promise<DecodedImage | null> {
  const png = partsOf(bytes);
  if (!png) return null;
  const { width, height, colour, palette } = png;
  const samples = colour === RGB ? 3 : 1;
  const lines = await linesOf(png.packed, (1 + width * samples) * height);
  const stored = lines && unfiltered(lines, width * samples, samples);
  if (!stored) return null;
  if (colour === RGB) return { width, height, rgb: stored };
  const entries = colour === PALETTE ? palette : Uint8Array.from({ length: 768 }, (_, at) => at / 3);
  const rgb = spread(stored, entries);
  return rgb && { width, height, rgb };
}

function partsOf(bytes: Uint8Array<ArrayBuffer>): PlainPng | null {
  const file = new HeaderReader(bytes);
  if (file.u32(0) !== SIGNATURE[0] || file.u32(4) !== SIGNATURE[1]) return null;
  const [depth, colour, ...rest] = [24, 25, 26, 27, 28].map((at) => file.u8(at));
  // The only packing and filtering there is, no interlacing.
  if (file.u32(8) !== 13 || depth !== 8 || rest.some((value) => value !== 0)) return null;
  const [width, height] = [file.u32(16), file.u32(20)];
  if (!(width * height <= MOST_PIXELS) || bytes.length > 4 * MOST_PIXELS) return null;
  if (colour !== GREY && colour !== RGB && colour !== PALETTE) return null;
  let palette = new Uint8Array();
  const packed: Uint8Array<ArrayBuffer>[] = [];
  const names: string[] = [];
  for (let at = 8; at < bytes.length;) {
    const [length, name] = [file.u32(at), file.ascii(at + 4, 4)];
    const end = at + 8 + length;
    if (!(end + 4 <= bytes.length) || file.u32(end) !== crc32(bytes.subarray(at + 4, end))) return null;
    const body = bytes.subarray(at + 8, end);
    if (name === 'PLTE') palette = body;
    if (name === 'IDAT') packed.push(body);
    if (at === 8 || !IGNORED.has(name)) names.push(name);
    at = end + 4;
  }
  const order = colour === PALETTE ? /^IHDR PLTE( IDAT)+ IEND$/ : /^IHDR( IDAT)+ IEND$/;
  if (!order.test(names.join(' ')) || palette.length % 3 !== 0) return null;
  return { width, height, colour, palette, packed };
}

/** Null where they are not exactly so many bytes, or cannot be unpacked. */
async function linesOf(
  packed: readonly Uint8Array<ArrayBuffer>[],
  size: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const lines = new Uint8Array(size);
  let at = 0;
  try {
    for await (const piece of unpacked(packed)) {
      if (at + piece.length > size) return null;
      lines.set(piece, at);
      at += piece.length;
    }
  } catch {
    return null;
  }
  return at === size ? lines : null;
}

/**
 * The samples of lines that begin with the number of their filter (https://www.w3.org/TR/png-3/#9Filters); null for a filter that there
 * is not.
 *
 * @param step bytes from a sample to the next one of its kind
 */
function unfiltered(lines: Uint8Array, width: number, step: number): Uint8Array | null {
  const height = lines.length / (1 + width);
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = y * (1 + width) + 1;
    const to = y * width;
    const filter = lines[from - 1] ?? NaN;
    out.set(lines.subarray(from, from + width), to);
    if (filter === 0) continue;
    const predict = PREDICTIONS[filter - 1];
    if (!predict) return null;
    for (let x = 0; x < width; x++) {
      const left = x < step ? 0 : (out[to + x - step] ?? 0);
      const above = y === 0 ? 0 : (out[to + x - width] ?? 0);
      const corner = x < step || y === 0 ? 0 : (out[to + x - width - step] ?? 0);
      out[to + x] = (out[to + x] ?? 0) + predict(left, above, corner);
    }
  }
  return out;
}

/** Sub, Up, Average, Paeth. */
const PREDICTIONS: readonly ((left: number, above: number, corner: number) => number)[] = [
  (left) => left,
  (_, above) => above,
  (left, above) => (left + above) >> 1,
  (left, above, corner) => {
    const [toLeft, toAbove] = [Math.abs(above - corner), Math.abs(left - corner)];
    const toCorner = Math.abs(left + above - 2 * corner);
    if (toLeft <= toAbove && toLeft <= toCorner) return left;
    return toAbove <= toCorner ? above : corner;
  },
];

/** The palette's entry of each index; null where there is none. */
function spread(indices: Uint8Array, palette: Uint8Array): Uint8Array | null {
  const rgb = new Uint8Array(3 * indices.length);
  let highest = 0;
  for (let from = 0, to = 0; from < indices.length; from++, to += 3) {
    const index = indices[from] ?? 0;
    if (index > highest) highest = index;
    rgb[to] = palette[3 * index] ?? 0;
    rgb[to + 1] = palette[3 * index + 1] ?? 0;
    rgb[to + 2] = palette[3 * index + 2] ?? 0;
  }
  return 3 * highest + 2 < palette.length ? rgb : null;
}
