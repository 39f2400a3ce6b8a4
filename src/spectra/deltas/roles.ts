import { isRole, ROLES, UPDATE_KEYS, type Role } from '../../roles.mjs';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import type { CheckpointSet } from './pairing.ts';
import { withoutEnd, withoutStart } from '../../trim.ts';

/** The checkpoints of a comparison: the family's three by their part, and any others. */
export type Compared = { readonly [R in Role]?: Checkpoint | undefined } & {
  readonly others?: readonly Checkpoint[];
};

/**
 * Checkpoints by the names they have in result files: `base`, `in`, `rl`; others by their own names, made plain and
 * different from each other ("Frankenstein-RL-Frozen-Early", "demo-rl-frozen-mid", "model-2").
 */
export function roleNames({ others = [], ...family }: Compared): CheckpointSet {
  const set = new Map<string, Checkpoint>(
    ROLES.flatMap((role) => {
      const checkpoint = family[role];
      return checkpoint ? [[role, checkpoint] as const] : [];
    }),
  );
  for (const checkpoint of others) {
    // Deltas are keyed by these, in plain objects, and pairs of deltas by two with a space between.
    const plain = withoutEnd(withoutStart(checkpoint.name.replace(/[^\w.-]+/g, '-'), /-/), /-/) || 'model';
    let name = isRole(plain) || [UPDATE_KEYS.in, '__proto__'].includes(plain) ? `${plain}-2` : plain;
    for (let number = 2; set.has(name); number++) name = `${plain}-${number}`;
    set.set(name, checkpoint);
  }
  return set;
}
