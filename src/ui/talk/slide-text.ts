/** What a slide is called wherever it is not shown: in the list of slides, and as the next one. */
import type { Slide } from '../../study/deck.ts';
import { sentenceOf } from '../../study/default-deck.ts';
import type { StudyResult } from '../../study/study-result.ts';
import { t } from './texts.ts';

/** The finding that a slide says, whole; null where it says none, or the study has it no more. */
export function findingOf({ shows }: Slide, { analyses }: StudyResult): string | null {
  if (shows.kind !== 'finding' || shows.finding === null) return null;
  const of = analyses.find(({ works }) => works.some(({ key }) => key === shows.key));
  return of?.findings[shows.finding] ?? null;
}

export function slideText(slide: Slide, study: StudyResult): string {
  const { shows, title } = slide;
  if (title !== null) return title;
  switch (shows.kind) {
    case 'opening':
      return study.name;
    case 'finding': {
      const finding = findingOf(slide, study);
      return finding === null ? t.titles.chart(shows.analysis, shows.chart) : sentenceOf(finding).said;
    }
    case 'claim':
      return t.titles.claim(shows.id);
    case 'live':
      return t.titles[shows.what];
    case 'provenance':
      return t.titles.provenance;
  }
}
