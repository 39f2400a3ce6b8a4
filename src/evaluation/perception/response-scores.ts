import { wellFormed } from '../../grading/answers/well-formed.ts';
import { equivalent } from '../../grading/mathematics/equivalence.ts';
import { countReasoning, perHundredWords, type ReasoningCounts } from '../../grading/measures.ts';
import { REWARD_NAMES, type RewardName, rewardEnds, rewardOf } from '../../grading/rewards/rewards.ts';
import { type Interval, wilson } from '../../statistics/wilson.ts';
import { NOT_DECIDED } from '../../grading/steps.ts';
import { bootstrapMean } from '../../statistics/bootstrap.ts';
import type { Mean as Averaged } from '../../statistics/mean-interval.ts';
import { studentMean } from '../../statistics/student.ts';
import type { GradedAnswer } from '../tables/graded.ts';

export interface Mean {
  readonly value: number;
  /** 95 %: of a reward, bootstrap; of tokens, Student, null where nothing tells how they spread. */
  readonly interval: Interval | null;
}

/** Rewards and reasoning measures over a set of responses. */
export interface ResponseScores {
  readonly n: number;
  readonly rewards: Readonly<Record<RewardName, Mean>>;
  /** Responses whose answer took more steps than a verdict may; it earns nothing. Only where there are any. */
  readonly notDecidedInTime?: number;
  /** Share of responses of the form <think>…</think><answer>…</answer>. */
  readonly wellFormed: { readonly value: number; readonly interval: Interval };
  /** Tokens a response; undefined where they were not counted. */
  readonly tokens?: Mean;
  /** Per 100 words of thinking. */
  readonly selfReflection: number;
  readonly visualReferences: number;
}

/** What scoring has to know of an answer. */
export type Scored = Pick<GradedAnswer, 'response' | 'goldAnswer' | 'tokens'>;

/** Scores responses by all six rewards and the reasoning measures. Undefined for none. */
export function scoreResponses(graded: readonly Scored[]): ResponseScores | undefined {
  if (graded.length === 0) return undefined;
  const scoreOf = (found: Averaged | null): Mean => ({
    value: found?.mean ?? NaN,
    interval: found?.interval ?? null,
  });
  const undecided = new Set<Scored>();
  const rewards = REWARD_NAMES.map((name) => {
    const totals = graded.map((scored) => {
      const { parts, total } = rewardOf(name, scored.response, scored.goldAnswer, equivalent);
      if (parts.some(({ answerRule }) => answerRule === NOT_DECIDED)) undecided.add(scored);
      return total;
    });
    return [name, scoreOf(bootstrapMean(totals, rewardEnds(name)))];
  });
  const counted = graded.map(({ response }) => countReasoning(response));
  const sum = (of: (counts: ReasoningCounts) => number): number =>
    counted.reduce((total, counts) => total + of(counts), 0);
  const words = sum((counts) => counts.words);
  const formed = graded.filter(({ response }) => wellFormed(response)).length;
  const tokens = graded.flatMap((answer) => answer.tokens ?? []);
  return {
    n: graded.length,
    rewards: Object.fromEntries(rewards) as Readonly<Record<RewardName, Mean>>,
    ...(undecided.size > 0 ? { notDecidedInTime: undecided.size } : {}),
    wellFormed: { value: formed / graded.length, interval: wilson(formed, graded.length) },
    ...(tokens.length === graded.length ? { tokens: scoreOf(studentMean(tokens, { low: 0 })) } : {}),
    selfReflection: perHundredWords(
      sum((counts) => counts.selfReflections),
      words,
    ),
    visualReferences: perHundredWords(
      sum((counts) => counts.visualReferences),
      words,
    ),
  };
}
