import type { OpenedCheckpoint } from '../engine/protocol.ts';

/**
 * What answers are filed under: a journal for each set of checkpoints. Whatever is asked of them and of any stitch of
 * them goes there, each answer under a key that says all that decides it.
 */
export function answersIdentity(opened: readonly OpenedCheckpoint[]): {
  readonly kind: string;
  readonly title: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly settings: null;
} {
  const sorted = opened.map(({ fingerprint }) => fingerprint).sort();
  return {
    kind: 'answers',
    title: `Answers of ${opened.map(({ name }) => name).join(', ')}`,
    inputs: Object.fromEntries(sorted.map((fingerprint, index) => [String(index), fingerprint])),
    settings: null,
  };
}
