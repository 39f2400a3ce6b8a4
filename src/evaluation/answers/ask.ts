import { NamedError } from '../../named-error.ts';
import { DEFAULT_IMAGE_PROCESSING, type ImageProcessing } from '../../vlm/image-processing.ts';
import type { Experiment } from '../experiment.ts';
import type { PromptStyle } from '../prompt-style.ts';
import type { EvaluationSample } from '../samples/sample.ts';
import { openPicture, picturesIn } from '../../probes/data/picture.ts';
import { pictureHash } from '../../probes/data/picture-hash.ts';
import { nameOf } from '../../identity/identify.ts';
import type { LongWork } from '../../work/long-work.ts';
import { pictureSize } from '../../image/picture-size.ts';
import { PICTURE, promptPieces, type Setting } from '../setting.ts';
import type { Asked, Variant } from '../variant.ts';
import { throwIfCancelled } from '../../work/cancel.ts';
import { Yielder } from '../../work/turns.ts';

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

/** P1's limit of new tokens (docs/method.md §7.3). */
export const MAX_NEW_TOKENS = 2048;

/** One question to one variant. */
export interface Ask<Who extends Asked = Variant> {
  /** What the answer is filed under: SHA-256 of all that decides it (`nameOf`). Two asks with one key have one answer. */
  readonly key: string;
  readonly variant: Who;
  readonly experiment: Experiment;
  readonly setting: Setting;
  readonly sample: EvaluationSample;
  readonly settings: AnswerSettings;
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
  { signal, onProgress }: Pick<LongWork<never>, 'signal' | 'onProgress'> = {},
): Promise<readonly Ask<Who>[]> {
  const { style, maxNewTokens, maxImagePixels, imageProcessing, device, dtype } = settings;
  const system = style.system ?? null;
  const asks: Ask<Who>[] = [];
  const total = experiments.reduce((sum, { samples }) => sum + samples.length, 0);
  let done = 0;
  const yielder = new Yielder();
  for (const experiment of experiments) {
    for (const sample of experiment.samples) {
      throwIfCancelled(signal);
      // Chromium hashes short texts at once: thousands would be one task.
      await yielder.pause();
      onProgress?.({ phase: 'reading pictures', done: done++, total, unit: 'samples' });
      for (const setting of experiment.settings) {
        const pieces = promptPieces(sample, setting.input, settings.style);
        const prompt = pieces.join('');
        const placed = pieces.length > 1 ? { pieces } : {};
        const pictures = await pictureNames(sample, setting, imageProcessing);
        for (const variant of variants) {
          const key = await nameOf('answer', {
            ...{ model: variant.fingerprint, system, pieces, pictures },
            ...{ maxNewTokens, maxImagePixels, imageProcessing, device, dtype },
          });
          asks.push({ key, variant, experiment, setting, sample, settings, prompt, ...placed });
        }
      }
    }
  }
  return asks;
}

/** The images' hashes; of black ones their sizes, for their bytes are of no matter. */
async function pictureNames(
  sample: EvaluationSample,
  { input }: Setting,
  processing: ImageProcessing | null,
): Promise<readonly string[]> {
  const shown = PICTURE[input];
  if (shown === 'none') return [];
  const pictures = picturesIn(sample);
  if (pictures.length === 0) throw missingImage(sample.id);
  const names: string[] = [];
  for (const picture of pictures) {
    if (shown === 'black') {
      const size = await pictureSize(await openPicture(picture), processing ?? DEFAULT_IMAGE_PROCESSING);
      names.push(`black ${size?.width}x${size?.height}`);
      continue;
    }
    names.push(await pictureHash(picture));
  }
  return names;
}

function missingImage(id: string): NamedError {
  return new NamedError(
    'MissingImage',
    `${id} has no image`,
    { field: 'image' },
    'give questions with images to this experiment',
  );
}
