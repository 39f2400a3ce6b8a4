import type { WeightVerifier } from '../../checkpoint/whole-hash/weight-verifier.ts';
import { NamedError } from '../../named-error.ts';
import { weightInputs } from '../../identity/identify.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import type { WeightsWatch } from './watch.ts';
import { weightsChanged } from './watch.ts';

/** Attempts beyond one for each checkpoint: weights that change again and again while they are read are a file that someone writes. */
const MORE_ATTEMPTS = 2;

/** What an attempt has besides what the work was given. */
export interface Attempt {
  readonly verifier: WeightVerifier;
  /** Aborted with the caller's, and when what it takes over from earlier runs was withdrawn. */
  readonly signal: AbortSignal;
}

/**
 * Begins a piece of work anew where weights that it reads, or that are read beside it, turn out to be others than those that
 * its earlier records were computed from: old records and new ones never stand in one result. The earlier ones are withdrawn
 * by then.
 *
 * @param attempt opens the journal and runs
 * @throws what the attempt throws; `WeightsChanged` where they do not come to rest
 */
export async function restartWhenWeightsChange<Result>(
  watch: WeightsWatch,
  identity: WorkIdentity,
  { signal, onNotice }: { readonly signal?: AbortSignal; onNotice?(notice: string): void },
  attempt: (attempt: Attempt) => Promise<Result>,
): Promise<Result> {
  for (let left = weightInputs(identity) + MORE_ATTEMPTS; ; left -= 1) {
    const stale = new AbortController();
    const stop = watch.onWithdrawn((withdrawal) => {
      if (Object.values(identity.inputs).includes(withdrawal.fingerprint))
        stale.abort(weightsChanged(withdrawal));
    });
    try {
      const result = await attempt({
        verifier: watch.verifier(),
        signal: signal ? AbortSignal.any([signal, stale.signal]) : stale.signal,
      });
      // Withdrawn as it ended: what it took over is no longer true.
      stale.signal.throwIfAborted();
      return result;
    } catch (error) {
      const changed: unknown = stale.signal.aborted ? stale.signal.reason : error;
      const again =
        changed instanceof NamedError && changed.name === 'WeightsChanged' && signal?.aborted !== true;
      if (!again) throw error;
      if (left === 1) throw changed;
      onNotice?.(changed.what);
    } finally {
      stop();
    }
  }
}
