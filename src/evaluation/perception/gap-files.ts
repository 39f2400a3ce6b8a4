import { intervalName } from '../../statistics/interval-kind.ts';
import type { RewardName } from '../../grading/rewards/rewards.ts';
import { recordPieces, type ResultPieces } from '../results/write.ts';
import type { GradedAnswer } from '../tables/graded.ts';
import { gapTable } from './gap-table.ts';
import { scoreResponses } from './response-scores.ts';

/** Of each model: gaps by family and domain, and rewards and measures of its responses to each side. */
export function gapModels(graded: readonly GradedAnswer[], reward?: RewardName): readonly object[] {
  const settings = [...new Set(graded.map(({ setting }) => setting))].sort();
  return gapTable(graded).map(({ variant, families, pooled }) => ({
    model: variant,
    families,
    pooled,
    scores: Object.fromEntries(
      settings.map((setting) => {
        const own = graded.filter((answer) => answer.variant === variant && answer.setting === setting);
        const scores = scoreResponses(own);
        const rewards = reward && scores ? { rewards: { [reward]: scores.rewards[reward] } } : {};
        return [setting, { ...scores, ...rewards }];
      }),
    ),
  }));
}

/** What `gapModels` says of intervals and tests. */
export const GAP_STATISTICS = {
  intervals: `${intervalName('wilson')}; gaps ${intervalName('newcombe')}; rewards ${intervalName('bootstrap')}; tokens ${intervalName('student')}`,
  tests: 'McNemar exact of text against image, Holm over the families of a model',
} as const;

/** The text of `perception_gap.json`. */
export function gapSummary(graded: readonly GradedAnswer[], seed: number, facts: object): string {
  const summary = { models: gapModels(graded), frankenscope: { ...facts, seed, ...GAP_STATISTICS } };
  return `${JSON.stringify(summary, null, 2)}\n`;
}

/** `perception_gap.json`, its text, and the records behind it. */
export function gapPieces(summary: string, graded: readonly GradedAnswer[]): ResultPieces {
  return new Map([['perception_gap.json', [summary]], ...recordPieces(graded)]);
}
