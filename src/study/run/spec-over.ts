import type { Json } from '../../identity/canonical-json.ts';
import { NamedError } from '../../named-error.ts';
import { readStudySpec, type StudySpec } from '../spec.ts';
import { MODEL_REASONS } from '../study-models.ts';

/** A study's file as it was read, again. @throws NamedError those of `readStudySpec` */
export function specOf(given: Json, reasons = MODEL_REASONS): StudySpec {
  return readStudySpec(new TextEncoder().encode(JSON.stringify(given)), 'the study', reasons);
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
 * @param reasons why some are left out, in the language of who reads it
 * @param models folders by roles, and further ones as "donors"
 * @throws NamedError `InvalidStudy` where none can be run on them
 */
export function specOver(given: Json, models: Json, name: string, reasons = MODEL_REASONS): SpecOver {
  const own = given as { readonly [field: string]: Json };
  const analyses = own['analyses'] as readonly Json[];
  const over = (some: readonly Json[]): StudySpec =>
    specOf({ ...own, name, models, analyses: some }, reasons);
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
