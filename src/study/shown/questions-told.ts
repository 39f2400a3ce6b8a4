import type { ValuesOf } from '../../analyses/declaration.ts';
import type { EVALUATED } from '../../analyses/shared-settings.mjs';

/** How the questions of an evaluation are listed. */
export const EVALUATION_TOLD = {
  demoSets: 'demo sets',
  ofEach: (samples: number) => `${samples} of each`,
  seed: (seed: number) => `seed ${seed}`,
  style: (style: string) => `prompt style ${style}`,
  tokens: (tokens: number) => `${tokens} new tokens`,
};

/** What is asked, how much of it and how, in a line. @param list its name; null of the demo sets */
export function questionsTold(
  list: string | null,
  { samples, seed, style, maxNewTokens }: ValuesOf<typeof EVALUATED>,
  told = EVALUATION_TOLD,
): string {
  return [
    list ?? told.demoSets,
    ...(samples === null ? [] : [told.ofEach(samples)]),
    told.seed(seed),
    ...(style ? [told.style(style)] : []),
    ...(maxNewTokens === null ? [] : [told.tokens(maxNewTokens)]),
  ].join(' · ');
}
