/** The images of prompts: decoded and seen by the vision tower once each, and remembered. */
import { imageDimensions } from '../image/dimensions.ts';
import type { ImageGrid } from '../vlm/image-grid.ts';
import type { ImageProcessing } from '../vlm/image-processing.ts';
import type { ImagePatches, RgbImage } from '../vlm/patches.ts';
import { imageGrid, patchify } from '../vlm/patches.ts';
import { checkUnresized } from '../vlm/pixel-limit.ts';
import type { Preprocessor } from '../vlm/preprocessor.ts';
import { mapInFlight } from '../work/in-flight.ts';
import type { Resident } from './resident.ts';
import type { VisionTower } from './vision-tower.ts';

/** Decodes an image file to the pixels that a profile of image processing makes of it. */
export type DecodeImage = (file: Blob, processing: ImageProcessing) => Promise<RgbImage>;

/** Awaited before each run of the vision tower, with the patches of an image. */
export type BeforeVision = (patches: number) => Promise<void>;

/** An image file of a prompt, and how it is read. */
export interface ImageFile {
  readonly file: Blob;
  readonly preprocessor: Preprocessor;
}

/** What tells an image apart, and what it may take. */
export interface NamedImage extends ImageFile {
  readonly key: string;
  /** As many as it has, stored or scaled up; infinite where its file does not say. 0 for one that is remembered. */
  readonly pixels: number;
}

/** An image of a prompt: its embedding if it is remembered, else its pixels. */
export type Image = { readonly key: string; readonly grid: ImageGrid } & (
  { readonly embedding: Float32Array } | { readonly pixels: RgbImage; readonly preprocessor: Preprocessor }
);

/** Image features kept: 64 images of 300 tokens at 7B are 275 MB, but one photograph can have 16 384 tokens. */
const KEPT_BYTES = 512 * 2 ** 20;

/** Files read, or decoded, at once: decoding is mostly waiting for the browser. */
const IMAGES_IN_FLIGHT = 8;

/** Remembers image embeddings by checkpoint and content, so that a sweep sees each image once. */
export class SeenImages {
  readonly #vision: VisionTower;
  readonly #decodeImage: DecodeImage;
  readonly #embeddings = new Map<string, { readonly grid: ImageGrid; readonly embedding: Float32Array }>();

  constructor(vision: VisionTower, decodeImage: DecodeImage) {
    this.#vision = vision;
    this.#decodeImage = decodeImage;
  }

  /** Reads files, to tell equal ones. Each settles by itself. */
  name(model: Resident, files: readonly ImageFile[]): Promise<readonly PromiseSettledResult<NamedImage>[]> {
    return settleInFlight(files, async ({ file, preprocessor }) => {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const digest = await crypto.subtle.digest('SHA-256', bytes);
      // All that decides the pixels: the profile, the limits, how values are scaled.
      const key = `${model.id} ${model.dtype} ${JSON.stringify(preprocessor)} ${new Uint8Array(digest).join()}`;
      const pixels = this.#embeddings.has(key) ? 0 : mostPixels(bytes, preprocessor);
      return { file, preprocessor, key, pixels };
    });
  }

  /** Finds images among those remembered, or decodes them: one that comes twice the first time alone. Each settles by itself. */
  async look(images: readonly NamedImage[]): Promise<readonly PromiseSettledResult<Image>[]> {
    const keys = [...new Set(images.map(({ key }) => key))];
    const looked = await settleInFlight(keys, async (key): Promise<Image> => {
      const known = this.#embeddings.get(key);
      if (known) return { key, ...known };
      const { file, preprocessor } = images.find((image) => image.key === key) as NamedImage;
      const pixels = await this.#decodeImage(file, preprocessor.processing);
      checkUnresized(preprocessor, pixels);
      return { key, grid: imageGrid(pixels.height, pixels.width, preprocessor), pixels, preprocessor };
    });
    return images.map(({ key }) => looked[keys.indexOf(key)] as PromiseSettledResult<Image>);
  }

  /** The embedding of each image (`VisionTower.embed`). @throws the signal's reason once it is aborted */
  async see(
    model: Resident,
    images: readonly Image[],
    before: BeforeVision,
    signal?: AbortSignal,
  ): Promise<readonly Float32Array[]> {
    const known = new Map<string, Float32Array>();
    const unseen = new Map<string, ImagePatches>();
    for (const image of images) {
      if ('embedding' in image) known.set(image.key, image.embedding);
      else if (!unseen.has(image.key)) unseen.set(image.key, patchify(image.pixels, image.preprocessor));
    }
    const seen = await this.#vision.embedAll(model, [...unseen.values()], signal, before);
    [...unseen.keys()].forEach((key, index) => known.set(key, seen[index] as Float32Array));
    return images.map(({ key, grid }) => {
      const embedding = known.get(key) as Float32Array;
      this.#embeddings.delete(key);
      this.#embeddings.set(key, { grid, embedding });
      this.#letGo();
      return embedding;
    });
  }

  /** Forgets embeddings made by a checkpoint that is unloaded. */
  forget(model: Resident): void {
    for (const key of this.#embeddings.keys())
      if (key.startsWith(`${model.id} `)) this.#embeddings.delete(key);
  }

  /** The longest unused first. */
  #letGo(): void {
    let held = 0;
    for (const { embedding } of this.#embeddings.values()) held += embedding.byteLength;
    for (const [key, { embedding }] of this.#embeddings) {
      if (held <= KEPT_BYTES) return;
      held -= embedding.byteLength;
      this.#embeddings.delete(key);
    }
  }
}

/** What comes of each item, in their order, with few under way at once; a failure ends none of the others. */
function settleInFlight<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const settled = async (item: T): Promise<PromiseSettledResult<R>> => {
    const [result] = await Promise.allSettled([work(item)]);
    return result;
  };
  return mapInFlight(items, settled, undefined, IMAGES_IN_FLIGHT);
}

/** Before anything is decoded: those stored, or those of the least that it is scaled up to. */
function mostPixels(bytes: Uint8Array, { minPixels }: Preprocessor): number {
  const { width, height } = imageDimensions(bytes) ?? { width: 0, height: 0 };
  return width * height > 0 ? Math.max(width * height, minPixels) : Infinity;
}
