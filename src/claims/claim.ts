/** What a paper claims, and how a study's results are held against it (docs/method.md §17). */
import type { Verdict } from '../verdicts.ts';
import type { Evidence } from './evidence.ts';
import type { ClaimId, ClaimWords } from './words.ts';

/** As `public/published/papers.json` names them. */
export type PaperId = 'frankenstein' | 'visionFunctionLayer' | 'disentangling';

export interface Judgement {
  readonly verdict: Verdict;
  /** The numbers, with n, interval and its kind; of what is not testable, why. */
  readonly sentence: string;
  /** Keys of the works that it rests on. */
  readonly works: readonly string[];
}

/** About any models: a verdict on some says nothing of the paper's own. */
export interface Claim {
  readonly id: ClaimId;
  readonly paper: PaperId;
  /** Where it stands in the paper. */
  readonly where: string;
  /** What the paper says, in short and in other words. */
  readonly says: string;
  /** Which analysis of a study it is judged by. */
  readonly analysis: keyof Evidence;
  /** What of that analysis it takes: models, settings, data. */
  readonly needs: string;
  /** When it counts as supported, when as not, and when neither. */
  readonly rule: string;
  /** Which answers are right decides it: a study's records do not hold that. */
  readonly byAnswers?: true;
  /** What should be known of it besides. */
  readonly note?: string;
  /** Pure: the same evidence is judged alike. */
  judge(evidence: Evidence): Judgement;
}

/** A claim, for the words of one language. */
export type SaidClaim = (said: ClaimWords) => Claim;

/** What a claim says of itself. */
export function saidOf(id: ClaimId, { claims }: ClaimWords): Pick<Claim, 'id' | 'where' | 'says' | 'note'> {
  return { id, ...claims[id] };
}
