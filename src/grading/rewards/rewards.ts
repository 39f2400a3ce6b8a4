import { decided, inSteps, NOT_DECIDED } from '../steps.ts';
import { partialCredit } from './partial-credit.ts';
import { inside, type Tag, tagScore, tagText, type TagScore, within } from './tags.ts';

/** The six rewards of P2 (docs/method.md §9.2), in its order. */
export const REWARD_NAMES = [
  'vanilla',
  'only-accuracy',
  'mixture',
  'continuous',
  'visual-fusion',
  'no-accuracy',
] as const;

export type RewardName = (typeof REWARD_NAMES)[number];

/** α of each tag; tags that are not named weigh nothing. */
export const REWARD_WEIGHTS: Readonly<Record<RewardName, Readonly<Partial<Record<Tag, number>>>>> = {
  vanilla: { think: 0.1, answer: 0.9 },
  'only-accuracy': { answer: 1 },
  mixture: { description: 0.06, think: 0.06, rethink: 0.08, answer: 0.8 },
  continuous: { description: 0.06, think: 0.06, rethink: 0.08, answer: 0.8 },
  'visual-fusion': { think: 0.1, visual: 0.1, answer: 0.8 },
  'no-accuracy': { description: 0.3, think: 0.3, rethink: 0.3, answer: 0.1 },
};

/** What a tag adds to a reward. */
export interface RewardPart {
  readonly tag: Tag;
  readonly weight: number;
  /** Of a tag: its sentences. Of the answer: how right it is. */
  readonly score: number;
  /** Undefined for the answer. */
  readonly sentences?: TagScore;
  /** What the answer's score is. */
  readonly answerRule?: 'correct' | 'partial credit' | 'tag present' | typeof NOT_DECIDED;
}

export interface Reward {
  readonly name: RewardName;
  /** R = Σ α · score. */
  readonly total: number;
  readonly parts: readonly RewardPart[];
}

/** Decides whether an answer, as it stands in its tag, is right. */
export type IsRight = (right: string, given: string) => boolean;

/**
 * One reward of a response, with what each tag adds. The answer scores by its correctness; with *Continuous* by partial
 * credit, with *No-Accuracy* by there being a tag. Without an `<answer>` tag the answer's score is 0.
 */
export function rewardOf(name: RewardName, response: string, right: string, isRight: IsRight): Reward {
  const weights = Object.entries(REWARD_WEIGHTS[name]) as [Tag, number][];
  const parts = weights.map(([tag, weight]): RewardPart => {
    if (tag === 'answer') return { tag, weight, ...answerScore(name, response, right, isRight) };
    const said = tagScore(tagText(response, tag));
    return { tag, weight, score: said.score, sentences: said };
  });
  return { name, parts, total: parts.reduce((sum, { weight, score }) => sum + weight * score, 0) };
}

/** What a reward cannot lie beyond: a tag's sentences score from −1 to 1, the answer from 0 to 1. */
export function rewardEnds(name: RewardName): { readonly low: number; readonly high: number } {
  const weights = Object.entries(REWARD_WEIGHTS[name]);
  const sum = (of: readonly (readonly [string, number])[]): number =>
    of.reduce((all, [, weight]) => all + weight, 0);
  return { low: -sum(weights.filter(([tag]) => tag !== 'answer')), high: sum(weights) };
}

/** All six, in the steps of one decision. */
export function allRewards(response: string, right: string, isRight: IsRight): readonly Reward[] {
  return inSteps(() => REWARD_NAMES.map((name) => rewardOf(name, response, right, isRight)));
}

function answerScore(
  name: RewardName,
  response: string,
  right: string,
  isRight: IsRight,
): Required<Pick<RewardPart, 'score' | 'answerRule'>> {
  const given = inside(response, 'answer');
  if (name === 'no-accuracy') return { score: given === undefined ? 0 : 1, answerRule: 'tag present' };
  const answerRule = name === 'continuous' ? 'partial credit' : 'correct';
  if (given === undefined) return { score: 0, answerRule };
  const answer = within(response, 'answer')?.trim() ?? '';
  const correct = decided(() => isRight(right, answer), undefined);
  if (correct === undefined) return { score: 0, answerRule: NOT_DECIDED };
  if (name !== 'continuous') return { score: correct ? 1 : 0, answerRule };
  return { score: partialCredit(right, answer, correct), answerRule };
}
