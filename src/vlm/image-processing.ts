/**
 * Named ways in which transformers makes pixels of a picture. Versions differ in which file they read, in the limits they
 * take from it and in the pixels that come out; docs/images.md has the table and how each line was found.
 */

export const IMAGE_PROCESSING_NAMES = ['transformers-5', 'transformers-4.51'] as const;

export type ImageProcessing = (typeof IMAGE_PROCESSING_NAMES)[number];

export const DEFAULT_IMAGE_PROCESSING: ImageProcessing = 'transformers-5';

export type ProcessorFile = 'processor_config.json' | 'preprocessor_config.json';

export interface ImageProcessingProfile {
  /** The versions, as a reader knows them. */
  readonly title: string;
  /** What it means, for the page. */
  readonly what: string;
  /** The files that may describe the image processor; of several the first is taken. */
  readonly files: readonly ProcessorFile[];
  /** Whether `size` in the file sets the limits of pixels; 4.51 demands that it be complete, and ignores it. */
  readonly sizeSetsLimits: boolean;
  /** A side that would come to less than one merge unit: enlarged to one, or the picture refused. */
  readonly thinPictures: 'enlarged' | 'refused';
  /** Pillow's two passes of a resize: ordered by the sizes (13), or always rows first (12 and before). */
  readonly passes: 'by-sizes' | 'rows-first';
  /** Whether a picture is turned as its EXIF orientation says. */
  readonly turned: boolean;
  /** What is laid on white: whatever is transparent, or RGBA alone; else transparency is dropped and colours stay. */
  readonly onWhite: 'transparency' | 'rgba';
}

export const IMAGE_PROCESSING: Readonly<Record<ImageProcessing, ImageProcessingProfile>> = {
  // transformers 5.24 without torchvision and Pillow 13, given pictures as `datasets` opens them: PIL images, upright.
  'transformers-5': {
    title: 'transformers 5, Pillow 13',
    what: 'As current transformers reads them: processor_config.json before preprocessor_config.json, pictures upright, whatever is transparent on white.',
    files: ['processor_config.json', 'preprocessor_config.json'],
    sizeSetsLimits: true,
    thinPictures: 'enlarged',
    passes: 'by-sizes',
    turned: true,
    onWhite: 'transparency',
  },
  // The reference's: transformers 4.51.3 and Pillow 12, given pictures as `qwen_vl_utils` opens them.
  'transformers-4.51': {
    title: 'transformers 4.51, Pillow 12',
    what: 'As the papers’ code read them: preprocessor_config.json alone, limits from min_pixels and max_pixels alone, pictures as stored, rows resized before columns.',
    files: ['preprocessor_config.json'],
    sizeSetsLimits: false,
    thinPictures: 'refused',
    passes: 'rows-first',
    turned: false,
    onWhite: 'rgba',
  },
};
