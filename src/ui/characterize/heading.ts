import type { NamedUpdate } from '../../analyses/updates.ts';
import { inTurn } from '../../analyses/wording.mjs';
import type { ShownDelta } from './comparison.svelte.ts';

/** A chart is headed by the sentences of so many updates; more would be a page of them. */
const MOST_HEADED = 2;

/** What is said of all updates of a chart, where they are few; else null. @param say null where nothing is to be said */
export function headingOf(
  deltas: readonly ShownDelta[],
  say: (update: ShownDelta & NamedUpdate) => string | null,
): string | null {
  if (deltas.length > MOST_HEADED) return null;
  return inTurn(deltas.map((delta) => say({ ...delta, label: delta.formula }))) || null;
}
