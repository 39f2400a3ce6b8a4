import { describe, expect, test } from 'vitest';
import { imageDimensions } from './dimensions.ts';

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replaceAll(' ', '').padEnd(60, '0'), 'hex'));
const text = (string: string): string => Buffer.from(string, 'latin1').toString('hex');

describe('imageDimensions', () => {
  test.each([
    ['PNG', `89${text('PNG')} 0d0a1a0a 0000000d ${text('IHDR')} 00010000 00000002`, 65536, 2],
    ['JPEG behind EXIF', 'ffd8 ffe1 0006 aabbccdd ffff c2 0011 08 0030 0020 03', 32, 48],
    ['JPEG whose tables look like frames', 'ffd8 ffc4 0004 aabb ffc0 0011 08 0030 0020 03', 32, 48],
    [
      'WebP, extended',
      `${text('RIFF')} 00000000 ${text('WEBPVP8X')} 0a000000 00000000 130000 0b0000`,
      20,
      12,
    ],
    ['WebP, lossless', `${text('RIFF')} 00000000 ${text('WEBPVP8L')} 1e000000 2f 13c00200`, 20, 12],
    ['WebP, lossy', `${text('RIFF')} 00000000 ${text('WEBPVP8 ')} 1e000000 000000 9d012a 1400 0c00`, 20, 12],
  ])('%s', (_, hex, width, height) => {
    expect(imageDimensions(bytes(hex))).toEqual({ width, height });
  });

  test('anything else is unknown', () => {
    expect(imageDimensions(new Uint8Array(0))).toBeNull();
    expect(imageDimensions(bytes(text('GIF89a')))).toBeNull();
    expect(imageDimensions(bytes('ffd8 0000'))).toBeNull();
  });
});
