import type { ImageDefaults } from './architectures/architecture.ts';

/** transformers' Qwen2VLImageProcessor, which makes the pixels of several architectures; mean and spread are those of CLIP. */
export const CLIP_DEFAULTS: ImageDefaults = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
  minPixels: 56 * 56,
  maxPixels: 28 * 28 * 1280,
};
