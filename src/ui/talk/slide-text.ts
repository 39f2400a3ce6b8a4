/** What a slide is called wherever it is not shown: in the list of slides, and as the next one. */
import { DECK_LIMITS, type Slide } from '../../study/deck.ts';
import { sentenceOf } from '../../study/default-deck.ts';
import type { StudyResult } from '../../study/study-result.ts';
import { titleOf } from '../analyses/title-of.ts';
import type { OpenedStudy } from '../state/opened-study.ts';
import { t } from './texts.ts';

/** The finding that a slide says, whole; null where it says none, or the study has it no more. */
export function findingOf({ shows }: Slide, { analyses }: StudyResult): string | null {
  if (shows.kind !== 'finding' || shows.finding === null) return null;
  const of = analyses.find(({ works }) => works.some(({ key }) => key === shows.key));
  return of?.findings[shows.finding] ?? null;
}

/** Its notes; where they are what the study made them of, in the language that is spoken. */
export function notesOf(
  slide: Slide,
  { result, kept = result }: Pick<OpenedStudy, 'result' | 'kept'>,
): string {
  const made = sentenceOf(findingOf(slide, kept) ?? '').more.slice(0, DECK_LIMITS.notes);
  return slide.notes === made ? sentenceOf(findingOf(slide, result) ?? '').more : slide.notes;
}

export function slideText(slide: Slide, study: StudyResult): string {
  const { shows, title } = slide;
  if (title !== null) return title;
  switch (shows.kind) {
    case 'opening':
      return study.name;
    case 'finding': {
      const finding = findingOf(slide, study);
      return finding === null
        ? t.titles.chart(titleOf(shows.analysis), shows.chart)
        : sentenceOf(finding).said;
    }
    case 'claim':
      return t.titles.claim(shows.id);
    case 'live':
      return t.titles[shows.what];
    case 'provenance':
      return t.titles.provenance;
  }
}
