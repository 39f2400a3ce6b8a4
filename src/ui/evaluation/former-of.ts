import type { EvaluationPlan } from '../../analyses/evaluation.ts';
import type { Variant } from '../../evaluation/variant.ts';
import { changedSince } from '../analyses/changed-since.ts';
import type { WithFacts } from '../figure-source/evaluation-facts.ts';
import type { AnswerRun } from './answer-run.svelte.ts';

/** Of what the answers on show are, where that is not what is set; null where it is. */
export function formerOf(
  { former, done, plan, next }: AnswerRun<Variant, WithFacts<EvaluationPlan>>,
  declared: Parameters<typeof changedSince>[2],
): string | null {
  return former && done > 0 && plan ? changedSince(plan.facts, next?.facts ?? null, declared) : null;
}
