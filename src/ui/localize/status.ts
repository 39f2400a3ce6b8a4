import type { ChartStatus } from '../charts/figure/status.ts';
import type { RunPhase } from './probe-run.svelte.ts';
import type { NamedError } from '../../named-error.ts';

/** A run's state as its charts show it. */
export function chartStatus(
  run: {
    readonly phase: RunPhase;
    readonly records: readonly unknown[];
    readonly total: number;
    readonly note: string;
    readonly error: NamedError | null;
  },
  what: string,
): ChartStatus {
  if (run.error) return { kind: 'failed', error: run.error };
  if (run.records.length === 0) return { kind: 'empty', what };
  return { kind: run.records.length < run.total ? 'partial' : 'done', note: run.note };
}
