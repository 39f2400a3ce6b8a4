import type { GenerateEvent, GenerateRequest, GenerateResult } from '../../engine/protocol.ts';
import { NamedError } from '../../named-error.ts';
import { asJob, cancelled } from '../../probes/probe-engine.ts';
import type { LongWork } from '../../study/work.ts';
import { type BlackImage, blackImageLike } from '../samples/black-image.ts';
import { PICTURE } from '../setting.ts';
import type { Answer } from './answer.ts';
import type { AnswerSettings, Ask } from './ask.ts';

/** What evaluation asks of an engine. */
export interface AnsweringEngine {
  generate(request: GenerateRequest, onEvent: (event: GenerateEvent) => void): Promise<GenerateResult>;
  cancel(job: string): Promise<void> | void;
}

/**
 * Answers every ask once, greedily, in order; asks that share a key share the answer, and keys in `work.finished` are
 * not asked at all. Returns all answers by key. Nothing is ever generated twice as long as records are kept.
 *
 * @throws NamedError `Cancelled`; the engine's, with variant and sample named.
 */
export async function answerAll(
  engine: AnsweringEngine,
  asks: readonly Ask[],
  settings: AnswerSettings,
  { signal, onProgress, finished, onRecord }: LongWork<Answer> = {},
): Promise<ReadonlyMap<string, Answer>> {
  const answers = new Map<string, Answer>();
  const total = new Set(asks.map(({ key }) => key)).size;
  const report = (): void => onProgress?.({ phase: 'answering', done: answers.size, total, unit: 'answers' });
  for (const { key } of asks) {
    const known = finished?.get(key);
    if (known) answers.set(key, known);
  }
  report();
  const black = new Map<Blob, Promise<BlackImage>>();
  for (const ask of asks) {
    if (answers.has(ask.key)) continue;
    if (signal?.aborted) throw cancelled();
    const answer = await answerOne(engine, ask, settings, black, signal);
    answers.set(ask.key, answer);
    await onRecord?.(ask.key, answer);
    report();
  }
  return answers;
}

async function answerOne(
  engine: AnsweringEngine,
  ask: Ask,
  settings: AnswerSettings,
  black: Map<Blob, Promise<BlackImage>>,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const images = await picturesOf(ask, black);
  const { system } = settings.style;
  const result = await asJob(engine, signal, (job) =>
    engine.generate(
      {
        job,
        subject: ask.variant.subject,
        prompt: ask.prompt,
        images,
        ...(system === undefined ? {} : { system }),
        maxNewTokens: settings.maxNewTokens,
        maxImagePixels: settings.maxImagePixels,
        sampling: { temperature: 0, seed: 0 },
      },
      () => undefined,
    ),
  ).catch((error: unknown) => {
    throw naming(error, ask);
  });
  const [row] = result.rows;
  if (!row || row.stop === 'cancelled') throw cancelled();
  return {
    text: row.text,
    tokens: row.tokens.length,
    stop: row.stop,
    promptTokens: result.promptTokens,
    imageTokens: result.imageTokens,
  };
}

async function picturesOf(
  { sample: { image }, setting }: Ask,
  black: Map<Blob, Promise<BlackImage>>,
): Promise<readonly Blob[]> {
  const picture = PICTURE[setting.input];
  if (picture === 'none' || !image) return [];
  if (picture === 'own') return [image];
  const made = black.get(image) ?? blackImageLike(image);
  black.set(image, made);
  return [(await made).file];
}

/** The error, with the variant and the sample it happened at. */
function naming(error: unknown, { variant, setting, sample }: Ask): unknown {
  if (!(error instanceof NamedError) || error.name === 'Cancelled') return error;
  const what = `${variant.name}, ${setting.name}, ${sample.id}: ${error.what}`;
  return new NamedError(error.name, what, error.place, error.remedy, { cause: error });
}
