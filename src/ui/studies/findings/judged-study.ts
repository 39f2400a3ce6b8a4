/** How a study stands to the papers' claims, judged on the page. */
import { declaration as ofGap } from '../../../analyses/gap/declaration.mjs';
import { judgeAll, type JudgedClaim } from '../../../claims/claims.ts';
import { studyEvidence } from '../../../claims/study-evidence.ts';
import { Yielder } from '../../../work/turns.ts';
import { PREPARING } from '../../analyses/preparing.ts';
import type { StudyResult } from '../../../study/study-result.ts';
import type { OpenedStudy } from '../../state/opened-study.ts';

export interface JudgedStudy {
  readonly judged: readonly JudgedClaim[];
  /** Titles of works that another version of the app kept. */
  readonly unread: readonly string[];
}

/**
 * Judges by the study's records, anew. What a study's records do not hold, which answers of an evaluation are right, was judged by the
 * command that ran it: its verdicts are taken as they stand in the study.
 *
 * @throws NamedError `JournalFailed`, `WorkerFailed`
 */
export async function judgedStudy({ journals, works, result }: OpenedStudy): Promise<JudgedStudy> {
  const yielder = new Yielder();
  const pause = (): Promise<void> => yielder.pause();
  const { evidence, unread } = await studyEvidence(journals, works, pause);
  // Grades of thousands of answers are found in a worker.
  for (const { records } of evidence.ablate) await PREPARING.get('ablate')?.prepare(records);
  const judged = await judgeAll(evidence, pause);
  return { judged: judged.map((one) => asRun(one, result)), unread };
}

/** One that right answers decide, as the command judged it; where it did not, that is said. */
function asRun(one: JudgedClaim, { claims = [], analyses }: StudyResult): JudgedClaim {
  const { id, byAnswers, analysis } = one.claim;
  if (!byAnswers) return one;
  const kept = claims.find((claim) => claim.id === id);
  if (kept) return { ...one, verdict: kept.verdict, sentence: kept.sentence };
  const name = analysis === 'gap' ? ofGap.name : analysis;
  return analyses.some((ran) => ran.name === name) ? { ...one, sentence: NOT_KEPT } : one;
}

const NOT_KEPT =
  'The study keeps answers, and not which of them are right: the command `study` judges this claim as it runs.';
