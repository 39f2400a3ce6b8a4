/** Every kind of picture through the browser's decoders, against Pillow under both transformers. */
import { describe, expect, test } from 'vitest';
import { fetchGolden } from '../engine/testing/fetch-golden.ts';
import { IMAGE_PROCESSING_NAMES } from '../vlm/image-processing.ts';
import { decodeImage } from './decode.ts';
import { type GoldenPictures, pixelsOf } from './testing/golden-pictures.ts';

const text = (bytes: Uint8Array<ArrayBuffer>): string => new TextDecoder().decode(bytes);

/** A canvas multiplies by alpha, and the browser by black: each may round otherwise than Pillow. */
const OFF_BY_ONE = new Set(['rgba.webp', 'cmyk.jpg']);

describe.each(IMAGE_PROCESSING_NAMES)('%s', async (name) => {
  const { pictures } = JSON.parse(text(await fetchGolden(`image-profiles/${name}.json`))) as GoldenPictures;

  test.each(Object.keys(pictures))('%s', async (file) => {
    const blob = new Blob([await fetchGolden(`image-profiles/pictures/${file}`)]);
    const { width, height, rgb } = await decodeImage(blob, name);
    const expected = pixelsOf(pictures, file);
    expect([width, height]).toEqual([expected.width, expected.height]);
    const worst = rgb.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (expected.rgb[i] ?? NaN))),
      0,
    );
    expect(worst).toBeLessThanOrEqual(OFF_BY_ONE.has(file) ? 1 : 0);
  });
});
