import { declaration } from '../../../analyses/patch/declaration.mjs';
import { followedFrom, words } from '../../../analyses/patch/words.mjs';
import { wordsOf } from '../words-of.ts';

/** From where on most answers follow the donor, where the interval tells that they are most; else null. */
export function patchFinding(found: Parameters<typeof words.findings.follows>[0]): string | null {
  const told = (followedFrom(found.depths)?.interval.low ?? 0) > 0.5;
  return told ? wordsOf({ declaration, words }).findings.follows(found) : null;
}
