import * as v from 'valibot';
import type { OpenedStudy } from '../state/opened-study.ts';
import { t } from './texts.ts';

const SEEDED = v.object({ values: v.object({ seed: v.pipe(v.number(), v.safeInteger()) }) });

/** The seeds of what was drawn: "123 (ablate, attention)". */
export function seedsOf({ works }: Pick<OpenedStudy, 'works'>): readonly string[] {
  const of = new Map<number, Set<string>>();
  for (const { given, analysis } of works) {
    if (!v.is(SEEDED, given)) continue;
    const { seed } = given.values;
    of.set(seed, (of.get(seed) ?? new Set()).add(analysis));
  }
  return [...of]
    .sort(([a], [b]) => a - b)
    .map(([seed, analyses]) => t.provenance.seed(seed, [...analyses].sort()));
}
