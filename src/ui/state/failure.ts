import { named } from '../../named.ts';
import type { NamedError } from '../../named-error.ts';
import { isCancelled } from '../../work/cancel.ts';

/** What went wrong, as it is shown; null where work was only cancelled, of which nothing is said. */
export function failureOf(thrown: unknown): NamedError | null {
  const error = named(thrown);
  return isCancelled(error) ? null : error;
}
