import { MAX_RESIZED_PIXELS } from '../checkpoint/limits.ts';
import { NamedError } from '../named-error.ts';
import { resizeBicubic } from './bicubic.ts';
import { quickLoops } from './bicubic-loops.ts';
import type { ImageGrid } from './image-grid.ts';
import { IMAGE_PROCESSING } from './image-processing.ts';
import type { Preprocessor } from './preprocessor.ts';
import { smartResize } from './smart-resize.ts';

/** Interleaved 8-bit RGB, row by row. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

export interface ImagePatches {
  /**
   * `[patches, channels × temporalPatchSize × patchSize × patchSize]`: the patches of each merge × merge unit follow
   * one another, units row by row.
   */
  readonly pixelValues: Float32Array;
  readonly grid: ImageGrid;
}

const CHANNELS = 3;

/** The 256 values a channel can take, rounded to float32 after each step, as numpy does in the reference. */
function valueTable({ rescaleFactor, normalize }: Preprocessor, channel: number): Float32Array {
  const mean = Math.fround(normalize?.mean[channel] ?? 0);
  const std = Math.fround(normalize?.std[channel] ?? 1);
  return Float32Array.from({ length: 256 }, (_, value) => {
    const rescaled = Math.fround(value * (rescaleFactor ?? 1));
    return Math.fround(rescaled - mean) / std;
  });
}

/** The grid an image of this size is cut into. @throws ImageAspectRatio, ImageNotDivisible, ImageTooThin, OverLimit. */
export function imageGrid(height: number, width: number, preprocessor: Preprocessor): ImageGrid {
  const { resize, patchSize, mergeSize, minPixels, maxPixels } = preprocessor;
  const factor = patchSize * mergeSize;
  const { thinPictures } = IMAGE_PROCESSING[preprocessor.processing];
  const size = resize
    ? smartResize(height, width, { factor, minPixels, maxPixels, thinPictures })
    : { height, width };
  if (size.height % factor !== 0 || size.width % factor !== 0) {
    throw new NamedError(
      'ImageNotDivisible',
      `an image of ${width} × ${height} pixels is not divisible by ${factor}, and the checkpoint resizes no images`,
      { field: 'do_resize' },
      `Give it sides that are multiples of ${factor}, or set do_resize to true in preprocessor_config.json.`,
    );
  }
  if (size.height * size.width > MAX_RESIZED_PIXELS) {
    throw new NamedError(
      'OverLimit',
      `an image of ${width} × ${height} pixels would be read at ${size.width} × ${size.height}; the limit is ${MAX_RESIZED_PIXELS} pixels`,
      { field: 'max_pixels' },
      'Set a limit on pixels for the image, or give a smaller one.',
    );
  }
  return [1, size.height / patchSize, size.width / patchSize];
}

/**
 * What the vision tower reads: the image resized (smartResize, bicubic), rescaled, normalized and cut into patches,
 * each repeated along time, in the order of transformers' Qwen2-VL image processor. Bit-identical to its Pillow
 * and numpy backend, in the versions that the preprocessor's profile names.
 *
 * @throws ImageAspectRatio, ImageNotDivisible, ImageTooThin
 */
export function patchify({ width, height, rgb }: RgbImage, preprocessor: Preprocessor): ImagePatches {
  const { patchSize, temporalPatchSize, mergeSize } = preprocessor;
  const grid = imageGrid(height, width, preprocessor);
  const [, gridHeight, gridWidth] = grid;
  const outWidth = gridWidth * patchSize;
  const { passes } = IMAGE_PROCESSING[preprocessor.processing];
  const outHeight = gridHeight * patchSize;
  const resized = resizeBicubic(rgb, width, height, outWidth, outHeight, passes, quickLoops());

  const area = patchSize * patchSize;
  const tables = Array.from({ length: CHANNELS }, (_, channel) => valueTable(preprocessor, channel));
  const pixelValues = new Float32Array(gridHeight * gridWidth * CHANNELS * temporalPatchSize * area);
  let to = 0;
  const writePatch = (top: number, left: number): void => {
    tables.forEach((table, channel) => {
      const start = to;
      for (let y = 0; y < patchSize; y++) {
        let from = ((top + y) * outWidth + left) * CHANNELS + channel;
        for (let x = 0; x < patchSize; x++, from += CHANNELS) {
          pixelValues[to++] = table[resized[from] ?? 0] ?? 0;
        }
      }
      for (let frame = 1; frame < temporalPatchSize; frame++, to += area) {
        pixelValues.copyWithin(to, start, start + area);
      }
    });
  };
  for (let row = 0; row < gridHeight; row += mergeSize) {
    for (let column = 0; column < gridWidth; column += mergeSize) {
      for (let unit = 0; unit < mergeSize ** 2; unit++) {
        writePatch(
          (row + Math.floor(unit / mergeSize)) * patchSize,
          (column + (unit % mergeSize)) * patchSize,
        );
      }
    }
  }
  return { pixelValues, grid };
}
