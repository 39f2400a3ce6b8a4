/** EXIF orientation against Pillow's `ImageOps.exif_transpose`: `tools/goldens/image_profiles.py`. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { blackImageLike } from '../evaluation/samples/black-image.ts';
import { imageDimensions } from './dimensions.ts';
import { exifOrientation, untilted, upright } from './orientation.ts';
import { type GoldenPictures, pixelsOf } from './testing/golden-pictures.ts';

const DATA = new URL('../../tools/goldens/data/image-profiles/', import.meta.url);
const bytesOf = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`pictures/${name}`, DATA)));
const golden = (name: string): GoldenPictures['pictures'] =>
  (JSON.parse(readFileSync(new URL(`${name}.json`, DATA), 'utf8')) as GoldenPictures).pictures;
const [turned, stored] = [golden('transformers-5'), golden('transformers-4.51')];

test.each([2, 3, 4, 5, 7, 8])('orientation %i turns pixels as Pillow does', (value) => {
  const file = `turned-${value}.png`;
  expect(exifOrientation(bytesOf(file))?.value).toBe(value);
  expect(upright(pixelsOf(stored, file), value)).toEqual(pixelsOf(turned, file));
});

test('orientations that EXIF does not know change nothing', () => {
  const picture = pixelsOf(stored, 'rgb.png');
  for (const value of [0, 1, 9]) expect(upright(picture, value)).toEqual(picture);
});

describe.each(['turned.jpg', 'turned.webp', 'turned-5.png'])('%s', (file) => {
  test('states its orientation, and no longer once it is taken out', () => {
    const bytes = bytesOf(file);
    const orientation = exifOrientation(bytes);
    expect(orientation?.value).toBe(file === 'turned-5.png' ? 5 : 6);
    const without = untilted(bytes, orientation as NonNullable<typeof orientation>);
    expect(exifOrientation(without)?.value).toBe(1);
    expect(without.filter((byte, at) => byte !== bytes[at])).toHaveLength(1);
  });

  test('has a black picture of the size it is seen in', async () => {
    for (const [name, pictures] of [
      ['transformers-5', turned],
      ['transformers-4.51', stored],
    ] as const) {
      const { width, height } = pixelsOf(pictures, file);
      const black = await blackImageLike(new Blob([bytesOf(file)]), name);
      expect(black, name).toMatchObject({ width, height });
      expect(imageDimensions(new Uint8Array(await black.file.arrayBuffer()))).toEqual({ width, height });
    }
  });
});

test('a file without one, or cut short, states none', () => {
  for (const file of ['rgb.png', 'grey.jpg', 'rgba.webp', 'palette.gif'])
    expect(exifOrientation(bytesOf(file)), file).toBeNull();
  const whole = bytesOf('turned.jpg');
  for (const length of [0, 1, 3, 20, 40]) expect(exifOrientation(whole.subarray(0, length))).toBeNull();
});
