/** From a question and image files to a sequence for layer 0. */
import { NamedError } from '../named-error.ts';
import { question } from '../vlm/chat.ts';
import type { ImageGrid } from '../vlm/image-grid.ts';
import { DEFAULT_IMAGE_PROCESSING } from '../vlm/image-processing.ts';
import { preprocessorFor } from '../vlm/image-processor-files.ts';
import { DEFAULT_MAX_IMAGE_PIXELS, limitPixels } from '../vlm/pixel-limit.ts';
import type { Folder } from './folder.ts';
import type { Sequence } from './prefill.ts';
import type { PromptSpec } from './protocol/prompt.ts';
import type { Resident } from './resident.ts';
import type { BeforeVision, DecodeImage, Image, ImageFile, NamedImage } from './seen-images.ts';
import { SeenImages } from './seen-images.ts';
import { embedSequence } from './sequence.ts';
import type { VisionTower } from './vision-tower.ts';

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

/** What stands around the prompts of a request. */
export interface Preparing {
  /** Token ids after each prompt (a fixed response). */
  readonly continuation?: readonly number[];
  readonly signal?: AbortSignal;
  readonly beforeVision?: BeforeVision;
}

/** Pixels of the images decoded, and seen, at a time: those of prompts that go on together. 24 bytes each as patches. */
const PIXELS_AT_ONCE = 2 ** 21;

/** An image of a prompt that could be read; or why not. */
type NamedOrNot = PromiseSettledResult<NamedImage>;

/** Prepares prompts. */
export class PromptPreparer {
  readonly #images: SeenImages;

  constructor(vision: VisionTower, decodeImage: DecodeImage) {
    this.#images = new SeenImages(vision, decodeImage);
  }

  /** One prompt. @throws NamedError those of `prepareAll` */
  async prepare(
    folder: Folder,
    model: Resident,
    spec: PromptSpec,
    continuation: readonly number[] = [],
    signal?: AbortSignal,
  ): Promise<Prepared> {
    const given = { continuation, ...(signal ? { signal } : {}) };
    const [prepared] = await this.prepareAll(folder, model, [spec], given);
    return prepared as Prepared;
  }

