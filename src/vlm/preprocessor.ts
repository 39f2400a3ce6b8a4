import { NamedError } from '../named-error.ts';
import type { VisionConfig } from './config.ts';
import { JsonFields } from './json-fields.ts';

/** How an image becomes patches: `preprocessor_config.json` of a Qwen2.5-VL checkpoint. */
export interface Preprocessor {
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

/** Defaults of transformers' Qwen2VLImageProcessor, which hold for any field a file leaves out. */
const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073];
const CLIP_STD = [0.26862954, 0.26130258, 0.27577711];
const MIN_PIXELS = 56 * 56;
const MAX_PIXELS = 28 * 28 * 1280;
const BICUBIC = 3;

/**
 * Reads `preprocessor_config.json`, or the `image_processor` of transformers 5's `processor_config.json`. Both ways of
 * writing the limits are read: `min_pixels` / `max_pixels`, which win, and `size.shortest_edge` / `size.longest_edge`.
 *
 * @throws InvalidConfig when a field is mistyped or at odds with the vision tower.
 * @throws UnsupportedConfig when the resampling filter is not bicubic.
 */
export function parsePreprocessor(json: unknown, file: string, vision: VisionConfig): Preprocessor {
  const root = new JsonFields(json, file);
  const fields = root.has('image_processor') ? root.object('image_processor') : root;
  const size = fields.has('size') ? fields.object('size') : fields;
  const minPixels = fields.positiveInteger('min_pixels', size.positiveInteger('shortest_edge', MIN_PIXELS));
  const maxPixels = fields.positiveInteger('max_pixels', size.positiveInteger('longest_edge', MAX_PIXELS));
  if (minPixels > maxPixels)
    throw fields.wrong('min_pixels', `at most the ${maxPixels} pixels of max_pixels`);
  if (fields.index('resample', BICUBIC) !== BICUBIC) {
    throw new NamedError(
      'UnsupportedConfig',
      `resampling filter ${String(fields.raw('resample'))}; supported is ${BICUBIC} (bicubic)`,
      { file, field: 'resample' },
      'Use the file that was published with the checkpoint.',
    );
  }
  const mean = fields.numbers('image_mean', 3, CLIP_MEAN);
  const std = fields.numbers('image_std', 3, CLIP_STD);
  if (std.some((value) => value <= 0)) throw fields.wrong('image_std', 'a list of 3 numbers above 0');

  const matching = (name: string, size: number): number => {
    if (fields.positiveInteger(name, size) !== size) throw fields.wrong(name, `the vision tower's ${size}`);
    return size;
  };
  return {
    resize: fields.boolean('do_resize', true),
    minPixels,
    maxPixels,
    rescaleFactor: fields.boolean('do_rescale', true) ? fields.positive('rescale_factor', 1 / 255) : null,
    normalize: fields.boolean('do_normalize', true) ? { mean, std } : null,
    patchSize: matching('patch_size', vision.patchSize),
    temporalPatchSize: matching('temporal_patch_size', vision.temporalPatchSize),
    mergeSize: matching('merge_size', vision.spatialMergeSize),
  };
}
