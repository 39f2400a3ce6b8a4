import { NamedError } from '../../named-error.ts';
import { DEFAULT_IMAGE_PROCESSING, type ImageProcessing } from '../../vlm/image-processing.ts';
import type { Experiment } from '../experiment.ts';
import type { PromptStyle } from '../prompt-style.ts';
import type { EvaluationSample } from '../samples/sample.ts';
import { openPicture, type Picture, picturesIn } from '../../probes/data/picture.ts';
import { pictureSize } from '../../image/picture-size.ts';
import { PICTURE, promptPieces, type Setting } from '../setting.ts';
import type { Asked, Variant } from '../variant.ts';
import { sha256Hex, sha256OfText } from '../../sha256.ts';

/** How answers are made; part of what names them. */
export interface AnswerSettings {
  readonly style: PromptStyle;
  readonly maxNewTokens: number;
  /** Larger images are scaled down to so many pixels. */
  readonly maxImagePixels: number;
  /** How pixels are made of images; null where a service does it. */
  readonly imageProcessing: ImageProcessing | null;
  /** Device and rounding of weights: other arithmetic may give another answer. */
  readonly device: string;
  readonly dtype: string;
}

/** Images above 1280 × 720 pixels are scaled down (method §7). */
export const MAX_IMAGE_PIXELS = 1280 * 720;

/** P1's limit of new tokens. */
export const MAX_NEW_TOKENS = 2048;

/** One question to one variant. */
export interface Ask<Who extends Asked = Variant> {
  /** What the answer is filed under: SHA-256 of all that decides it. Two asks with one key have one answer. */
  readonly key: string;
  readonly variant: Who;
  readonly experiment: Experiment;
  readonly setting: Setting;
  readonly sample: EvaluationSample;
  readonly prompt: string;
  /** The prompt in pieces with a picture between each and the next; undefined where pictures stand before it. */
  readonly pieces?: readonly string[];
}

/**
 * Every question of an evaluation, sample by sample with all variants in turn, so that a table that fills compares
 * variants on the same samples.
 *
 * @throws NamedError `MissingDescription`, `MissingImage`: before anything is computed.
 */
export async function planAsks<Who extends Asked>(
  variants: readonly Who[],
  experiments: readonly Experiment[],
  settings: AnswerSettings,
): Promise<readonly Ask<Who>[]> {
  const prints = new Map<Picture, Promise<string>>();
  const asks: Ask<Who>[] = [];
  for (const experiment of experiments) {
    for (const sample of experiment.samples) {
      for (const setting of experiment.settings) {
        const pieces = promptPieces(sample, setting.input, settings.style);
        const prompt = pieces.join('');
        const placed = pieces.length > 1 ? { pieces } : {};
        const picture = await pictureName(sample, setting, prints, settings.imageProcessing);
        for (const variant of variants) {
          const key = await sha256OfText(
            JSON.stringify([
              variant.fingerprint,
              settings.style.system ?? null,
              prompt,
              picture,
              settings.maxNewTokens,
              settings.maxImagePixels,
              settings.imageProcessing,
              settings.device,
              settings.dtype,
              // Only where there are any: answers kept of other questions keep their names.
              ...(pieces.length > 1 ? [pieces] : []),
            ]),
          );
          asks.push({ key, variant, experiment, setting, sample, prompt, ...placed });
        }
      }
    }
  }
  return asks;
}

/** The images' hashes; of black ones their sizes, for their bytes are of no matter. */
async function pictureName(
  sample: EvaluationSample,
  { input }: Setting,
  prints: Map<Picture, Promise<string>>,
  processing: ImageProcessing | null,
): Promise<string> {
  const shown = PICTURE[input];
  if (shown === 'none') return 'none';
  const pictures = picturesIn(sample);
  if (pictures.length === 0) throw missingImage(sample.id);
  const names: string[] = [];
  for (const picture of pictures) {
    if (shown === 'black') {
      const size = await pictureSize(await openPicture(picture), processing ?? DEFAULT_IMAGE_PROCESSING);
      names.push(`black ${size?.width}x${size?.height}`);
      continue;
    }
    const print = prints.get(picture) ?? openPicture(picture).then(fileHash);
    prints.set(picture, print);
    names.push(await print);
  }
  return names.join(' ');
}

async function fileHash(file: Blob): Promise<string> {
  return sha256Hex(await file.arrayBuffer());
}

function missingImage(id: string): NamedError {
  return new NamedError(
    'MissingImage',
    `${id} has no image`,
    { field: 'image' },
    'give questions with images to this experiment',
  );
}
