import type { ChartStatus } from '../charts/figure/status.ts';
import type { StudyRun } from '../state/study-run.svelte.ts';
import { t as states } from '../state/texts.ts';
import { type Noun, t } from './texts.ts';

/**
 * How far a run is, "37 of 100 samples so far" or "100 samples", and who else computed them.
 *
 * @param noun what is counted, where that is not samples
 * @param each how many records each of these has
 */
export function sampleNote(
  { records, total, origin }: Pick<StudyRun<unknown>, 'records' | 'total' | 'origin'>,
  noun: Noun = 'sample',
  each = 1,
): string {
  const [done, all] = [Math.floor(records.size / each), total / each];
  // Of what travels with the app the page says it, and what is exported.
  const by = origin && !origin.carried ? ` · ${states.origin(origin)}` : '';
  return (records.size < total ? t.some(done, all, noun) : t.all(done, noun)) + by;
}

/** A run's state as its charts show it. */
export function chartStatus(
  run: Pick<StudyRun<unknown>, 'records' | 'total' | 'error' | 'done' | 'origin'>,
  what: string,
  noun: Noun = 'sample',
  each = 1,
): ChartStatus {
  if (run.error) return { kind: 'failed', error: run.error };
  if (run.records.size === 0) return { kind: 'empty', what };
  return { kind: run.done ? 'done' : 'partial', note: sampleNote(run, noun, each) };
}
