/** From a question and image files to a sequence for layer 0. */
import { NamedError } from '../named-error.ts';
import { question } from '../vlm/chat.ts';
import type { ImageGrid } from '../vlm/image-grid.ts';
import { DEFAULT_IMAGE_PROCESSING, type ImageProcessing } from '../vlm/image-processing.ts';
import { preprocessorFor } from '../vlm/image-processor-files.ts';
import type { RgbImage } from '../vlm/patches.ts';
import { imageGrid, patchify } from '../vlm/patches.ts';
import { checkUnresized, DEFAULT_MAX_IMAGE_PIXELS, limitPixels } from '../vlm/pixel-limit.ts';
import type { Preprocessor } from '../vlm/preprocessor.ts';
import type { Folder } from './folder.ts';
import type { Sequence } from './prefill.ts';
import type { PromptSpec } from './protocol/prompt.ts';
import type { Resident } from './resident.ts';
import { embedSequence } from './sequence.ts';
import type { VisionTower } from './vision-tower.ts';

/** Decodes an image file to the pixels that a profile of image processing makes of it. */
export type DecodeImage = (file: Blob, processing: ImageProcessing) => Promise<RgbImage>;

export interface Prepared {
  readonly inputIds: readonly number[];
  readonly imageSpans: readonly (readonly [start: number, count: number])[];
  /** Rows and columns of each image's tokens. */
  readonly imageGrids: readonly (readonly [rows: number, columns: number])[];
  /** What stands in the prompt for each image, `[tokens × hiddenSize]`. */
  readonly imageEmbeddings: readonly Float32Array[];
  readonly sequence: Sequence;
  readonly nextPosition: number;
  readonly visionSeconds: number;
}

/** Awaited before the vision tower sees an image of so many patches. */
export type BeforeVision = (patches: number) => Promise<void>;

/** Image features kept: 64 images of 300 tokens at 7B are 275 MB, but one photograph can have 16 384 tokens. */
const KEPT_BYTES = 512 * 2 ** 20;

/** An image of a prompt: its embedding if it is remembered, else its pixels. */
type Image = { readonly key: string; readonly grid: ImageGrid } & (
  { readonly embedding: Float32Array } | { readonly pixels: RgbImage }
);

/** Prepares prompts; remembers image embeddings by checkpoint and content, so that a sweep sees each image once. */
export class PromptPreparer {
  readonly #vision: VisionTower;
  readonly #decodeImage: DecodeImage;
  readonly #embeddings = new Map<string, { readonly grid: ImageGrid; readonly embedding: Float32Array }>();

  constructor(vision: VisionTower, decodeImage: DecodeImage) {
    this.#vision = vision;
    this.#decodeImage = decodeImage;
  }

  /**
   * @throws NamedError those of image decoding and of the prompt; `PromptTooLong` with the continuation; the
   * signal's reason once it is aborted.
   */
  async prepare(
    folder: Folder,
    model: Resident,
    spec: PromptSpec,
    continuation: readonly number[] = [],
    signal?: AbortSignal,
    beforeVision: BeforeVision = () => Promise.resolve(),
  ): Promise<Prepared> {
    const started = performance.now();
    const processing = spec.imageProcessing ?? DEFAULT_IMAGE_PROCESSING;
    const most = spec.maxImagePixels ?? DEFAULT_MAX_IMAGE_PIXELS;
    const images: { readonly image: Image; readonly preprocessor: Preprocessor }[] = [];
    for (const file of spec.images ?? []) {
      // Only an image asks for the processor: a folder whose own cannot be read still answers to text.
      const preprocessor = limitPixels(preprocessorFor(folder.preprocessors, processing), most);
      images.push({ image: await this.#look(preprocessor, model, file), preprocessor });
    }
    const { config, prompts } = folder;
    const grids = images.map(({ image }) => image.grid);
    const { inputIds, imageSpans } = await prompts.build(
      {
        config,
        messages: spec.messages ?? question(spec.prompt ?? '', images.length, spec.system),
        grids,
      },
      signal,
    );
    // What is wrong with the prompt is said before an image takes its time in the vision tower.
    const needed = inputIds.length + continuation.length;
    if (needed > config.text.maxPositionEmbeddings) {
      throw new NamedError(
        'PromptTooLong',
        `${inputIds.length} prompt tokens and ${continuation.length} of the continuation are ${needed}; the context holds ${config.text.maxPositionEmbeddings}`,
        {},
        'shorten the prompt or the continuation, or use smaller images',
      );
    }
    const imageFeatures: Float32Array[] = [];
    for (const { image, preprocessor } of images)
      imageFeatures.push(await this.#embed(preprocessor, model, image, beforeVision, signal));
    const visionSeconds = (performance.now() - started) / 1000;
    const embedded = await embedSequence(config, model.embedding, {
      inputIds,
      imageSpans,
      grids,
      imageFeatures,
      continuation,
    });
    const merge = config.vision.spatialMergeSize;
    const width = config.vision.outHiddenSize;
    const imageEmbeddings = imageFeatures.map((features, image) =>
      features.subarray(0, (imageSpans[image]?.[1] ?? 0) * width),
    );
    const imageGrids = grids.map(([, height, width]) => [height / merge, width / merge] as const);
    return { inputIds, imageSpans, imageGrids, imageEmbeddings, ...embedded, visionSeconds };
  }

  /** Forgets embeddings made by a checkpoint that is unloaded. */
  forget(model: Resident): void {
    for (const key of this.#embeddings.keys())
      if (key.startsWith(`${model.id} `)) this.#embeddings.delete(key);
  }

  /** Finds the image among those remembered, or decodes it. */
  async #look(preprocessor: Preprocessor, model: Resident, file: Blob): Promise<Image> {
    const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
    // All that decides the pixels: the profile, the limits, how values are scaled.
    const key = `${model.id} ${model.dtype} ${JSON.stringify(preprocessor)} ${new Uint8Array(digest).join()}`;
    const known = this.#embeddings.get(key);
    if (known) return { key, ...known };
    const pixels = await this.#decodeImage(file, preprocessor.processing);
    checkUnresized(preprocessor, pixels);
    return { key, grid: imageGrid(pixels.height, pixels.width, preprocessor), pixels };
  }

  async #embed(
    preprocessor: Preprocessor,
    model: Resident,
    image: Image,
    beforeVision: BeforeVision,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array> {
    // An image that a prompt shows twice is known the second time.
    const { key, grid } = image;
    const see = async (pixels: RgbImage): Promise<Float32Array> => {
      await beforeVision(grid[1] * grid[2]);
      return this.#vision.embed(model, patchify(pixels, preprocessor), signal);
    };
    const embedding =
      'embedding' in image
        ? image.embedding
        : (this.#embeddings.get(key)?.embedding ?? (await see(image.pixels)));
    this.#embeddings.delete(key);
    this.#embeddings.set(key, { grid, embedding });
    this.#letGo();
    return embedding;
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
