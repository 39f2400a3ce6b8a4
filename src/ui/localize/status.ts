import { counted } from '../format/quantity.ts';
import type { ChartStatus } from '../charts/figure/status.ts';
import { originText } from '../../study/journal/other-builds.ts';
import type { StudyRun } from '../state/study-run.svelte.ts';

/**
 * How far a run is, "37 of 100 samples so far" or "100 samples", and who else computed them.
 *
 * @param noun what is counted, where that is not samples
 * @param each how many records each of these has
 */
export function sampleNote(
  { records, total, origin }: Pick<StudyRun<unknown>, 'records' | 'total' | 'origin'>,
  noun = 'sample',
  each = 1,
): string {
  const [done, all] = [Math.floor(records.size / each), total / each];
  // Of what travels with the app the page says it, and what is exported.
  const by = origin && !origin.carried ? ` · ${originText(origin)}` : '';
  return records.size < total
    ? `${done} of ${counted(all, noun)} so far${by}`
    : `${counted(done, noun)}${by}`;
}

/** A run's state as its charts show it. */
export function chartStatus(
  run: Pick<StudyRun<unknown>, 'records' | 'total' | 'error' | 'done' | 'origin'>,
  what: string,
  noun = 'sample',
  each = 1,
): ChartStatus {
  if (run.error) return { kind: 'failed', error: run.error };
  if (run.records.size === 0) return { kind: 'empty', what };
  return { kind: run.done ? 'done' : 'partial', note: sampleNote(run, noun, each) };
}
