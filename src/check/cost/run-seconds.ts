/** What asking models costs on a device, in seconds: a closed form of counts, sizes and rates (docs/cost.md). */
import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
import type { LoadedModel } from '../../engine/protocol/loading.ts';
import type { DeviceRates } from '../measure/rates.ts';

/** What a device does; medians of a check. */
export interface Speeds {
  /** Float32 multiplications and additions a second, by products of matrices. */
  readonly operationsPerSecond: number;
  /** Bytes a second that are read from its memory. */
  readonly bytesPerSecond: number;
  /** Seconds that an operator takes besides its work. */
  readonly dispatchSeconds: number;
}

/** Of an analysis (`Cost` of its plan). */
export interface Counts {
  readonly answers: number;
  /** Prompts' worth of layers that are read of each part. */
  readonly reads: {
    readonly before: number;
    readonly image: number;
    readonly after: number;
    readonly answer: number;
  };
  readonly prompts: number;
  readonly images: number;
  readonly batches: number;
  readonly newTokens: number;
}

/** A loaded model's sizes. */
export interface Sizes {
  readonly layers: number;
  /** Of the LLM's layers: every token that is read or said goes through them. */
  readonly layerParameters: number;
  /** Of its head: of what is read the last position alone goes through it. */
  readonly headParameters: number;
  /** Of the vision blocks. */
  readonly visionParameters: number;
  /** As they lie on the device: those of layers and head, read once a decode step. */
  readonly textBytes: number;
}

/** What prompts and answers are taken for. */
export interface Lengths {
  /** Before the first image: the template's, kept from prompt to prompt. */
  readonly before: number;
  readonly image: number;
  readonly after: number;
}

/** Kernels of a decoder layer, and of norm, head and choice of the token (as `src/bench/sweep-cost.ts`). */
const KERNELS_PER_LAYER = 18;
const KERNELS_OF_HEAD = 4;
/** Patches of an image token: the vision blocks run on each. */
const PATCHES_PER_TOKEN = 4;
/** An answer's tokens, where fewer are not asked for: those of short reasoning. Longer ones are seen in the first run here. */
export const ANSWER_TOKENS = 32;

export function speedsOf(rates: DeviceRates): Speeds {
  return {
    operationsPerSecond: rates.multiplyPerSecond.median,
    // A copy reads and writes each byte.
    bytesPerSecond: 2 * rates.copyBytesPerSecond.median,
    dispatchSeconds: rates.dispatchSeconds.median,
  };
}

/** By the bytes that the layers have on disk, in proportion. */
export function sizesOf(
  checkpoint: Pick<
    OpenedCheckpoint,
    'layers' | 'parameters' | 'bytes' | 'layerBytes' | 'hiddenSize' | 'vocabSize'
  >,
  { weightBytes }: Pick<LoadedModel, 'weightBytes'>,
): Sizes {
  const { parameters, bytes, layerBytes, layers } = checkpoint;
  const share = (counts: (index: number) => boolean): number =>
    layerBytes.reduce((sum, one) => sum + (counts(one.index) ? one.bytes : 0), 0) / bytes;
  const head = (checkpoint.hiddenSize ?? 0) * (checkpoint.vocabSize ?? 0);
  const layerParameters = parameters * share((index) => index > 0);
  return {
    ...{ layers, layerParameters, headParameters: head },
    visionParameters: parameters * share((index) => index < 0),
    textBytes: weightBytes * Math.min(1, (layerParameters + head) / parameters),
  };
}

/**
 * Seconds of reading all prompts, as far as rows differ, and saying all answers: arithmetic or reading of weights, whichever is longer, and
 * dispatches.
 *
 * @param models each takes an equal part
 */
export function runSeconds(
  { answers, reads, prompts, images, batches, newTokens }: Counts,
  models: readonly Sizes[],
  { before, image, after }: Lengths,
  { operationsPerSecond, bytesPerSecond, dispatchSeconds }: Speeds,
): number {
  const said = Math.min(newTokens, ANSWER_TOKENS);
  const positions = reads.before * before + reads.image * image + reads.after * after + reads.answer * said;
  const seconds = models.map((sizes) => {
    const { layers, layerParameters, headParameters, visionParameters, textBytes } = sizes;
    const run = (bytes: number, operations: number, runs: number): number =>
      Math.max(bytes / bytesPerSecond, operations / operationsPerSecond) +
      runs * (layers * KERNELS_PER_LAYER + KERNELS_OF_HEAD) * dispatchSeconds;
    const reading = 2 * (positions * layerParameters + answers * headParameters);
    const looking = 2 * images * visionParameters * PATCHES_PER_TOKEN * image;
    const saying = 2 * answers * said * (layerParameters + headParameters);
    return (
      run(prompts * textBytes, reading + looking, prompts) +
      run(batches * said * textBytes, saying, batches * said)
    );
  });
  return seconds.reduce((sum, one) => sum + one, 0) / Math.max(1, models.length);
}
