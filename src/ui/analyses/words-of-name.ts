/** Words of an analysis that is known by its name alone, in the language that is spoken. */
import { ANALYSES, EVALUATIONS } from '../../analyses/registry.ts';
import type { Words } from '../../analyses/declaration.ts';
import { wordsOf } from './words-of.ts';

function wordsOfName(name: string): Words | null {
  const analysis = ANALYSES.get(name) ?? EVALUATIONS.get(name);
  return analysis ? wordsOf<Words>(analysis) : null;
}

/** Its name where it is none of this version's. */
export function titleOf(name: string): string {
  return wordsOfName(name)?.title ?? name;
}

/** What a form calls a setting; undefined where it has no name there. */
export function settingOf(name: string, setting: string): string | undefined {
  return wordsOfName(name)?.settings[setting]?.label;
}
