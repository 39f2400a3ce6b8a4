import * as v from 'valibot';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import { MAX_DECODED_PIXELS } from '../../image/dimensions.ts';
import {
  DEFAULT_IMAGE_PROCESSING,
  IMAGE_PROCESSING_NAMES,
  type ImageProcessing,
} from '../../vlm/image-processing.ts';
import { DEFAULT_MAX_IMAGE_PIXELS, LEAST_IMAGE_PIXELS } from '../../vlm/pixel-limit.ts';
import { keepSettings, keptSettings, type SettingShapes, validSettings } from './kept-settings.ts';

const KEY = 'frankenscope.images';
const SHAPES = {
  imageProcessing: v.picklist(IMAGE_PROCESSING_NAMES),
  maxImagePixels: v.pipe(
    v.number(),
    v.safeInteger(),
    v.minValue(LEAST_IMAGE_PIXELS),
    v.maxValue(MAX_DECODED_PIXELS),
  ),
} satisfies SettingShapes;

/** How images are read: one choice for every page, kept on this machine. */
export class ImageChoice {
  readonly #keeps: boolean;
  #processing = $state<ImageProcessing>(DEFAULT_IMAGE_PROCESSING);
  #maxPixels = $state(DEFAULT_MAX_IMAGE_PIXELS);

  /** What of an earlier visit's choice could not be taken over. */
  readonly notice: string | null;

  /** @param keeps whether a later visit has it again; not of what kept results were measured with, beside what pages ask */
  constructor(keeps = true) {
    this.#keeps = keeps;
    const { values, notice } = keptSettings(KEY, SHAPES);
    this.#take(values);
    this.notice = notice;
  }

  /** Takes a choice over where it is valid. */
  restore(found: Readonly<Record<string, unknown>>): void {
    this.#take(validSettings(found, SHAPES).values);
    this.#keep();
  }

  #take({ imageProcessing, maxImagePixels }: Partial<ImageReading>): void {
    this.#processing = imageProcessing ?? this.#processing;
    this.#maxPixels = maxImagePixels ?? this.#maxPixels;
  }

  get processing(): ImageProcessing {
    return this.#processing;
  }

  set processing(processing: ImageProcessing) {
    this.#processing = processing;
    this.#keep();
  }

  get maxPixels(): number {
    return this.#maxPixels;
  }

  set maxPixels(maxPixels: number) {
    this.#maxPixels = maxPixels;
    this.#keep();
  }

  /** What goes with every prompt, and into every identity and every result. */
  get reading(): Required<ImageReading> {
    return { imageProcessing: this.processing, maxImagePixels: this.maxPixels };
  }

  /** Where it is not kept, the choice still holds until the tab closes. */
  #keep(): void {
    if (this.#keeps) keepSettings(KEY, this.reading);
  }
}
