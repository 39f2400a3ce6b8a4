import type { ValuesOf } from '../../analyses/declaration.ts';
import type { EVALUATED } from '../../analyses/shared-settings.mjs';
import type { en } from './texts.ts';

/** What is asked, how much of it and how, in a line. @param list its name; null of the demo sets */
export function questionsTold(
  list: string | null,
  { samples, seed, style, maxNewTokens }: ValuesOf<typeof EVALUATED>,
  told: (typeof en)['told'],
): string {
  return [
    list ?? told.demoSets,
    ...(samples === null ? [] : [told.ofEach(samples)]),
    told.seed(seed),
    ...(style ? [told.style(style)] : []),
    ...(maxNewTokens === null ? [] : [told.tokens(maxNewTokens)]),
  ].join(' · ');
}
