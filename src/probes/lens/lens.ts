/** Logit lens: after which layer the answer can be read out, in several models (docs/method.md §11). */
import type { LikelyToken } from '../../engine/protocol/forward.ts';
import type { ImageReading, PromptSpec } from '../../engine/protocol/prompt.ts';
import type { LongWork } from '../../work/long-work.ts';
import type { Problem } from '../data/problem.ts';
import { eachSample } from '../each-sample.ts';
import type { NamedSubject } from '../named-subject.ts';
import type { ProbeEngine } from '../probe-engine.ts';
import { asJob } from '../probe-engine.ts';
import { problemPrompt } from '../problem-prompt.ts';
import { respond } from '../respond.ts';
import { answerToken } from '../response-tokens.ts';

export interface LensProbe {
  readonly models: readonly NamedSubject[];
  readonly maxNewTokens: number;
  /** How many of the likeliest tokens are kept of each depth; default 1. */
  readonly topk?: number;
  readonly prompt?: Pick<PromptSpec, 'system' | keyof ImageReading>;
}

export interface LensRecord {
  readonly id: string;
  readonly question: string;
  readonly models: readonly ModelLens[];
}

export interface ModelLens {
  readonly name: string;
  readonly response: string;
  /** The first token of the model's own answer; null where the response ended before one. */
  readonly answer: { readonly token: number; readonly text: string } | null;
  /** After the embedding and after each layer, at the position that chose that token. */
  readonly layers: readonly LensLayer[];
}

export interface LensLayer {
  readonly top: LikelyToken;
  /** It and those after it, where more than one is kept. */
  readonly topk?: readonly LikelyToken[];
  /** Of the answer's token. */
  readonly probability: number;
  readonly rank: number;
}

/**
 * Every model answers by itself; then the hidden states at the position before the answer's first token (what follows
 * `<answer>` or `</think>`, else the response's first) are read out by the final norm and the head after each layer.
 *
 * @throws NamedError `Cancelled`, and the engine's.
 */
export async function lensOnAnswers(
  engine: ProbeEngine,
  items: readonly Problem[],
  { models, maxNewTokens, topk = 1, prompt }: LensProbe,
  work: LongWork<LensRecord> = {},
): Promise<readonly LensRecord[]> {
  const subjects = models.map(({ subject }) => subject);
  return eachSample(items, work, { engine, subjects }, async (item, lane, signal) => {
    const ask = await problemPrompt(item, prompt);
    const read: ModelLens[] = [];
    for (const { name, subject } of models) {
      const response = await respond(lane, { ...ask, subject, maxNewTokens }, signal);
      const at = answerToken(response.pieces);
      if (at === null) {
        read.push({ name, response: response.text, answer: null, layers: [] });
        continue;
      }
      const token = response.read[at] as number;
      const { rows } = await asJob(lane, signal, (job) =>
        lane.forward({
          ...ask,
          job,
          subject,
          continuation: response.read.slice(0, at),
          capture: { lens: { tokens: [token], topk } },
        }),
      );
      read.push({
        name,
        response: response.text,
        answer: { token, text: response.pieces[at] as string },
        layers: (rows[0]?.lens ?? []).map(({ asked: [asked], ...likely }) => ({
          ...likely,
          probability: asked?.probability ?? 0,
          rank: asked?.rank ?? 0,
        })),
      });
    }
    return { id: item.id, question: item.question, models: read };
  });
}
