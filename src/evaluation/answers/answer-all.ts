import type { GenerateAllRequest, PromptAnswers } from '../../engine/protocol/generation.ts';
import type { ModelId } from '../../engine/subject.ts';
import { NamedError } from '../../named-error.ts';
import { openPicture, type Picture, picturesIn } from '../../probes/data/picture.ts';
import { eachGroup } from '../../probes/each-sample.ts';
import { piecesPrompt } from '../../probes/problem-prompt.ts';
import { asJob } from '../../probes/probe-engine.ts';
import type { LongWork } from '../../work/long-work.ts';
import { DEFAULT_IMAGE_PROCESSING, type ImageProcessing } from '../../vlm/image-processing.ts';
import { type BlackImage, blackImageLike } from '../samples/black-image.ts';
import { PICTURE } from '../setting.ts';
import type { Asked } from '../variant.ts';
import type { Answer } from './answer.ts';
import type { AnswerSettings, Ask } from './ask.ts';
import { cancelled, isCancelled } from '../../work/cancel.ts';

/** What evaluation asks of an engine. */
export interface AnsweringEngine {
  generateAll(request: GenerateAllRequest): Promise<readonly PromptAnswers[]>;
  cancel(job: string): Promise<void> | void;
  lanes?(models: readonly ModelId[], samples: number): Promise<readonly Promise<AnsweringEngine>[]>;
}

/**
 * Samples that one variant is asked together, unless told otherwise. The engine decodes them as rows of one batch, or of
 * several where its estimate of keys and values says that memory holds fewer. More would lose more answers with a run
 * that is cut off.
 */
export const ASKED_TOGETHER = 16;

/**
 * Answers every ask once, greedily; asks that share a key share the answer, and keys in `work.finished` are not asked at
 * all. Each variant is asked `together` samples at a time, all variants in turn. Returns all answers by key. Nothing is
 * ever generated twice as long as records are kept.
 *
 * @throws NamedError `Cancelled`; the engine's, with variant and sample named.
 */
export async function answerAll(
  engine: AnsweringEngine,
  asks: readonly Ask[],
  settings: AnswerSettings,
  work: LongWork<Answer> = {},
  together = ASKED_TOGETHER,
): Promise<ReadonlyMap<string, Answer>> {
  const black: BlackImages = new Map();
  const subjects = [...new Set(asks.map(({ variant }) => variant.subject))];
  const answers = await eachGroup(asks, work, {
    ...{ engine, subjects, size: together, groupsOf: batchesOf, unit: 'answers', named: naming },
    keyOf: ({ key }) => key,
    compute: (batch, lane, signal) => answersOf(lane, batch, settings, black, signal),
  });
  return new Map(asks.map(({ key }, index) => [key, answers[index] as Answer]));
}

/** Asks of one variant, up to `together` of them, in an order that keeps all variants at the same samples. */
function batchesOf(asks: readonly Ask[], together: number): readonly (readonly Ask[])[] {
  const batches: Ask[][] = [];
  const seen = new Set<string>();
  let open = new Map<string, Ask[]>();
  for (const ask of asks) {
    if (seen.has(ask.key)) continue;
    seen.add(ask.key);
    let batch = open.get(ask.variant.fingerprint);
    if (batch && batch.length >= together) {
      open = new Map();
      batch = undefined;
    }
    if (!batch) {
      batch = [];
      open.set(ask.variant.fingerprint, batch);
      batches.push(batch);
    }
    batch.push(ask);
  }
  return batches;
}

async function answersOf(
  engine: AnsweringEngine,
  batch: readonly Ask[],
  settings: AnswerSettings,
  black: BlackImages,
  signal: AbortSignal | undefined,
): Promise<readonly Answer[]> {
  const { style, maxImagePixels, imageProcessing } = settings;
  const { system } = style;
  const prompts = await Promise.all(
    batch.map(async (ask) => ({
      ...piecesPrompt(
        ask.pieces ?? [ask.prompt],
        await picturesOf(ask, black, imageProcessing ?? DEFAULT_IMAGE_PROCESSING),
        system,
      ),
      maxImagePixels,
      ...(imageProcessing === null ? {} : { imageProcessing }),
    })),
  );
  const results = await asJob(engine, signal, (job) =>
    engine.generateAll({
      job,
      subject: (batch[0] as Ask).variant.subject,
      prompts,
      maxNewTokens: settings.maxNewTokens,
      sampling: { temperature: 0, seed: 0 },
    }),
  );
  return results.map(({ rows: [row], promptTokens, imageTokens }) => {
    if (!row || row.stop === 'cancelled') throw cancelled();
    return { text: row.text, tokens: row.tokens.length, stop: row.stop, promptTokens, imageTokens };
  });
}

/** Black pictures already made, by the picture they stand in for. */
export type BlackImages = Map<Picture, Promise<BlackImage>>;

/** The pictures that go with an ask: its own, black ones of the same sizes, or none. */
export async function picturesOf(
  { sample, setting }: Ask<Asked>,
  black: BlackImages,
  processing: ImageProcessing = DEFAULT_IMAGE_PROCESSING,
): Promise<readonly Blob[]> {
  const shown = PICTURE[setting.input];
  if (shown === 'none') return [];
  return Promise.all(
    picturesIn(sample).map(async (picture) => {
      if (shown === 'own') return openPicture(picture);
      const made =
        black.get(picture) ?? openPicture(picture).then((file) => blackImageLike(file, processing));
      black.set(picture, made);
      return (await made).file;
    }),
  );
}

/** The error, with the variant and the sample it happened at. */
export function naming(error: unknown, { variant, setting, sample }: Ask<Asked>): unknown {
  if (!(error instanceof NamedError) || isCancelled(error)) return error;
  const what = `${variant.name}, ${setting.name}, ${sample.id}: ${error.what}`;
  return new NamedError(error.name, what, error.place, error.remedy, { cause: error });
}
