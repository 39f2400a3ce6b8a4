import type { ChatMessage } from '../../vlm/chat.ts';
import type { ImageProcessing } from '../../vlm/image-processing.ts';

export interface PromptSpec {
  /** The question: `prompt` alone, or `messages` for anything else (several turns, images between texts). */
  readonly prompt?: string;
  readonly messages?: readonly ChatMessage[];
  /** Encoded image files (PNG, JPEG, WebP): before the prompt, or in the messages' image parts, in order. */
  readonly images?: readonly Blob[];
  /** Scales larger images down to this many pixels; default: `DEFAULT_MAX_IMAGE_PIXELS`. The checkpoint's own limit holds, too. */
  readonly maxImagePixels?: number;
  /** How pixels are made of the images; default: `DEFAULT_IMAGE_PROCESSING`. */
  readonly imageProcessing?: ImageProcessing;
  /** With `prompt`: overrides the chat template's own system prompt; empty string for an empty one. */
  readonly system?: string;
}

/** How images are read; every probe and every answer carries it. */
export type ImageReading = Pick<PromptSpec, 'maxImagePixels' | 'imageProcessing'>;
