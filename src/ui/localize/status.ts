import type { ChartStatus } from '../charts/figure/status.ts';
import type { StudyRun } from '../state/study-run.svelte.ts';

/** "n = 37 of 100 so far", or that all are there. */
export function sampleNote({ records, total }: Pick<StudyRun<unknown>, 'records' | 'total'>): string {
  return records.size < total ? `n = ${records.size} of ${total} so far` : `n = ${records.size}`;
}

/** A run's state as its charts show it. */
export function chartStatus(
  run: Pick<StudyRun<unknown>, 'records' | 'total' | 'error' | 'done'>,
  what: string,
): ChartStatus {
  if (run.error) return { kind: 'failed', error: run.error };
  if (run.records.size === 0) return { kind: 'empty', what };
  return { kind: run.done ? 'done' : 'partial', note: sampleNote(run) };
}
