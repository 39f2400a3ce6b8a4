/** Pixels of the kinds of PNG that a canvas gives otherwise than Pillow: with transparency, or of 16 bits. */
import { decode, type DecodedPng } from 'fast-png';
import type { DecodedImage } from './decoded-image.ts';

/** What is laid on white: whatever is transparent, or RGBA alone; of anything else transparency is dropped. */
export type OnWhite = 'transparency' | 'rgba';

const GREY = 0;
const PALETTE = 3;
const GREY_ALPHA = 4;
const RGBA = 6;

interface Kind {
  readonly depth: number;
  readonly colour: number;
  readonly interlaced: boolean;
  /** Whether a colour, or entries of the palette, are said to be transparent. */
  readonly marked: boolean;
}

/**
 * RGB as Pillow makes it: 16-bit grey is clipped to 255 (so most of it is white), other samples of 16 bits lose their low
 * byte, a marked colour is transparent where its low byte is the 8-bit sample, and what is transparent lies on white.
 * Null for what a canvas gives exactly: no PNG, or an opaque one of 8 bits and fewer; and for interlaced lines of
 * fewer than 8 bits, which the decoder cannot read.
 *
 * @throws Error where the PNG is broken
 */
export function pngPixels(bytes: Uint8Array, onWhite: OnWhite): DecodedImage | null {
  const kind = exactKind(bytes);
  if (!kind) return null;
  const png = decode(bytes);
  // Pillow holds grey with alpha of 16 bits as RGBA, too.
  const asRgba = kind.colour === RGBA || (kind.colour === GREY_ALPHA && kind.depth === 16);
  const laid = onWhite === 'transparency' || asRgba;
  return { width: png.width, height: png.height, rgb: onWhiteGround(png, kind, laid) };
}

/** Whether `pngPixels` reads it: a canvas gives anything else exactly. */
export function isReadExactly(bytes: Uint8Array): boolean {
  return exactKind(bytes) !== null;
}

function exactKind(bytes: Uint8Array): Kind | null {
  const kind = kindOf(bytes);
  if (!kind || (kind.interlaced && kind.depth < 8)) return null;
  const transparent = kind.marked || kind.colour === GREY_ALPHA || kind.colour === RGBA;
  return transparent || kind.depth === 16 ? kind : null;
}

function onWhiteGround(png: DecodedPng, kind: Kind, laid: boolean): Uint8Array {
  const { width, height, channels, palette } = png;
  const samples = eightBits(png, kind);
  const [first = -1, second = -1, third = -1] = markedColour(png, kind);
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    let red = samples[from] ?? 0;
    let green = red;
    let blue = red;
    let alpha = 255;
    if (kind.colour === PALETTE) {
      const entry = palette?.[red];
      red = entry?.[0] ?? 0;
      green = entry?.[1] ?? 0;
      blue = entry?.[2] ?? 0;
      alpha = entry?.[3] ?? 255;
    } else if (channels < 3) {
      alpha = channels === 2 ? (samples[from + 1] ?? 0) : red === first ? 0 : 255;
    } else {
      green = samples[from + 1] ?? 0;
      blue = samples[from + 2] ?? 0;
      if (channels === 4) alpha = samples[from + 3] ?? 0;
      else if (red === first && green === second && blue === third) alpha = 0;
    }
    const shown = laid ? alpha : 255;
    rgb[to] = over(red, shown);
    rgb[to + 1] = over(green, shown);
    rgb[to + 2] = over(blue, shown);
  }
  return rgb;
}

/** A sample on white, divided by 255 as Pillow does: by shifts, rounded. */
function over(value: number, alpha: number): number {
  const sum = value * alpha + 255 * (255 - alpha) + 128;
  return ((sum >> 8) + sum) >> 8;
}

/** All samples as Pillow holds them, one a byte. */
function eightBits({ data, width, height }: DecodedPng, { depth, colour }: Kind): ArrayLike<number> {
  if (depth === 8) return data;
  if (depth === 16) {
    const bytes = new Uint8Array(data.length);
    for (let i = 0; i < bytes.length; i++) {
      const value = data[i] ?? 0;
      bytes[i] = colour === GREY ? Math.min(255, value) : value >> 8;
    }
    return bytes;
  }
  const samples = new Uint8Array(width * height);
  const bytesPerLine = Math.ceil((width * depth) / 8);
  const most = (1 << depth) - 1;
  const scale = colour === GREY ? 255 / most : 1;
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to++) {
      const bit = x * depth;
      const byte = data[y * bytesPerLine + (bit >> 3)] ?? 0;
      samples[to] = ((byte >> (8 - depth - (bit & 7))) & most) * scale;
    }
  }
  return samples;
}

/** The colour marked as transparent, as Pillow compares it; none where no colour is. */
function markedColour({ transparency }: DecodedPng, { depth, colour }: Kind): readonly number[] {
  const values = [...(transparency ?? [])];
  if (depth === 1 && colour === GREY) return values.map((value) => (value === 0 ? 0 : 255));
  return values.map((value) => value & 255);
}

/** From the header and the chunks before the pixels; null where `bytes` are no PNG. */
function kindOf(bytes: Uint8Array): Kind | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33 || view.getUint32(0) !== 0x89504e47) return null;
  let marked = false;
  for (let at = 8; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (name === 'IDAT') break;
    marked ||= name === 'tRNS';
  }
  return { depth: view.getUint8(24), colour: view.getUint8(25), interlaced: view.getUint8(28) === 1, marked };
}
