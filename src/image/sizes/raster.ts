/** All sizes that a file of each kind states: of the whole and of its parts, whichever a decoder may make room for. */
import type { ImageSize } from './image-size.ts';
import type { HeaderReader } from './reader.ts';

/** JPEG markers that begin a frame and so carry its size: SOF0–SOF15 without DHT, JPG and DAC. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Markers that nothing follows: TEM, RST0–RST7, SOI. */
const standsAlone = (marker: number): boolean => marker === 1 || (marker >= 0xd0 && marker <= 0xd8);
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** PNG and APNG: the image, which comes first in every one, and frames of an animation. */
export function* pngSizes(file: HeaderReader, start = 0): Generator<ImageSize> {
  if (file.ascii(start + 12, 4) !== 'IHDR') return;
  for (let at = start + 8; at + 8 <= file.length; at += 12 + file.u32(at)) {
    const name = file.part(at + 4);
    if (name === 'IHDR') yield { width: file.u32(at + 8), height: file.u32(at + 12) };
    if (name === 'fcTL') yield { width: file.u32(at + 12), height: file.u32(at + 16) };
  }
}

/** Every frame before the first scan; as decoders do, bytes that are no marker are passed over. */
export function* jpegSizes(file: HeaderReader): Generator<ImageSize> {
  for (let at = 2; at < file.length;) {
    const marker = file.u8(at + 1);
    // What fills the space before a marker, padding with further 0xff bytes included.
    if (file.u8(at) !== 0xff || marker === 0xff || marker === 0) {
      at += 1;
      continue;
    }
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) return;
    if (isFrame(marker)) yield { height: file.u16(at + 5), width: file.u16(at + 7) };
    const length = standsAlone(marker) ? 0 : file.u16(at + 2);
    if (Number.isNaN(length)) return;
    at += 2 + length;
  }
}

/** The canvas, and every frame on it; a frame holds no frames. */
export function* webpSizes(file: HeaderReader): Generator<ImageSize> {
  yield* webpParts(file, 12, file.length, true);
}

function* webpParts(file: HeaderReader, from: number, end: number, framed: boolean): Generator<ImageSize> {
  for (let at = from; at + 8 <= end;) {
    const name = file.part(at);
    const length = file.u32(at + 4, true);
    const data = at + 8;
    if (name === 'VP8X') yield { width: 1 + file.u24(data + 4), height: 1 + file.u24(data + 7) };
    if (name === 'VP8 ')
      yield { width: file.u16(data + 6, true) & 0x3fff, height: file.u16(data + 8, true) & 0x3fff };
    if (name === 'VP8L') {
      const bits = file.u32(data + 1, true);
      yield { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
    }
    if (name === 'ANMF' && framed) {
      yield { width: 1 + file.u24(data + 6), height: 1 + file.u24(data + 9) };
      yield* webpParts(file, data + 16, Math.min(end, data + length), false);
    }
    at = data + length + (length % 2);
  }
}

/** The screen, and the extent of every frame on it: a decoder widens the screen for a frame that is larger. */
export function* gifSizes(file: HeaderReader): Generator<ImageSize> {
  const [width, height] = [file.u16(6, true), file.u16(8, true)];
  yield { width, height };
  const palette = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + palette(file.u8(10));
  while (at < file.length) {
    const kind = file.u8(at);
    if (kind === 0x21) at += 2;
    else if (kind === 0x2c) {
      const [left, top] = [file.u16(at + 1, true), file.u16(at + 3, true)];
      const frame = { width: left + file.u16(at + 5, true), height: top + file.u16(at + 7, true) };
      yield { width: Math.max(width, frame.width), height: Math.max(height, frame.height) };
      // Behind the palette stands the size of a code.
      at += 10 + palette(file.u8(at + 9)) + 1;
    } else return;
    // Blocks, each after its length, up to one of none.
    for (; file.u8(at) > 0; at += 1 + file.u8(at));
    at += 1;
  }
}

/** Heads of 12 bytes state 16 bits; all later ones 32, with a height below zero for rows from the top. */
export function* bmpSizes(file: HeaderReader, head = 14): Generator<ImageSize> {
  const length = file.u32(head, true);
  if (length === 12) yield { width: file.u16(head + 4, true), height: file.u16(head + 6, true) };
  if (length >= 16)
    yield { width: Math.abs(file.i32(head + 4, true)), height: Math.abs(file.i32(head + 8, true)) };
}

/** Of each picture of an icon what its entry says and what the picture itself does. */
export function* iconSizes(file: HeaderReader): Generator<ImageSize> {
  const count = file.u16(4, true);
  for (let entry = 6; entry < 6 + 16 * count && entry < file.length; entry += 16) {
    yield { width: file.u8(entry) || 256, height: file.u8(entry + 1) || 256 };
    const at = file.u32(entry + 12, true);
    if (file.ascii(at + 1, 3) === 'PNG') yield* pngSizes(file, at);
    // Twice as high as it is: the mask stands below.
    else for (const { width, height } of bmpSizes(file, at)) yield { width, height: Math.ceil(height / 2) };
  }
}
