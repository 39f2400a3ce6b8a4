import type { WorkIdentity } from '../study/identity/work-identity.ts';
import type { Source } from './variant.ts';

/**
 * What answers are kept under: one journal for each set of checkpoints that a variant takes parts from, each answer under
 * a key that says all that decides it. What else is loaded does not matter: IN's answers are found again whatever
 * stands beside it.
 */
export function answersIdentity(sources: readonly Source[]): WorkIdentity {
  const names = new Map(sources.map(({ fingerprint, name }) => [fingerprint, name]));
  const sorted = [...names.keys()].sort();
  return {
    kind: 'answers',
    title: `Answers of ${[...names.values()].join(', ')}`,
    inputs: Object.fromEntries(sorted.map((fingerprint, index) => [String(index), fingerprint])),
    settings: null,
  };
}
