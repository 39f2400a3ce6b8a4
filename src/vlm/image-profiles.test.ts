/** Each profile against its own transformers and Pillow: `tools/goldens/image_profiles.py`. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { NamedError } from '../named-error.ts';
import { parseConfig } from './config.ts';
import { IMAGE_PROCESSING_NAMES, type ImageProcessing } from './image-processing.ts';
import { preprocessorFor, readPreprocessors } from './image-processor-files.ts';
import { imageGrid, patchify } from './patches.ts';
import { limitPixels } from './pixel-limit.ts';
import { parsePreprocessor } from './preprocessor.ts';

interface Golden {
  readonly resized: {
    readonly limits: object;
    readonly images: readonly { width: number; height: number; grid: number[]; sha256: string }[];
  };
  readonly sizes: readonly (readonly [width: number, height: number])[];
  readonly files: Readonly<
    Record<string, { files: object; grids?: readonly (number[] | string)[]; refused?: string }>
  >;
  readonly capped: {
    readonly min_pixels: number;
    readonly images: readonly {
      readonly width: number;
      readonly height: number;
      readonly max_pixels: number;
      readonly cap: number;
      readonly grid?: readonly number[];
      readonly refused?: string;
    }[];
  };
}

const DATA = new URL('../../tools/goldens/data/', import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, DATA), 'utf8'));
const golden = (name: ImageProcessing): Golden => json(`image-profiles/${name}.json`) as Golden;
const { vision } = parseConfig(json('checkpoints/untied-gqa4-f32/config.json'), 'config.json');

const text = (content: unknown): string => (typeof content === 'string' ? content : JSON.stringify(content));
const folder = (files: object): CheckpointFiles =>
  new Map(Object.entries(files).map(([name, content]) => [name, new File([text(content)], name)]));
const readFolder = (files: object) => readPreprocessors(folder(files), vision);

/** The script's picture: integers only, so that both languages draw the same. */
function pattern(width: number, height: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) rgb[to++] = (x * x * (c + 3) + y * y * 5 + x * y * (c + 1)) % 256;
    }
  }
  return rgb;
}

describe.each(IMAGE_PROCESSING_NAMES)('%s', (name) => {
  const { resized, files, sizes, capped } = golden(name);

  test.each(resized.images)('resizes $width × $height to the same bytes', (image) => {
    const { width, height, grid, sha256 } = image;
    const plain = { ...resized.limits, do_rescale: false, do_normalize: false };
    const preprocessor = parsePreprocessor(plain, 'preprocessor_config.json', vision, name);
    const patches = patchify({ width, height, rgb: pattern(width, height) }, preprocessor);
    expect(patches.grid).toEqual(grid);
    const bytes = Uint8Array.from(patches.pixelValues);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  });

  test.each(capped.images)(
    'scales $width × $height down to the lower of $max_pixels and $cap pixels',
    ({ width, height, max_pixels, cap, grid, refused }) => {
      const { min_pixels } = capped;
      const own = parsePreprocessor({ min_pixels, max_pixels }, 'preprocessor_config.json', vision, name);
      const made = (): unknown => imageGrid(height, width, limitPixels(own, cap));
      if (refused !== undefined) expect(made).toThrow(expect.objectContaining({ name: 'ImageTooThin' }));
      else expect(made()).toEqual(grid);
    },
  );

  test.each(Object.entries(files))('takes the limits of the files it would: %s', async (_, expected) => {
    const { grids } = expected;
    const found = await readFolder(expected.files).then(
      ({ preprocessors }) => preprocessors[name],
      (error: unknown) => error,
    );
    // A file that is refused when it is read, or by every image that comes.
    if (!grids || grids.every((grid) => typeof grid === 'string')) {
      expect(found).toBeInstanceOf(NamedError);
      return;
    }
    if (found instanceof Error) throw found;
    const outcomes = sizes.map(([width, height]) => {
      try {
        return imageGrid(height, width, found as Parameters<typeof imageGrid>[2]);
      } catch (error) {
        return error instanceof NamedError ? error.name : error;
      }
    });
    expect(outcomes).toEqual(
      grids.map((grid) =>
        typeof grid !== 'string' ? grid : grid.includes('ratio') ? 'ImageAspectRatio' : 'ImageTooThin',
      ),
    );
  });
});

test('the two orders of passes make different pixels', () => {
  const [first, second] = IMAGE_PROCESSING_NAMES.map((name) => golden(name).resized.images);
  const differing = first?.filter(({ sha256 }, index) => sha256 !== second?.[index]?.sha256);
  expect(differing?.map(({ width, height }) => [width, height])).toEqual([
    [300, 700],
    [70, 1100],
    [200, 900],
  ]);
});

describe('a notice', () => {
  const [hub, nested] = [{ max_pixels: 12845056 }, { size: { shortest_edge: 3136, longest_edge: 50176 } }];

  test('says which of two files is taken by whom, and what each gives', async () => {
    const { notices } = await readFolder({
      'preprocessor_config.json': hub,
      'processor_config.json': { image_processor: nested },
    });
    expect(notices).toEqual([
      'Two files describe the image processor, and what they give differs in max_pixels: image processing transformers-5 ' +
        'takes processor_config.json (4 to 64 tokens an image), transformers-4.51 takes preprocessor_config.json (4 to 16384 tokens an image).',
    ]);
  });

  test('is not given where both files say the same', async () => {
    const { notices } = await readFolder({
      'preprocessor_config.json': { max_pixels: 50176 },
      'processor_config.json': { image_processor: nested },
    });
    expect(notices).toEqual([]);
  });

  test('says that the defaults stand in for a processor that no file describes', async () => {
    const { notices, preprocessors } = await readFolder({
      'processor_config.json': { processor_class: 'X' },
    });
    expect(notices).toEqual([
      'The folder has no preprocessor_config.json, and its processor_config.json describes no image processor: the defaults of Qwen2.5-VL are used.',
    ]);
    expect(preprocessorFor(preprocessors, 'transformers-5').maxPixels).toBe(1003520);
  });

  test('says that the default cannot read a file which another profile leaves alone', async () => {
    const { notices, preprocessors } = await readFolder({
      'preprocessor_config.json': hub,
      'processor_config.json': '{"image_processor": {',
    });
    expect(notices).toEqual([expect.stringContaining('transformers-5 cannot read the image processor')]);
    expect(preprocessorFor(preprocessors, 'transformers-4.51').maxPixels).toBe(12845056);
    expect(() => preprocessorFor(preprocessors, 'transformers-5')).toThrow(
      expect.objectContaining({ name: 'InvalidJson', place: { file: 'processor_config.json' } }),
    );
  });
});

test('a folder whose files no profile can read does not open', async () => {
  await expect(readFolder({ 'preprocessor_config.json': '{' })).rejects.toMatchObject({
    name: 'InvalidJson',
  });
});

test('4.51 refuses a folder that only processor_config.json describes', async () => {
  const { preprocessors } = await readFolder({ 'processor_config.json': { image_processor: {} } });
  expect(() => preprocessorFor(preprocessors, 'transformers-4.51')).toThrow(
    expect.objectContaining({ name: 'NoImageProcessor', place: { file: 'preprocessor_config.json' } }),
  );
});
