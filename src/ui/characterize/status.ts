import type { ChartStatus } from '../charts/figure/status.ts';
import type { StudyRun } from '../state/study-run.svelte.ts';
import { t as states } from '../state/texts.ts';
import { t } from './texts.ts';

/** A run's state as its charts show it; `more` is what the numbers depend on: "exact", "down_proj". */
export function chartStatus<Record>(run: StudyRun<Record>, what: string, more = ''): ChartStatus {
  if (run.error) return { kind: 'failed', error: run.error };
  const { size } = run.records;
  if (size === 0) return { kind: 'empty', what };
  // Of what travels with the app the page says it, and what is exported.
  const by = run.origin && !run.origin.carried ? states.origin(run.origin) : '';
  const suffix = [by, more].map((text) => (text === '' ? '' : ` · ${text}`)).join('');
  return run.done
    ? { kind: 'done', note: t.run.all(size) + suffix }
    : { kind: 'partial', note: t.run.some(size, run.total) + suffix };
}
