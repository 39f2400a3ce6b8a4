import type { Pictured } from '../state/asking.svelte.ts';
import { runs, spansText, spanText } from '../layer-strip/runs.ts';

/** The edits of a run in words: `layers 9–10 off, 19–28 from RL`. Empty when there were none. */
export function editText({ donors, rest, off }: Omit<Pictured, 'body'>): string {
  const handed = runs(donors, (donor) => donor.name)
    .filter((run) => run.value.name !== rest?.name)
    .map((run) => `${spanText(run.first, run.last)} from ${run.value.name}`);
  const parts = [...(off.size ? [`${spansText(off)} off`] : []), ...handed];
  const one = off.size + handed.length === 1 && /^\d+ /.test(parts[0] ?? '');
  return parts.length ? `${one ? 'layer' : 'layers'} ${parts.join(', ')}` : '';
}
