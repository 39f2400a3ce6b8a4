import type { Device } from '../../engine/protocol/device.ts';
import type { GenerateAllRequest, PromptAnswers } from '../../engine/protocol/generation.ts';
import type { PlannedTurns } from '../../engine/protocol/loading.ts';
import type { ModelId, Subject } from '../../engine/subject.ts';
import type { WorkOfEngine } from '../../engine/worked.ts';
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
import { abortable, cancelled, isCancelled } from '../../work/cancel.ts';

/** What evaluation asks of an engine. */
export interface AnsweringEngine {
  generateAll(request: GenerateAllRequest): Promise<readonly PromptAnswers[]>;
  cancel(job: string): Promise<void> | void;
  /** Where models may take turns. */
  turns?(
    subjects: readonly Subject[],
    rows?: number,
    tokens?: number,
    batches?: readonly number[],
  ): Promise<PlannedTurns | null>;
  lanes?(models: readonly ModelId[], samples: number): Promise<readonly Promise<AnsweringEngine>[]>;
  /** As of `ProbeEngine`. */
  worked?(device: Device): Promise<readonly WorkOfEngine[]>;
}

/**
 * Samples that one variant is asked together, unless told otherwise. The engine decodes them as rows of one batch, or of
 * several where its estimate of keys and values says that memory holds fewer. More would lose more answers with a run
 * that is cut off.
 */
export const ASKED_TOGETHER = 16;

/**
 * Answers every ask once, greedily; asks that share a key share the answer, and keys in `work.finished` are not asked at
 * all. Each variant is asked `together` samples at a time, all variants in turn; where models take turns in memory, one variant after
 * another, in an order that reads few weights again. Returns all answers by key. Nothing is ever generated twice as long as records
 * are kept.
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
  const left = asks.filter(({ key }) => work.finished?.get(key) === undefined);
  const turns = await abortable(() => inTurns(engine, batchesOf(left, together), together), work.signal);
  const later = new Map(turns?.flatMap((turn) => turn.batch.map((ask) => [ask, turn.later])));
  const tellTurn = turns ? turnTeller(answersIn(asks), left, work) : () => undefined;
  const subjects = [...new Set(asks.map(({ variant }) => variant.subject))];
  const answers = await eachGroup(asks, work, {
    // What takes turns in memory is held once.
    engine: turns ? alone(engine) : engine,
    ...{ subjects, size: together, unit: 'answers', named: naming },
    keyOf: ({ key }) => key,
    groupsOf: turns ? () => turns.map(({ batch }) => batch) : batchesOf,
    // Graphs of its layers, and what its vision tower sees in the images.
    needsOf: ({ variant: { fingerprint, subject } }) => [fingerprint, subject.rest],
    compute: (batch, lane, signal) => {
      tellTurn(batch);
      const others = turns ? { later: later.get(batch[0] as Ask) ?? [] } : { alongside: subjects };
      return answersOf(lane, batch, settings, black, signal, others);
    },
  });
  return new Map(asks.map(({ key }, index) => [key, answers[index] as Answer]));
}

const answersIn = (asks: readonly Ask[]): number => new Set(asks.map(({ key }) => key)).size;

/** Tells whose turn it is where that changes: weights are read before its first answers come. */
function turnTeller(
  total: number,
  left: readonly Ask[],
  { onProgress }: LongWork<Answer>,
): (batch: readonly Ask[]) => void {
  let done = total - answersIn(left);
  let name: string | null = null;
  return (batch) => {
    const [first] = batch;
    if (first && first.variant.name !== name) {
      ({ name } = first.variant);
      onProgress?.({ phase: 'reading weights', of: name, done, total, unit: 'answers' });
    }
    done += batch.length;
  };
}

function alone(engine: AnsweringEngine): AnsweringEngine {
  return { generateAll: (request) => engine.generateAll(request), cancel: (job) => engine.cancel(job) };
}

/** What it takes that the variants of these asks take turns, in all batches of each; null where all models are held at once. */
export async function turnsOf(
  engine: Pick<AnsweringEngine, 'turns'>,
  asks: readonly Ask[],
  together = ASKED_TOGETHER,
): Promise<PlannedTurns | null> {
  return plannedTurns(engine, byVariant(batchesOf(asks, together)), together);
}

type Batches = readonly (readonly Ask[])[];

const subjectOf = ([batch]: Batches): Subject => (batch?.[0] as Ask).variant.subject;

async function plannedTurns(
  engine: Pick<AnsweringEngine, 'turns'>,
  groups: readonly Batches[],
  together: number,
): Promise<PlannedTurns | null> {
  if (groups.length === 0) return null;
  const counts = groups.map(({ length }) => length);
  return (await engine.turns?.(groups.map(subjectOf), together, undefined, counts)) ?? null;
}

function byVariant(batches: Batches): readonly Batches[] {
  const variants = new Map<string, (readonly Ask[])[]>();
  for (const batch of batches) {
    const { fingerprint } = (batch[0] as Ask).variant;
    variants.set(fingerprint, [...(variants.get(fingerprint) ?? []), batch]);
  }
  return [...variants.values()];
}

/** Batches variant by variant, each with whom it leaves to be asked; null where all models are held at once. */
async function inTurns(
  engine: AnsweringEngine,
  batches: Batches,
  together: number,
): Promise<readonly { readonly batch: readonly Ask[]; readonly later: readonly Subject[] }[] | null> {
  const groups = byVariant(batches);
  const subjects = groups.map(subjectOf);
  const planned = await plannedTurns(engine, groups, together);
  if (!planned) return null;
  const { order } = planned;
  return order.flatMap((turn, at) => {
    const own = groups[turn] ?? [];
    const others = order.slice(at + 1).map((next) => subjects[next] as Subject);
    return own.map((batch, index) => ({
      batch,
      later: index + 1 < own.length ? [subjects[turn] as Subject, ...others] : others,
    }));
  });
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
  { later = [], alongside = [] }: Pick<GenerateAllRequest, 'later' | 'alongside'>,
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
      ...(later.length > 0 ? { later } : {}),
      ...(alongside.length > 1 ? { alongside } : {}),
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
