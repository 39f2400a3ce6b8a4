import type { ChartStatus } from '../charts/figure/status.ts';
import { originText } from '../../study/journal/other-builds.ts';
import type { StudyRun } from '../state/study-run.svelte.ts';

/** "n = 37 of 100 so far", or that all are there, and who else computed them; `unit` where records are not samples. */
export function sampleNote(
  { records, total, origin }: Pick<StudyRun<unknown>, 'records' | 'total' | 'origin'>,
  unit = '',
): string {
  const of = unit === '' ? '' : ` ${unit}`;
  const by = origin ? ` · ${originText(origin)}` : '';
  return records.size < total
    ? `n = ${records.size} of ${total}${of} so far${by}`
    : `n = ${records.size}${of}${by}`;
}

/** A run's state as its charts show it. */
export function chartStatus(
  run: Pick<StudyRun<unknown>, 'records' | 'total' | 'error' | 'done' | 'origin'>,
  what: string,
  unit = '',
): ChartStatus {
  if (run.error) return { kind: 'failed', error: run.error };
  if (run.records.size === 0) return { kind: 'empty', what };
  return { kind: run.done ? 'done' : 'partial', note: sampleNote(run, unit) };
}
