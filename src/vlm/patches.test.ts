import { describe, expect, test } from 'vitest';
import { patchify } from './patches.ts';
import { parsePreprocessor, type Preprocessor } from './preprocessor.ts';

const vision = {
  depth: 1,
  hiddenSize: 32,
  heads: 2,
  intermediateSize: 52,
  outHiddenSize: 72,
  patchSize: 14,
  temporalPatchSize: 2,
  spatialMergeSize: 2,
  windowSize: 112,
  fullAttentionBlocks: [0],
  inChannels: 3,
  tokensPerSecond: 2,
};

const HUB = {
  min_pixels: 3136,
  max_pixels: 50176,
  patch_size: 14,
  temporal_patch_size: 2,
  merge_size: 2,
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
};

const parse = (json: unknown): Preprocessor => parsePreprocessor(json, 'preprocessor_config.json', vision);

function picture(width: number, height: number): Uint8Array {
  const rgb: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rgb.push(x * 97 + y * 31, x * 53 + y * 149 + 80, x * x * 13 + y * 7);
  }
  return Uint8Array.from(rgb);
}

describe('patchify', () => {
  // Values of transformers' Qwen2VLImageProcessorPil for the same picture.
  test('is the reference processor to the bit', () => {
    const { pixelValues, grid } = patchify({ width: 90, height: 60, rgb: picture(90, 60) }, parse(HUB));
    expect(grid).toEqual([1, 4, 6]);
    expect(pixelValues).toHaveLength(24 * 1176);
    const samples = [
      [0, 0, -1.7192703485488892],
      [1, 0, 0.6164778470993042],
      [2, 5, 0.047139182686805725],
      [4, 195, -0.27402618527412415],
      [7, 196, 1.3609975576400757],
      [11, 588, 0.39401382207870483],
      [13, 700, -0.8666387796401978],
      [23, 1175, 1.619754672050476],
    ] as const;
    for (const [patch, value, expected] of samples) expect(pixelValues[patch * 1176 + value]).toBe(expected);
    expect(pixelValues.reduce((sum, value) => sum + value, 0)).toBeCloseTo(5104.161859869957, 6);
  });

  test('without resizing, an image must be made of whole units', () => {
    const fixed = parse({ ...HUB, do_resize: false });
    expect(patchify({ width: 56, height: 28, rgb: picture(56, 28) }, fixed).grid).toEqual([1, 2, 4]);
    expect(() => patchify({ width: 57, height: 28, rgb: picture(57, 28) }, fixed)).toThrow(
      expect.objectContaining({ name: 'ImageNotDivisible' }),
    );
  });

  test('without rescaling and normalizing, values are bytes', () => {
    const raw = parse({ ...HUB, do_rescale: false, do_normalize: false });
    const { pixelValues } = patchify({ width: 56, height: 56, rgb: picture(56, 56) }, raw);
    expect([...pixelValues.slice(0, 3)]).toEqual([0, 97, 194]);
  });
});

describe('parsePreprocessor', () => {
  test('reads both spellings of the limits and the nested form', () => {
    const size = { shortest_edge: 3136, longest_edge: 50176 };
    const { min_pixels: _min, max_pixels: _max, ...rest } = HUB;
    expect(parse({ ...rest, size })).toEqual(parse(HUB));
    expect(parse({ image_processor: { ...rest, size, min_pixels: null } })).toEqual(parse(HUB));
    expect(parse({ ...HUB, size: { shortest_edge: 1, longest_edge: 2 } })).toEqual(parse(HUB));
  });

  test('an empty file means the processor’s own defaults', () => {
    expect(parse({})).toEqual({ ...parse(HUB), maxPixels: 1003520 });
  });

  test.each([
    ['patch_size', { patch_size: 16 }],
    ['image_mean', { image_mean: [0.5] }],
    ['image_std', { image_std: [1, 0, 1] }],
    ['min_pixels', { min_pixels: 50177 }],
    ['do_resize', { do_resize: 1 }],
  ])('names the field %s', (field, change) => {
    expect(() => parse({ ...HUB, ...change })).toThrow(
      expect.objectContaining({ name: 'InvalidConfig', place: expect.objectContaining({ field }) as object }),
    );
  });

  test('refuses another resampling filter', () => {
    expect(() => parse({ ...HUB, resample: 2 })).toThrow(
      expect.objectContaining({ name: 'UnsupportedConfig' }),
    );
  });
});
