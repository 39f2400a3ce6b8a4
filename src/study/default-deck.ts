/** The talk that a study makes by itself. */
import { DECK_LIMITS, type Deck, type Slide } from './deck.ts';
import type { AnalysisResult, StudyResult } from './study-result.ts';

/** Where one sentence of a finding ends and another begins. */
const BETWEEN = /(?<=[.!?])\s+(?=\p{Lu})|(?<=。)/u;

/** What a slide says of a finding, and what is left for who gives the talk: its first sentence, and the others. */
export function sentenceOf(finding: string): { readonly said: string; readonly more: string } {
  const [said = '', ...more] = finding.split(BETWEEN);
  return { said, more: more.join(' ') };
}

/**
 * A title, the findings in the order of the study, what can be tried on the spot, and where it all comes from. Of each analysis the
 * first finding that names a layer is told, which its chart shows; the others are in the deck, left out until somebody wants them.
 */
export function defaultDeck({ analyses }: StudyResult): Deck {
  const models = new Set(analyses.flatMap((one) => Object.values(one.models).flat()));
  const slides = [
    slide({ kind: 'opening' }),
    ...analyses.flatMap((one) => [
      ...findingSlides(one),
      ...(one.name === 'ablate' ? [slide({ kind: 'live', what: 'ablate' })] : []),
    ]),
    ...(models.size > 1 ? [slide({ kind: 'live', what: 'merge' })] : []),
  ];
  return { slides: [...slides.slice(0, DECK_LIMITS.slides - 1), slide({ kind: 'provenance' })] };
}

function findingSlides({ name, works, findings }: AnalysisResult): readonly Slide[] {
  const [work] = works;
  if (!work) return [];
  const shows = { kind: 'finding', analysis: name, key: work.key, chart: null } as const;
  const told = Math.max(
    0,
    findings.findIndex((finding) => /\blayer \d/.test(finding)),
  );
  if (findings.length === 0) return [slide({ ...shows, finding: null })];
  return findings.map((text, finding) => ({
    ...slide({ ...shows, finding }),
    out: finding !== told,
    notes: sentenceOf(text).more.slice(0, DECK_LIMITS.notes),
  }));
}

function slide(shows: Slide['shows']): Slide {
  return { shows, title: null, out: false, notes: '' };
}
