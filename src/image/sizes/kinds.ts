/** What kind of picture a file is, by its first bytes, and which sizes it states. */
import type { ImageSize } from './image-size.ts';
import { boxSizes } from './isobmff.ts';
import { bmpSizes, gifSizes, iconSizes, jpegSizes, pngSizes, webpSizes } from './raster.ts';
import type { HeaderReader } from './reader.ts';

export interface PictureKind {
  readonly name: string;
  readonly is: (file: HeaderReader) => boolean;
  /** Undefined: its size is not read before it is decoded, so it is not decoded. */
  readonly sizes?: (file: HeaderReader) => Iterable<ImageSize>;
}

const begins = (text: string, at = 0) => {
  return (file: HeaderReader): boolean => file.ascii(at, text.length) === text;
};
const SVG = /^(?:\u00ef\u00bb\u00bf)?\s*(?:<\?xml|<!--|<!doctype svg|<svg)/i;
/** Brands of still pictures and sequences of AV1 and HEVC. */
const BRANDS = /^(?:avif|avis|heic|heix|heim|heis|hevc|hevx|mif1|mif2|msf1|miaf)$/;

export const PICTURE_KINDS: readonly PictureKind[] = [
  { name: 'PNG', is: begins('\x89PNG\r\n\x1a\n'), sizes: pngSizes },
  { name: 'JPEG', is: begins('\xff\xd8\xff'), sizes: jpegSizes },
  { name: 'WebP', is: (file) => begins('RIFF')(file) && begins('WEBP', 8)(file), sizes: webpSizes },
  { name: 'GIF', is: (file) => /^GIF8[79]a$/.test(file.ascii(0, 6)), sizes: gifSizes },
  { name: 'BMP', is: begins('BM'), sizes: bmpSizes },
  {
    name: 'icon',
    is: (file) => file.u16(0) === 0 && [1, 2].includes(file.u16(2, true)),
    sizes: iconSizes,
  },
  {
    name: 'AVIF or HEIF',
    is: (file) => begins('ftyp', 4)(file) && BRANDS.test(file.ascii(8, 4)),
    sizes: boxSizes,
  },
  { name: 'TIFF', is: (file) => /^(?:II[*+]\0|MM\0[*+])$/.test(file.ascii(0, 4)) },
  { name: 'JPEG XL', is: (file) => file.u16(0) === 0xff0a || begins('\0\0\0\x0cJXL ')(file) },
  { name: 'JPEG 2000', is: (file) => begins('\0\0\0\x0cjP  ')(file) || file.u32(0) === 0xff4fff51 },
  { name: 'PSD', is: begins('8BPS') },
  { name: 'PDF', is: begins('%PDF') },
  { name: 'PNM', is: (file) => /^P[1-7]\s$/.test(file.ascii(0, 3)) },
  { name: 'QOI', is: begins('qoif') },
  { name: 'SVG', is: (file) => SVG.test(file.ascii(0, Math.min(256, file.length))) },
];
