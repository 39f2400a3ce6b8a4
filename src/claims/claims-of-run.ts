/** How the papers' claims stand to a study that was run just now, by the command or on the page. */
import { declaration as ofGap } from '../analyses/gap/declaration.mjs';
import { declaration as ofNecessity } from '../analyses/necessity/declaration.mjs';
import { declaration as ofTransfer } from '../analyses/transfer/declaration.mjs';
import type { GradedAnswer } from '../evaluation/tables/graded.ts';
import type { AblationRecord } from '../probes/ablation/sweep.ts';
import type { Journals } from '../study/journal/journals.ts';
import type { StudyResult } from '../study/study-result.ts';
import { judgeAll } from './claims.ts';
import type { GradedAnswers } from './evidence.ts';
import { studyEvidence, type WorkOfStudy } from './study-evidence.ts';

/** What of one analysis claims are judged by. */
export interface RunAnalysis {
  readonly name: string;
  /** Null of one that no page shows by its records. */
  readonly work: WorkOfStudy | null;
  /** Of an evaluation: its records do not say which answers are right. */
  readonly graded?: readonly GradedAnswer[];
}

/** How a page stays awake meanwhile. */
export interface Awake {
  /** Between two claims. */
  pause(): Promise<void>;
  /** Grades answers of ablations elsewhere beforehand. */
  prepare(records: readonly AblationRecord[]): Promise<void>;
}

/**
 * In the claims' own order.
 *
 * @param analyses in the order in which they were run
 * @throws NamedError `JournalFailed`, and those of `awake`
 */
export async function claimsOfRun(
  journals: Journals,
  analyses: readonly RunAnalysis[],
  awake?: Awake,
): Promise<NonNullable<StudyResult['claims']>> {
  const works = analyses.flatMap(({ work }) => work ?? []);
  const { evidence } = await studyEvidence(journals, works, awake?.pause);
  for (const { records } of evidence.ablate) await awake?.prepare(records);
  const gradedBy = (declared: { readonly name: string }): readonly GradedAnswers[] =>
    analyses.flatMap(({ name, graded }) => (graded && name === declared.name ? [{ graded }] : []));
  const answers = { transfer: gradedBy(ofTransfer), necessity: gradedBy(ofNecessity), gap: gradedBy(ofGap) };
  const judged = await judgeAll({ ...evidence, ...answers }, awake?.pause);
  return judged.map(({ claim: { id }, verdict, sentence }) => ({ id, verdict, sentence }));
}
