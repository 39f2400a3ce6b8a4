/** PNGs that a canvas does not give exactly, against Pillow under both transformers: `tools/goldens/image_profiles.py`. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { IMAGE_PROCESSING, IMAGE_PROCESSING_NAMES } from '../vlm/image-processing.ts';
import { pngPixels } from './png.ts';
import { type GoldenPictures, pixelsOf } from './testing/golden-pictures.ts';

const DATA = new URL('../../tools/goldens/data/image-profiles/', import.meta.url);
const bytesOf = (name: string): Uint8Array => readFileSync(new URL(`pictures/${name}`, DATA));

/** Opaque and of 8 bits or fewer: a canvas gives their bytes. */
const BY_CANVAS = ['grey-1.png', 'grey-2.png', 'grey-4.png', 'palette.png', 'rgb.png'];

describe.each(IMAGE_PROCESSING_NAMES)('%s', (name) => {
  const { pictures } = JSON.parse(readFileSync(new URL(`${name}.json`, DATA), 'utf8')) as GoldenPictures;
  const pngs = Object.keys(pictures).filter((file) => file.endsWith('.png') && !file.startsWith('turned'));
  const exact = pngs.filter((file) => !BY_CANVAS.includes(file));

  test.each(exact)('%s', (file) => {
    expect(pngPixels(bytesOf(file), IMAGE_PROCESSING[name].onWhite)).toEqual(pixelsOf(pictures, file));
  });

  test('what a canvas gives exactly is left to it', () => {
    for (const file of [...BY_CANVAS, 'cmyk.jpg', 'rgba.webp']) {
      expect(pngPixels(bytesOf(file), IMAGE_PROCESSING[name].onWhite), file).toBeNull();
    }
    expect(exact).toHaveLength(16);
  });
});

test('a PNG that is cut short is refused, not filled up', () => {
  const whole = bytesOf('rgba.png');
  expect(() => pngPixels(whole.subarray(0, whole.length - 40), 'transparency')).toThrow();
});
