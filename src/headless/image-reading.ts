import type { ImageReading } from '../engine/protocol/prompt.ts';
import { IMAGE_PROCESSING_NAMES } from '../vlm/image-processing.ts';
import type { AnalysisContext } from './context.ts';

/** `--image-processing` and `--max-image-pixels`: part of every identity and every result of what looks at images. */
export function imageReading({ flags }: Pick<AnalysisContext, 'flags'>): Required<ImageReading> {
  const imageProcessing = flags.choice('imageProcessing', IMAGE_PROCESSING_NAMES);
  if (!imageProcessing) throw new TypeError('--image-processing has no default');
  return { imageProcessing, maxImagePixels: flags.requiredNumber('maxImagePixels') };
}
