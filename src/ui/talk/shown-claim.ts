import type { OpenedStudy } from '../state/opened-study.ts';

/** A claim of a paper as a slide shows it. */
export interface ShownClaim {
  readonly id: string;
  /** What the paper says, in short. */
  readonly says: string;
  /** "supported", "not supported", "not testable here". */
  readonly verdict: string;
  /** The numbers behind the verdict, with n and interval. */
  readonly sentence: string;
}

/** Judges the claims by a study. */
export type JudgeClaims = (study: OpenedStudy) => Promise<readonly ShownClaim[]>;
