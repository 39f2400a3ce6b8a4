/** The journal of a part: that of the whole, so that a whole run, and other parts, take what there is. */
import type { WithVerifier } from '../checkpoint/whole-hash/weight-verifier.ts';
import type { WorkIdentity } from '../identity/work-identity.ts';
import type { LongWork } from '../work/long-work.ts';
import type { AnalysisContext } from './context.ts';

/**
 * Runs a part of `identity` with its journal, which stays where it is: what other parts keep in it is theirs. `--restart` leaves it as it
 * is too, and computes this part's records anew.
 *
 * @param total records of the whole
 */
export function partJournalled<Record, Result>(
  { flags, journalled }: Pick<AnalysisContext, 'flags' | 'journalled'>,
  identity: WorkIdentity,
  total: number,
  work: (long: LongWork<Record> & WithVerifier) => Promise<Result>,
): Promise<Result> {
  const anew = flags.optionalSwitch('restart') ? { finished: new Map<string, Record>() } : {};
  return journalled<Record, Result>(identity, total, (long) => work({ ...long, ...anew }), true);
}
