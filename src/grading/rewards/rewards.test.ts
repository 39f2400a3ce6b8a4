import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { boxFound, exactlyRight } from '../answers/exact.ts';
import { wellFormed } from '../answers/well-formed.ts';
import { clockCredit, numericCredit } from './partial-credit.ts';
import { allRewards, REWARD_WEIGHTS, rewardOf } from './rewards.ts';
import { type Tag, tagScore, tagText } from './tags.ts';

interface Golden {
  readonly weights: unknown;
  readonly cases: readonly {
    readonly right: string;
    readonly kind: 'box' | 'puzzle';
    readonly response: string;
    readonly correct: boolean;
    readonly wellFormed: boolean;
    readonly tags: Readonly<Record<Exclude<Tag, 'answer'>, number>>;
    readonly rewards: Readonly<Record<string, number>>;
  }[];
}

const file = new URL('../../../tools/goldens/data/grading/rewards.json', import.meta.url);
const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;

describe('rewards, against the training code', () => {
  it('have its weights', () => {
    expect(REWARD_WEIGHTS).toEqual(golden.weights);
  });

  it.each(golden.cases)('$response', ({ right, kind, response, tags, rewards, ...said }) => {
    const isRight = kind === 'box' ? boxFound : exactlyRight;
    for (const [tag, score] of Object.entries(tags)) {
      expect(tagScore(tagText(response, tag as Tag)).score).toBeCloseTo(score, 12);
    }
    for (const { name, total } of allRewards(response, right, isRight)) {
      expect(total, name).toBeCloseTo(rewards[name] ?? NaN, 12);
    }
    const answer = /<answer>([\s\S]*?)<\/answer>/.exec(response)?.[1] ?? response;
    expect(isRight(right, answer)).toBe(said.correct);
    expect(wellFormed(response)).toBe(said.wellFormed);
  });

  it('add up from their parts', () => {
    const response = '<think>One. Two. Two.</think><answer>4:45</answer>';
    const reward = rewardOf('continuous', response, '4:50', exactlyRight);
    const answer = reward.parts.find(({ tag }) => tag === 'answer');
    expect(answer).toMatchObject({ weight: 0.8, score: 0.5 + 0.5 * 0.75, answerRule: 'partial credit' });
    expect(reward.total).toBeCloseTo(0.06 * (Math.tanh(2) - Math.tanh(1)) + 0.8 * 0.875, 12);
  });
});

describe('partial credit', () => {
  it.each([
    ['12:00', '1:00', 0.5 * 0.8 + 0.5],
    ['12:00', '2:00', 0.5 * 0.6 + 0.5],
    ['12:00', '3:00', 0.5],
    ['12:55', '12:05', 0.5 + 0.5 * 0.5],
    ['12:00', '12:11', 0.5],
    ['4:50', '16:50', 1],
    ['4:50', 'noon', 0],
  ])('%s against %s', (right, given, credit) => {
    expect(clockCredit(right, given)).toBeCloseTo(credit, 12);
  });

  it('of numbers falls with the distance and ends at 5', () => {
    expect([0, 1, 5, 6].map((distance) => numericCredit(10, 10 + distance))).toEqual([1, 1 / 2, 1 / 6, 0]);
  });
});
