/** What a study's file says of it: by analysis, in sentences. */
import { ROLE_LABELS, ROLES } from '../../../roles.mjs';
import { titleOf } from '../../analyses/title-of.ts';
import type { StudyResult } from '../../../study/study-result.ts';
import { t } from '../texts.ts';

export interface FoundByAnalysis {
  /** "Token swap of RL". */
  readonly title: string;
  readonly sentences: readonly string[];
  /** Of the analysis. */
  readonly name: string;
  /** Keys of its works. */
  readonly works: readonly string[];
}

export function foundBy({ analyses }: StudyResult): readonly FoundByAnalysis[] {
  return analyses.map((one) => ({
    title: t.findings.of(titleOf(one.name), labels(Object.values(one.models).flat())),
    name: one.name,
    sentences: one.findings,
    works: one.works.map(({ key }) => key),
  }));
}

/** Every model that an analysis was run on. */
export function modelsOf({ analyses }: StudyResult): readonly string[] {
  return labels(analyses.flatMap(({ models }) => Object.values(models).flat()));
}

export function isOfDemoFamily({ spec }: StudyResult): boolean {
  return typeof spec === 'object' && spec !== null && 'models' in spec && spec['models'] === 'demo';
}

/** As results call models, each once: those of the family first, in the order of training. */
function labels(names: readonly string[]): readonly string[] {
  const roles = ROLES.filter((role) => names.includes(role));
  const others = names.filter((name) => !roles.some((role) => role === name));
  return [...roles.map((role) => ROLE_LABELS[role]), ...new Set(others)];
}
