import type { Json } from '../../identity/canonical-json.ts';
import { NamedError } from '../../named-error.ts';
import { readStudySpec, type StudySpec } from '../spec.ts';

/** A study's file as it was read, again. @throws NamedError those of `readStudySpec` */
export function specOf(given: Json, name = 'the study'): StudySpec {
  return readStudySpec(new TextEncoder().encode(JSON.stringify(given)), name);
}

export interface SpecOver {
  readonly spec: StudySpec;
  /** Analyses that these models cannot be asked, and why. */
  readonly leftOut: readonly { readonly analysis: string; readonly why: string }[];
}

/**
 * The same analyses over other models.
 *
 * @param given as `readStudySpec` took it
 * @param models folders by roles, and further ones as "donors"
 * @throws NamedError `InvalidStudy` where none can be run on them
 */
export function specOver(given: Json, models: Json, name: string): SpecOver {
  const own = given as { readonly [field: string]: Json };
  const analyses = own['analyses'] as readonly Json[];
  const over = (some: readonly Json[]): StudySpec => specOf({ ...own, name, models, analyses: some });
  const leftOut: { readonly analysis: string; readonly why: string }[] = [];
  const fitting = analyses.filter((analysis) => {
    try {
      return over([analysis]);
    } catch (error) {
      if (!(error instanceof NamedError)) throw error;
      leftOut.push({ analysis: (analysis as { readonly name: string }).name, why: error.what });
      return false;
    }
  });
  return { spec: over(fitting), leftOut };
}