  /**
   * Prompts of one request, in their order: files are read, images decoded and texts cut into tokens beside each other.
   *
   * @throws NamedError those of image decoding and of the prompt, of the first that has one; `PromptTooLong` with the
   * continuation; the signal's reason once it is aborted.
   */
  async prepareAll(
    folder: Folder,
    model: Resident,
    specs: readonly PromptSpec[],
    given: Preparing = {},
  ): Promise<readonly Prepared[]> {
    const files = specs.map((spec) => imageFiles(folder, spec));
    const readable = files.flatMap((of) => (of.status === 'fulfilled' ? of.value : []));
    const named = [...(await this.#images.name(model, readable))];
    const namedOf = files.map((of): readonly NamedOrNot[] =>
      of.status === 'fulfilled' ? named.splice(0, of.value.length) : [of],
    );
    const prepared: Prepared[] = [];
    for (const count of roundsOf(namedOf)) {
      const from = prepared.length;
      const [round, images] = [specs.slice(from, from + count), namedOf.slice(from, from + count)];
      prepared.push(...(await this.#prepareRound(folder, model, round, images, given)));
    }
    return prepared;
  }

  /** Forgets embeddings made by a checkpoint that is unloaded. */
  forget(model: Resident): void {
    this.#images.forget(model);
  }

  async #prepareRound(
    folder: Folder,
    model: Resident,
    specs: readonly PromptSpec[],
    named: readonly (readonly NamedOrNot[])[],
    { continuation = [], signal, beforeVision = () => Promise.resolve() }: Preparing,
  ): Promise<readonly Prepared[]> {
    const started = performance.now();
    const { config, prompts } = folder;
    const looked = firstOnes(await this.#look(named));
    const grids = looked.values.map((images) => images.map(({ grid }) => grid));
    const requests = grids.map((own, index) => {
      const { messages, prompt = '', system } = specs[index] as PromptSpec;
      return { config, messages: messages ?? question(prompt, own.length, system), grids: own };
    });
    const built = firstOnes(await prompts.buildAll(requests, signal));
    // What is wrong with a prompt is said before an image takes its time in the vision tower.
    for (const { inputIds } of built.values)
      checkLength(inputIds.length, continuation.length, config.text.maxPositionEmbeddings);
    const failure = built.failure ?? looked.failure;
    if (failure) throw failure.reason as Error;
    const seen = [...(await this.#images.see(model, looked.values.flat(), beforeVision, signal))];
    const visionSeconds = (performance.now() - started) / 1000;
    const prepared: Prepared[] = [];
    for (const [index, { inputIds, imageSpans }] of built.values.entries()) {
      const own = grids[index] as readonly ImageGrid[];
      const imageFeatures = seen.splice(0, own.length);
      const embedded = await embedSequence(config, model.embedding, {
        ...{ inputIds, imageSpans, grids: own, imageFeatures, continuation },
      });
      const merge = config.vision.spatialMergeSize;
      const width = config.vision.outHiddenSize;
      const imageEmbeddings = imageFeatures.map((features, image) =>
        features.subarray(0, (imageSpans[image]?.[1] ?? 0) * width),
      );
      const imageGrids = own.map(([, height, width]) => [height / merge, width / merge] as const);
      prepared.push({ inputIds, imageSpans, imageGrids, imageEmbeddings, ...embedded, visionSeconds });
    }
    return prepared;
  }

  /** The images of each prompt, or the first of its errors. */
  async #look(
    named: readonly (readonly NamedOrNot[])[],
  ): Promise<readonly PromiseSettledResult<readonly Image[]>[]> {
    const readable = named.flat().flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const looked = [...(await this.#images.look(readable))];
    return named.map((of) => {
      const images = of.map((one) =>
        one.status === 'fulfilled' ? (looked.shift() as PromiseSettledResult<Image>) : one,
      );
      const { values, failure } = firstOnes(images);
      return failure ?? { status: 'fulfilled', value: values };
    });
  }
}

/** Only an image asks for the processor: a folder whose own cannot be read still answers to text. */
function imageFiles(
  { preprocessors }: Folder,
  { images = [], imageProcessing, maxImagePixels }: PromptSpec,
): PromiseSettledResult<readonly ImageFile[]> {
  const processing = imageProcessing ?? DEFAULT_IMAGE_PROCESSING;
  const most = maxImagePixels ?? DEFAULT_MAX_IMAGE_PIXELS;
  try {
    const value = images.map((file) => ({
      file,
      preprocessor: limitPixels(preprocessorFor(preprocessors, processing), most),
    }));
    return { status: 'fulfilled', value };
  } catch (reason) {
    return { status: 'rejected', reason };
  }
}

/** How many prompts go on together, round by round: as far as the pixels of their images go, one at least. */
function roundsOf(named: readonly (readonly NamedOrNot[])[]): readonly number[] {
  const rounds: { count: number; pixels: number }[] = [];
  for (const images of named) {
    const pixels = images.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value.pixels : 0), 0);
    const open = rounds.at(-1);
    if (open && open.pixels + pixels <= PIXELS_AT_ONCE) {
      open.count += 1;
      open.pixels += pixels;
    } else rounds.push({ count: 1, pixels });
  }
  return rounds.map(({ count }) => count);
}

/** Those before the first that failed, and that one's failure. */
function firstOnes<T>(results: readonly PromiseSettledResult<T>[]): {
  readonly values: readonly T[];
  readonly failure: PromiseRejectedResult | null;
} {
  const values: T[] = [];
  for (const result of results) {
    if (result.status === 'rejected') return { values, failure: result };
    values.push(result.value);
  }
  return { values, failure: null };
}

/** @throws NamedError `PromptTooLong` */
function checkLength(prompt: number, continuation: number, context: number): void {
  const needed = prompt + continuation;
  if (needed <= context) return;
  throw new NamedError(
    'PromptTooLong',
    `${prompt} prompt tokens and ${continuation} of the continuation are ${needed}; the context holds ${context}`,
    {},
    'shorten the prompt or the continuation, or use smaller images',
  );
}
