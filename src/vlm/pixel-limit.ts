/** The most pixels that an image may have for a question, beside what the checkpoint's own files allow. */
import { NamedError } from '../named-error.ts';
import type { Preprocessor } from './preprocessor.ts';

/** Larger images are scaled down to so many pixels unless a question says otherwise (docs/method.md §7.3). */
export const DEFAULT_MAX_IMAGE_PIXELS = 1280 * 720;

/** One token of Qwen2.5-VL: 2 × 2 patches of 14 × 14 pixels. A lower limit could hold no image. */
export const LEAST_IMAGE_PIXELS = 28 * 28;

/** How the limit is set. */
const WHERE = '--max-image-pixels, or "Most pixels of an image" on the page Open';

/**
 * The image processor with the lower of two limits: the file's `max_pixels` and `most`. What comes out is what transformers makes of
 * the folder when it is given that number as `max_pixels`.
 *
 * @param most pixels, whole
 * @throws NamedError `PixelLimitTooLow` where images of so few pixels cannot be: below the file's `min_pixels`, to which smaller
 * images are enlarged, or below one token
 */
export function limitPixels(preprocessor: Preprocessor, most: number): Preprocessor {
  const { minPixels, maxPixels, patchSize, mergeSize, resize } = preprocessor;
  const least = Math.max((patchSize * mergeSize) ** 2, resize ? minPixels : 0);
  if (most < least) {
    throw new NamedError(
      'PixelLimitTooLow',
      `images of at most ${most} pixels are asked for, and this checkpoint makes none of fewer than ${least}`,
      { field: 'maxImagePixels' },
      `allow ${least} pixels or more: ${WHERE}`,
    );
  }
  // The file's own limit is of the resize, and counts for nothing without it.
  return { ...preprocessor, maxPixels: resize ? Math.min(maxPixels, most) : most };
}

/**
 * Where the checkpoint resizes nothing, every image has to be within the limit as it is.
 *
 * @param preprocessor as `limitPixels` gives it
 * @throws NamedError `ImageAboveLimit`
 */
export function checkUnresized(
  { resize, maxPixels }: Preprocessor,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  if (resize || width * height <= maxPixels) return;
  throw new NamedError(
    'ImageAboveLimit',
    `an image of ${width} × ${height} pixels has more than the ${maxPixels} that are allowed, and the checkpoint resizes no images`,
    { field: 'maxImagePixels' },
    `give a smaller image, or allow ${width * height} pixels: ${WHERE}`,
  );
}
