import type { Pictured } from '../state/asking.svelte.ts';
import { runs, spansText, spanText } from '../layer-strip/runs.ts';
import { t } from './texts.ts';

/** The edits of a run in words: `layers 9–10 off, 19–28 from RL`. Empty when there were none. */
export function editText({ donors, rest, off }: Omit<Pictured, 'body'>): string {
  const handed = runs(donors, (donor) => donor.name).filter((run) => run.value.name !== rest?.name);
  const layers = handed.reduce((sum, { first, last }) => sum + last - first + 1, off.size);
  const parts = [
    ...(off.size ? [t.subject.off(spansText(off))] : []),
    ...handed.map(({ value, first, last }) => t.subject.from(spanText(first, last), value.name)),
  ];
  return parts.length ? t.subject.edits(parts, layers === 1) : '';
}
