/** What decides the records of every analysis that asks models. */
import type { Models } from '../identity/deciding-inputs.ts';
import type { ImageProcessing } from '../vlm/image-processing.ts';

/** What models are asked and how. */
export interface DecidingProbe {
  readonly models: Models;
  /** Of the samples that were drawn: `samplesFingerprint`. */
  readonly samples: string;
  /** Null: the chat template's own. */
  readonly system: string | null;
  readonly maxNewTokens: number;
  readonly imageProcessing: ImageProcessing;
  readonly maxImagePixels: number;
}

/** Why each decides. */
export const DECIDING_PROBE = {
  models:
    'weights; config, tokenizer, chat template and image processor make ids and pixels of a question, and end an answer; the ' +
    'device, its rounding and the adapter choose kernels, whose last digits decide between near equal tokens',
  samples: 'every question, answer, option and picture that was drawn, whole',
  system: 'stands before the question',
  maxNewTokens: 'cuts answers off',
  imageProcessing: 'how pixels are made of pictures',
  maxImagePixels: 'larger pictures are scaled down',
} as const;
