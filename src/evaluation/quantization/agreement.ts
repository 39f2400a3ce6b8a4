/** How near a quantized model stays to its original on given questions (docs/method.md §16). */
import { evenShares, spanText } from '../../number-text.mjs';
import type { ImageReading, PromptSpec } from '../../engine/protocol/prompt.ts';
import type { Subject } from '../../engine/subject.ts';
import type { Problem } from '../../probes/data/problem.ts';
import { eachSample } from '../../probes/each-sample.ts';
import { finishedAnswer } from '../../probes/finished-answer.ts';
import type { ProbeEngine } from '../../probes/probe-engine.ts';
import { asJob } from '../../probes/probe-engine.ts';
import { problemPrompt } from '../../probes/problem-prompt.ts';
import { intervalName } from '../../statistics/interval-kind.ts';
import { bootstrapShare } from '../../statistics/bootstrap.ts';
import type { Interval } from '../../statistics/wilson.ts';
import { wilson } from '../../statistics/wilson.ts';
import type { LongWork } from '../../work/long-work.ts';

/** A question, answered greedily by the original and read by both. */
export interface AgreementRecord {
  readonly id: string;
  readonly answer: string;
  /** At each token of the answer, the one that ends it among them: KL(original ‖ quantized), natural logarithm. */
  readonly kl: readonly number[];
  /** At how many of them the quantized model's first choice is the original's. */
  readonly agreeing: number;
}

export interface AgreementQuestion {
  readonly original: Subject;
  readonly quantized: Subject;
  readonly maxNewTokens: number;
  readonly prompt?: Pick<PromptSpec, 'system' | keyof ImageReading>;
}

export interface Share extends Interval {
  readonly hits: number;
  readonly n: number;
}

export interface Agreement {
  /** Mean over all positions of all answers. */
  readonly meanKl: number;
  readonly largestKl: number;
  /** Positions with the same first choice; the interval is a bootstrap over answers, 95 %: positions of one are not independent. */
  readonly tokens: Share;
  /** Answers in which every choice is the same, Wilson, 95 %: the quantized model gives them word for word. */
  readonly answers: Share;
}

/** @throws NamedError `Cancelled`, and the engine's */
export function quantizationAgreement(
  engine: ProbeEngine,
  items: readonly Problem[],
  { original, quantized, maxNewTokens, prompt }: AgreementQuestion,
  work: LongWork<AgreementRecord> = {},
): Promise<readonly AgreementRecord[]> {
  const subjects = [original, quantized];
  return eachSample(items, work, { engine, subjects }, async (item, lane, signal) => {
    const ask = await problemPrompt(item, prompt);
    const { rows } = await asJob(lane, signal, (job) =>
      lane.generate({ ...ask, job, subject: original, maxNewTokens }, () => undefined),
    );
    const { text } = finishedAnswer(rows[0]);
    const scores = await asJob(lane, signal, (job) =>
      lane.scoreAnswer({
        ...ask,
        job,
        readers: [{ subject: original }, { subject: quantized }],
        answer: rows[0]?.tokens ?? [],
        divergences: [{ p: 0, q: 1 }],
      }),
    );
    return {
      id: item.id,
      answer: text,
      kl: scores.divergences[0] ?? [],
      agreeing: scores.readers[1]?.scores.filter(({ rank }) => rank === 0).length ?? 0,
    };
  });
}

/** @returns null where no token was compared */
export function agreementOf(records: readonly AgreementRecord[]): Agreement | null {
  const all = records.flatMap(({ kl }) => kl);
  if (all.length === 0) return null;
  const read = records.filter(({ kl }) => kl.length > 0);
  const agreeing = read.map(({ agreeing: hits, kl }) => ({ hits, of: kl.length }));
  const same = agreeing.filter(({ hits, of }) => hits === of).length;
  return {
    meanKl: all.reduce((sum, one) => sum + one, 0) / all.length,
    largestKl: all.reduce((most, one) => Math.max(most, one), 0),
    tokens: {
      ...{ hits: agreeing.reduce((sum, { hits }) => sum + hits, 0), n: all.length },
      ...(bootstrapShare(agreeing)?.interval ?? { low: 0, high: 1 }),
    },
    answers: { hits: same, n: read.length, ...wilson(same, read.length) },
  };
}

/** "KL 1.2e-3 over 80 tokens of 5 answers; same first choice at 97.5 % (bootstrap over items, 95 %, seed 0: 91.3 % to 99.3 %)"; null where no token was compared. */
export function agreementText(records: readonly AgreementRecord[]): string | null {
  const found = agreementOf(records);
  if (!found) return null;
  const { tokens, meanKl } = found;
  const form = evenShares([tokens.hits / tokens.n, tokens.low, tokens.high]);
  return (
    `KL ${meanKl.toExponential(3)} over ${tokens.n} tokens of ${records.length} answers; same first choice at ` +
    `${form(tokens.hits / tokens.n)} (${intervalName('bootstrap')}: ${spanText(tokens, form)})`
  );
}
