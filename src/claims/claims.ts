/** All claims, in the order in which they are told, and how a study stands to them. */
import { ANSWER_CLAIMS } from './answers.ts';
import { ATTENTION_CLAIMS } from './attention.ts';
import type { Claim, Judgement, SaidClaim } from './claim.ts';
import { DIVERSITY_CLAIMS } from './diversity.ts';
import { ENERGY_CLAIMS } from './energy.ts';
import type { Evidence } from './evidence.ts';
import { LOCALIZATION_CLAIMS } from './localization.ts';
import { type ClaimWords, words } from './words.ts';

const ALL: readonly SaidClaim[] = [
  ...ENERGY_CLAIMS,
  ...DIVERSITY_CLAIMS,
  ...ATTENTION_CLAIMS,
  ...LOCALIZATION_CLAIMS,
  ...ANSWER_CLAIMS,
];

/** The same in the words of a language. */
export function claimsIn(said: ClaimWords): readonly Claim[] {
  return ALL.map((claim) => claim(said));
}

export const CLAIMS = claimsIn(words);

export interface JudgedClaim extends Judgement {
  readonly claim: Claim;
}

/**
 * Judges every claim by itself; no verdict is adjusted for the others.
 *
 * @param pause between two of them, so that a page stays awake
 * @param claims in the language of who reads the sentences; those of files are English
 */
export async function judgeAll(
  evidence: Evidence,
  pause: () => Promise<void> = () => Promise.resolve(),
  claims: readonly Claim[] = CLAIMS,
): Promise<readonly JudgedClaim[]> {
  const judged: JudgedClaim[] = [];
  for (const claim of claims) {
    await pause();
    judged.push({ claim, ...claim.judge(evidence) });
  }
  return judged;
}

/** How many were judged: the others had nothing to be judged by. */
export function testable(judged: readonly JudgedClaim[]): number {
  return judged.filter(({ verdict }) => verdict !== 'not testable here').length;
}

/** How many were judged by the very analysis that this one was. */
export function looksAt(judged: readonly JudgedClaim[], { claim: { analysis } }: JudgedClaim): number {
  return testable(judged.filter(({ claim }) => claim.analysis === analysis));
}
