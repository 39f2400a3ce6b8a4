import { counted } from '../format/quantity.ts';
import type { ChartStatus } from '../charts/figure/status.ts';
import { originText } from '../../study/journal/other-builds.ts';
import type { StudyRun } from '../state/study-run.svelte.ts';

/** How far a run is, "37 of 100 samples so far" or "100 samples", and who else computed them; `noun` where records are not samples. */
export function sampleNote(
  { records, total, origin }: Pick<StudyRun<unknown>, 'records' | 'total' | 'origin'>,
  noun = 'sample',
): string {
  const by = origin ? ` · ${originText(origin)}` : '';
  return records.size < total
    ? `${records.size} of ${counted(total, noun)} so far${by}`
    : `${counted(records.size, noun)}${by}`;
}

/** A run's state as its charts show it. */
export function chartStatus(
  run: Pick<StudyRun<unknown>, 'records' | 'total' | 'error' | 'done' | 'origin'>,
  what: string,
  noun = 'sample',
): ChartStatus {
  if (run.error) return { kind: 'failed', error: run.error };
  if (run.records.size === 0) return { kind: 'empty', what };
  return { kind: run.done ? 'done' : 'partial', note: sampleNote(run, noun) };
}
