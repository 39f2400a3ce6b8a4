import { followedFrom, words } from '../../../analyses/patch/words.mjs';

/** From where on most answers follow the donor, where the interval tells that they are most; else null. */
export function patchFinding(found: Parameters<typeof words.findings.follows>[0]): string | null {
  return (followedFrom(found.depths)?.interval.low ?? 0) > 0.5 ? words.findings.follows(found) : null;
}
