import { MAX_RESIZED_PIXELS } from '../checkpoint/limits.ts';
import { NamedError } from '../named-error.ts';
import type { ImageDefaults } from './architectures/architecture.ts';
import type { VisionConfig } from './config.ts';
import { CLIP_DEFAULTS } from './image-defaults.ts';
import { DEFAULT_IMAGE_PROCESSING, IMAGE_PROCESSING, type ImageProcessing } from './image-processing.ts';
import { JsonFields } from './json-fields.ts';

/** How an image becomes patches: `preprocessor_config.json` of a checkpoint, as one profile reads it. */
export interface Preprocessor {
  /** Whose reading of the file this is, and whose resize follows. */
  readonly processing: ImageProcessing;
  readonly resize: boolean;
  /** Limits on the resized image's area, in pixels. */
  readonly minPixels: number;
  readonly maxPixels: number;
  /** Factor on 8-bit values; null when they are not rescaled. */
  readonly rescaleFactor: number | null;
  /** Per channel, on rescaled values; null when they are not normalized. */
  readonly normalize: { readonly mean: readonly number[]; readonly std: readonly number[] } | null;
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  readonly mergeSize: number;
}

const BICUBIC = 3;

/**
 * Reads `preprocessor_config.json`, or the `image_processor` of transformers 5's `processor_config.json`. Limits are
 * `min_pixels` and `max_pixels`, which win, and `size.shortest_edge` and `size.longest_edge`, as far as the profile reads
 * them. What the file leaves out is taken from `defaults`.
 *
 * @throws InvalidConfig when a field is mistyped, at odds with the vision tower, or `size` lacks a limit that the profile
 * demands: transformers refuses such a file, too.
 * @throws UnsupportedConfig when the resampling filter is not bicubic.
 */
export function parsePreprocessor(
  json: unknown,
  file: string,
  vision: VisionConfig,
  processing: ImageProcessing = DEFAULT_IMAGE_PROCESSING,
  defaults: ImageDefaults = CLIP_DEFAULTS,
): Preprocessor {
  const root = new JsonFields(json, file);
  const fields = root.has('image_processor') ? root.object('image_processor') : root;
  const [minPixels, maxPixels] = pixelLimits(fields, processing, defaults);
  if (minPixels > maxPixels)
    throw fields.wrong('min_pixels', `at most the ${maxPixels} pixels of max_pixels`);
  if (minPixels > MAX_RESIZED_PIXELS) {
    throw fields.wrong(
      'min_pixels',
      `at most ${MAX_RESIZED_PIXELS}: every picture is enlarged to that many pixels`,
    );
  }
  if (fields.index('resample', BICUBIC) !== BICUBIC) {
    throw new NamedError(
      'UnsupportedConfig',
      `resampling filter ${String(fields.raw('resample'))}; supported is ${BICUBIC} (bicubic)`,
      { file, field: 'resample' },
      'Use the file that was published with the checkpoint.',
    );
  }
  const mean = perChannel(fields, 'image_mean', defaults.mean);
  const std = perChannel(fields, 'image_std', defaults.std);
  if (std.some((value) => value <= 0)) throw fields.wrong('image_std', 'a list of 3 numbers above 0');

  const rescaleFactor = fields.boolean('do_rescale', true)
    ? fields.positive('rescale_factor', 1 / 255)
    : null;
  const normalize = fields.boolean('do_normalize', true) ? { mean, std } : null;
  if (!canHold({ rescaleFactor, normalize: null })) {
    throw fields.wrong('rescale_factor', 'so small that the values of pixels can be held as float32');
  }
  if (!canHold({ rescaleFactor, normalize })) {
    throw fields.wrong(
      'image_std',
      'such that, with image_mean, the values of pixels can be held as float32',
    );
  }

  const matching = (name: string, size: number): number => {
    if (fields.positiveInteger(name, size) !== size) throw fields.wrong(name, `the vision tower's ${size}`);
    return size;
  };
  return {
    processing,
    resize: fields.boolean('do_resize', true),
    minPixels,
    maxPixels,
    rescaleFactor,
    normalize,
    patchSize: matching('patch_size', vision.patchSize),
    temporalPatchSize: matching('temporal_patch_size', vision.temporalPatchSize),
    mergeSize: matching('merge_size', vision.spatialMergeSize),
  };
}

/** Whether the darkest and the brightest pixel have finite values. */
function canHold({ rescaleFactor, normalize }: Pick<Preprocessor, 'rescaleFactor' | 'normalize'>): boolean {
  return [0, 1, 2].every((channel) =>
    [0, 255].every((value) => {
      const rescaled = Math.fround(value * (rescaleFactor ?? 1));
      const mean = Math.fround(normalize?.mean[channel] ?? 0);
      return Number.isFinite(
        Math.fround(Math.fround(rescaled - mean) / Math.fround(normalize?.std[channel] ?? 1)),
      );
    }),
  );
}

/** The least and the most pixels of a resized image. @throws InvalidConfig */
function pixelLimits(
  fields: JsonFields,
  processing: ImageProcessing,
  { minPixels, maxPixels }: ImageDefaults,
): readonly [min: number, max: number] {
  const { sizeSetsLimits } = IMAGE_PROCESSING[processing];
  const size = fields.has('size') ? fields.object('size') : null;
  const limit = (own: string, ofSize: string, fallback: number): number => {
    // A `size` replaces both defaults, so that one limit alone is none; 4.51 looks for both without using them.
    const mustStand = size !== null && (!sizeSetsLimits || !fields.has(own));
    const stated = mustStand ? size.positiveInteger(ofSize) : fallback;
    return fields.positiveInteger(own, sizeSetsLimits ? stated : fallback);
  };
  return [limit('min_pixels', 'shortest_edge', minPixels), limit('max_pixels', 'longest_edge', maxPixels)];
}

/** A number for each channel, or one for all. */
function perChannel(fields: JsonFields, name: string, fallback: readonly number[]): readonly number[] {
  const value = fields.raw(name);
  return typeof value === 'number' ? fallback.map(() => value) : fields.numbers(name, 3, fallback);
}
