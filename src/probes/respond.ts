import type { PromptSpec } from '../engine/protocol/prompt.ts';
import type { Subject } from '../engine/subject.ts';
import type { ProbeEngine } from './probe-engine.ts';
import { asJob } from './probe-engine.ts';
import { finishedAnswer } from './finished-answer.ts';

/** A greedy answer, token by token, and where it follows on the prompt. */
export interface Response {
  readonly text: string;
  /** Tokens that were read again while answering: all but the one that ended the answer. */
  readonly read: readonly number[];
  /** Their pieces of the text. */
  readonly pieces: readonly string[];
  /** Position of the answer's first token. */
  readonly promptTokens: number;
  /** Position and number of each image's tokens. */
  readonly imageSpans: readonly (readonly [start: number, count: number])[];
  /** Of all images. */
  readonly imageTokens: number;
}

/** Asks for the answer to a question. */
export async function respond(
  engine: ProbeEngine,
  ask: PromptSpec & { readonly subject: Subject; readonly maxNewTokens: number },
  signal: AbortSignal | undefined,
): Promise<Response> {
  const result = await asJob(engine, signal, (job) =>
    engine.generate({ ...ask, job, pieces: true }, () => undefined),
  );
  const row = result.rows[0];
  const { stop, text } = finishedAnswer(row);
  const [tokens, pieces] = [row?.tokens ?? [], row?.pieces ?? []];
  const kept = stop === 'length' ? tokens.length : tokens.length - 1;
  return {
    text,
    read: tokens.slice(0, kept),
    pieces: pieces.slice(0, kept),
    promptTokens: result.promptTokens,
    imageSpans: result.imageSpans,
    imageTokens: result.imageTokens,
  };
}
