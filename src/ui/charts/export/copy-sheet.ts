import { bibtex, citation, type Cited } from '../../../citation.ts';
import { t } from '../texts.ts';
import { type Embedded, embedCode } from './embed-address.ts';

/** Texts to be copied, each under its name. */
export interface CopySheet {
  readonly title: string;
  readonly texts: readonly (readonly [name: string, text: string])[];
}

export function citeSheet(cited: Cited): CopySheet {
  return {
    title: t.take.citing[cited.kind],
    texts: [
      [t.take.text, citation(cited)],
      ['BibTeX', bibtex(cited)],
    ],
  };
}

/** @param base of the page; what is embedded lies beside it */
export function embedSheet(base: string, chart: Pick<Embedded, 'work' | 'chart'>): CopySheet {
  const code = (theme: Embedded['theme']): string => embedCode(base, { ...chart, theme, study: null });
  return {
    title: t.take.embedding,
    texts: [
      [t.take.either, code(null)],
      [t.take.light, code('light')],
      [t.take.dark, code('dark')],
    ],
  };
}
