/** The title of an analysis that is known by its name alone, in the language that is spoken. */
import { ANALYSES, EVALUATIONS } from '../../analyses/registry.ts';
import type { Words } from '../../analyses/declaration.ts';
import { wordsOf } from './words-of.ts';

/** Its name where it is none of this version's. */
export function titleOf(name: string): string {
  const analysis = ANALYSES.get(name) ?? EVALUATIONS.get(name);
  return analysis ? wordsOf<Words>(analysis).title : name;
}
