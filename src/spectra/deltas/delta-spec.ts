/** Differences of checkpoints, by their part in the comparison. */
import { isRole, UPDATE_KEYS, type Role } from '../../roles.mjs';

export interface DeltaSpec {
  /** What the difference is called in results: `sft` and `rl` are the reference's. */
  readonly key: string;
  readonly to: string;
  readonly from: string;
  /** Whose weights the relative norm divides by. */
  readonly relativeTo: string;
}

/** How values are subtracted. */
export type Rounding =
  /** float32 arithmetic on the stored values. */
  | 'stored'
  /** What the reference does (docs/method.md §5): each checkpoint cast to float16, subtracted in float16. */
  | 'reference';

export interface DeltaChoice {
  /** RL − IN (default), or RL − Base. */
  readonly rlFrom?: Exclude<Role, 'rl'>;
  /** What further checkpoints are compared with; default `in`, else `base`. */
  readonly reference?: string;
}

/**
 * The differences that a set of checkpoints allows (docs/method.md §5): `sft` = IN − Base and `rl` = RL − IN, both relative to the
 * weights of IN as in the reference; for every further checkpoint its difference from the reference, relative to that.
 * Without IN, `rl` is RL − Base.
 */
export function deltasOf(roles: Iterable<string>, { rlFrom, reference }: DeltaChoice = {}): DeltaSpec[] {
  const present = new Set(roles);
  const ground = reference ?? ['in', 'base', ...present].find((role) => present.has(role)) ?? '';
  const specs: DeltaSpec[] = [];
  const weights = present.has('in') ? 'in' : ground;
  if (present.has('base') && present.has('in'))
    specs.push({ key: UPDATE_KEYS.in, to: 'in', from: 'base', relativeTo: weights });
  const from = rlFrom === 'base' || !present.has('in') ? 'base' : 'in';
  if (present.has('rl') && present.has(from))
    specs.push({ key: UPDATE_KEYS.rl, to: 'rl', from, relativeTo: weights });
  for (const role of present) {
    if (isRole(role) || role === ground) continue;
    specs.push({ key: role, to: role, from: ground, relativeTo: ground });
  }
  return specs;
}
