/** How a study stands to the papers' claims, judged on the page. */
import { declaration as ofGap } from '../../../analyses/gap/declaration.mjs';
import { claimsIn, judgeAll, type JudgedClaim } from '../../../claims/claims.ts';
import { studyEvidence } from '../../../claims/study-evidence.ts';
import { type ClaimWords, words } from '../../../claims/words.ts';
import { Yielder } from '../../../work/turns.ts';
import { texts } from '../../language/texts.ts';
import { PREPARING } from '../../analyses/preparing.ts';
import type { StudyResult } from '../../../study/study-result.ts';
import type { OpenedStudy } from '../../state/opened-study.ts';

/** In the language that is spoken. */
export const claimWords = texts<ClaimWords>('claims', words);

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
export async function judgedStudy(
  { journals, works, result }: OpenedStudy,
  said: ClaimWords = claimWords,
): Promise<JudgedStudy> {
  const yielder = new Yielder();
  const pause = (): Promise<void> => yielder.pause();
  const { evidence, unread } = await studyEvidence(journals, works, pause);
  // Grades of thousands of answers are found in a worker.
  for (const { records } of evidence.ablate) await PREPARING.get('ablate')?.prepare(records);
  const judged = await judgeAll(evidence, pause, claimsIn(said));
  return { judged: judged.map((one) => asRun(one, result, said)), unread };
}

/** One that right answers decide, as the command judged it; where it did not, that is said. */
function asRun(one: JudgedClaim, { claims = [], analyses }: StudyResult, said: ClaimWords): JudgedClaim {
  const { id, byAnswers, analysis } = one.claim;
  if (!byAnswers) return one;
  const kept = claims.find((claim) => claim.id === id);
  const name = analysis === 'gap' ? ofGap.name : analysis;
  const isRun = analyses.some((ran) => ran.name === name);
  // That it was not run is said here, in the language of who reads it.
  if (kept && (isRun || kept.verdict !== one.verdict))
    return { ...one, verdict: kept.verdict, sentence: kept.sentence };
  return isRun ? { ...one, sentence: said.missing.graded } : one;
}
