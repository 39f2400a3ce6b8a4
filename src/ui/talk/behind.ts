/** What a slide rests on, in a line: interval, how much was measured, of which models, by which version. */
import { isRole, ROLE_LABELS } from '../../roles.mjs';
import type { FindingSlide, Slide } from '../../study/deck.ts';
import type { AnalysisResult } from '../../study/study-result.ts';
import type { OpenedStudy } from '../state/opened-study.ts';
import type { ListedWork } from '../state/shown-part.ts';
import { findingOf } from './slide-text.ts';

/** What findings say in brackets. */
const BRACKETS = /[(（]([^()（）]*)[)）]/g;

/** The work behind a slide; null where the study has it no more. */
export function workOf({ analysis, key }: FindingSlide, { works }: OpenedStudy): ListedWork | null {
  return works.find((work) => work.key === key && work.analysis === analysis) ?? null;
}

export function behind(slide: Slide, study: OpenedStudy): string {
  const { result } = study;
  const { shows } = slide;
  const finding = shows.kind === 'finding' ? shows : null;
  const of = result.analyses.filter(
    ({ works }) => !finding || works.some((work) => work.key === finding.key),
  );
  // "Wilson 95 %: 52.4 % to 85.7 %, n = 25".
  const [, interval = ''] =
    [...(findingOf(slide, result) ?? '').matchAll(BRACKETS)].find(([text]) => text.includes('95 %')) ?? [];
  const n = finding ? (workOf(finding, study)?.n ?? '') : '';
  const version = `Frankenscope ${result.frankenscope.version}`;
  return [interval, n, modelsOf(of).join(', '), version].filter((part) => part !== '').join(' · ');
}

/** Each once, in the order of the study, as charts call them. */
export function modelsOf(analyses: readonly AnalysisResult[]): readonly string[] {
  const names = analyses.flatMap((one) => Object.values(one.models).flat());
  return [...new Set(names)].map((name) => (isRole(name) ? ROLE_LABELS[name] : name));
}
