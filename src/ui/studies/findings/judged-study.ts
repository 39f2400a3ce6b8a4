/** How a study stands to the papers' claims, judged on the page. */
import { judgeAll, type JudgedClaim } from '../../../claims/claims.ts';
import { studyEvidence } from '../../../claims/study-evidence.ts';
import { Yielder } from '../../../work/turns.ts';
import { PREPARING } from '../../analyses/preparing.ts';
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
  const { evidence, unread } = await studyEvidence(journals, works);
  // Grades of thousands of answers are found in a worker.
  for (const { records } of evidence.ablate) await PREPARING.get('ablate')?.prepare(records);
  const yielder = new Yielder();
  const judged = await judgeAll(evidence, () => yielder.pause());
  return { judged: judged.map((one) => asRun(one, result.claims ?? [])), unread };
}

function asRun(one: JudgedClaim, kept: NonNullable<OpenedStudy['result']['claims']>): JudgedClaim {
  const found = kept.find(({ id }) => id === one.claim.id);
  if (!found || one.verdict !== 'not testable here' || !one.claim.byAnswers) return one;
  return { ...one, verdict: found.verdict, sentence: found.sentence };
}
