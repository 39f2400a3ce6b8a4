/** How much reasoning tokens look at the image, layer by layer, in several models (P1 Eq. 1; docs/method.md §4). */
import type { ImageReading, PromptSpec } from '../../engine/protocol/prompt.ts';
import type { Subject } from '../../engine/subject.ts';
import { NamedError } from '../../named-error.ts';
import type { LongWork } from '../../work/long-work.ts';
import type { Problem } from '../data/problem.ts';
import type { NamedSubject } from '../named-subject.ts';
import { eachSample } from '../each-sample.ts';
import type { ProbeEngine } from '../probe-engine.ts';
import { asJob } from '../probe-engine.ts';
import { problemPrompt } from '../problem-prompt.ts';
import type { Response } from '../respond.ts';
import { respond } from '../respond.ts';
import { thinkTokens } from '../response-tokens.ts';

export interface AttentionShift {
  readonly models: readonly NamedSubject[];
  /** `teacher-forced`: every model reads the answer of `forcedBy`. `free`: each its own. */
  readonly running: 'teacher-forced' | 'free';
  /** Name of the model whose answer is read by all; default: the first. */
  readonly forcedBy?: string;
  /** Only tokens within `<think>…</think>`. */
  readonly onlyThink?: boolean;
  readonly maxNewTokens: number;
  readonly prompt?: Pick<PromptSpec, 'system' | keyof ImageReading>;
}

export interface AttentionRecord {
  readonly id: string;
  readonly question: string;
  readonly imageTokens: number;
  readonly models: readonly ModelAttention[];
}

export interface ModelAttention {
  readonly name: string;
  /** What was read: its own answer, or the one forced on it. */
  readonly response: string;
  /** Generated tokens that the mean is taken over. 0 where none is within `<think>`: then there is no mass. */
  readonly queries: number;
  /** `[layers][heads]`: attention onto all image tokens together, mean over the queries. Divide by `imageTokens` for the mean. */
  readonly mass: readonly (readonly number[])[];
}

/**
 * Attention from generated tokens onto the image's, per layer and head. The queries are the rows of the generated tokens
 * themselves, as they are read; the token that ends an answer is never read and does not count.
 *
 * @throws NamedError `Cancelled`; `NoImageTokens` for a question without an image; `UnknownSubject`; the engine's.
 */
export async function attentionShift(
  engine: ProbeEngine,
  items: readonly Problem[],
  shift: AttentionShift,
  work: LongWork<AttentionRecord> = {},
): Promise<readonly AttentionRecord[]> {
  const teacher = teacherOf(shift);
  const subjects = shift.models.map(({ subject }) => subject);
  return eachSample(items, work, { engine, subjects }, (item, lane, signal) =>
    attentionOf(lane, item, shift, teacher, signal),
  );
}

function teacherOf({ models, running, forcedBy }: AttentionShift): NamedSubject | null {
  if (running === 'free') return null;
  const teacher = forcedBy === undefined ? models[0] : models.find(({ name }) => name === forcedBy);
  if (teacher) return teacher;
  throw new NamedError(
    'UnknownSubject',
    `the model ${forcedBy ?? ''} is not among those compared`,
    { field: 'forcedBy' },
    `name one of ${models.map(({ name }) => name).join(', ')}`,
  );
}

async function attentionOf(
  engine: ProbeEngine,
  item: Problem,
  { models, onlyThink, maxNewTokens, prompt }: AttentionShift,
  teacher: NamedSubject | null,
  signal: AbortSignal | undefined,
): Promise<AttentionRecord> {
  if (!item.image) {
    throw new NamedError('NoImageTokens', 'the question has no image', {}, 'choose questions with an image');
  }
  const ask = await problemPrompt(item, prompt);
  const answer = (subject: Subject): Promise<Response> =>
    respond(engine, { ...ask, subject, maxNewTokens }, signal);
  const forced = teacher ? await answer(teacher.subject) : null;
  const measured: ModelAttention[] = [];
  let imageTokens = 0;
  for (const { name, subject } of models) {
    const response = forced ?? (await answer(subject));
    imageTokens = response.imageTokens;
    const all = [...response.read.keys()];
    const inside = new Set(thinkTokens(response.pieces));
    const chosen = onlyThink ? all.filter((index) => inside.has(index)) : all;
    const mass = await massPerHead(engine, { ...ask, subject }, response, chosen, signal);
    measured.push({ name, response: response.text, queries: chosen.length, mass });
  }
  return { id: item.id, question: item.question, imageTokens, models: measured };
}

/** `[layers][heads]`, mean over the chosen tokens of the response. */
async function massPerHead(
  engine: ProbeEngine,
  ask: PromptSpec & { readonly subject: Subject },
  { read, promptTokens, imageSpans }: Response,
  chosen: readonly number[],
  signal: AbortSignal | undefined,
): Promise<readonly (readonly number[])[]> {
  if (chosen.length === 0) return [];
  const keys = imageSpans.flatMap(([start, count]) =>
    Array.from({ length: count }, (_, offset) => start + offset),
  );
  const queries = chosen.map((index) => promptTokens + index);
  const last = Math.max(...chosen);
  const { rows } = await asJob(engine, signal, (job) =>
    engine.forward({
      ...ask,
      job,
      continuation: read.slice(0, last + 1),
      capture: { attention: { keys, queries } },
    }),
  );
  return (rows[0]?.attentionMass ?? []).map((layer) => {
    const heads = layer.length / queries.length;
    return Array.from({ length: heads }, (_, head) => {
      let sum = 0;
      for (let query = 0; query < queries.length; query++)
        sum += layer[head * queries.length + query] as number;
      return sum / queries.length;
    });
  });
}
