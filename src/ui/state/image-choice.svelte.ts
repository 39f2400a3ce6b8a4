import type { ImageReading } from '../../engine/protocol.ts';
import { MAX_IMAGE_PIXELS } from '../../evaluation/answers/ask.ts';
import {
  DEFAULT_IMAGE_PROCESSING,
  IMAGE_PROCESSING_NAMES,
  type ImageProcessing,
} from '../../vlm/image-processing.ts';

const KEY = 'frankenscope.images';

/** How images are read: one choice for every page, kept on this machine. */
export class ImageChoice {
  #processing = $state<ImageProcessing>(DEFAULT_IMAGE_PROCESSING);
  #maxPixels = $state(MAX_IMAGE_PIXELS);

  constructor() {
    // Private windows and blocked storage throw on access.
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<
        Record<keyof ImageReading, unknown>
      >;
      this.#processing =
        IMAGE_PROCESSING_NAMES.find((name) => name === kept.imageProcessing) ?? DEFAULT_IMAGE_PROCESSING;
      if (Number.isInteger(kept.maxImagePixels) && Number(kept.maxImagePixels) > 0)
        this.#maxPixels = Number(kept.maxImagePixels);
    } catch {
      // The defaults hold.
    }
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

  #keep(): void {
    try {
      localStorage.setItem(KEY, JSON.stringify(this.reading));
    } catch {
      // Not kept; the choice still holds until the tab closes.
    }
  }
}
