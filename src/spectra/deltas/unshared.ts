/** What several checkpoints do not share: whatever is asked, no number speaks of it. */
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import { listing } from '../../checkpoint/listing.ts';

/** A tensor that cannot be compared, and why. */
export interface Mismatch {
  readonly name: string;
  readonly kind: 'missing' | 'shape';
  readonly what: string;
}

/**
 * Every stored tensor, whether or not the rule selects it, that not all checkpoints hold in one shape and in a dtype that is
 * read; those in `compared` are left out (a tied head is compared as the embedding). In the order of the checkpoints.
 */
export function unsharedTensors(
  checkpoints: ReadonlyMap<string, Checkpoint>,
  compared: ReadonlySet<string>,
): Mismatch[] {
  const names = new Set(
    [...checkpoints.values()].flatMap(({ tensors, unread }) => [...tensors.keys(), ...unread.keys()]),
  );
  return [...names].flatMap((name) => {
    const difference = compared.has(name) ? null : differenceOf(name, checkpoints);
    return difference === null ? [] : [{ name, ...difference }];
  });
}

function differenceOf(
  name: string,
  checkpoints: ReadonlyMap<string, Checkpoint>,
): Omit<Mismatch, 'name'> | null {
  const roles = [...checkpoints];
  const absent = roles.filter(([, { tensors, unread }]) => !tensors.has(name) && !unread.has(name));
  const unread = roles.flatMap(([role, { unread: dtypes }]) => {
    const dtype = dtypes.get(name);
    return dtype === undefined ? [] : [`${dtype} in ${role}, which is not read`];
  });
  if (absent.length > 0 || unread.length > 0) {
    const missing = absent.length > 0 ? [`not in ${listing(absent.map(([role]) => role))}`] : [];
    return { kind: 'missing', what: [...missing, ...unread].join(', ') };
  }
  return shapeDifference(roles.map(([role, { tensors }]) => [role, tensors.get(name)?.shape ?? []]));
}

/** What tells the shapes of one tensor apart, by checkpoint; null where they are the same. */
export function shapeDifference(
  shapes: readonly (readonly [role: string, shape: readonly number[]])[],
): Omit<Mismatch, 'name'> | null {
  const texts = shapes.map(([role, shape]) => [role, `[${shape.join(', ')}]`] as const);
  if (new Set(texts.map(([, text]) => text)).size <= 1) return null;
  return { kind: 'shape', what: texts.map(([role, text]) => `${text} in ${role}`).join(', ') };
}

/** The headline of a comparison that leaves something out; null where the checkpoints share every tensor. */
export function unsharedSentence({
  unshared,
  families,
}: {
  readonly unshared: readonly Mismatch[];
  readonly families: readonly unknown[];
}): string | null {
  if (unshared.length === 0) return null;
  const shown = listing(unshared.map(({ name, what }) => `${name} (${what})`));
  const lacking = unshared.length === 1 ? '1 tensor is' : `${unshared.length} tensors are`;
  const rest = families.length === 1 ? '1 tensor is' : `${families.length} tensors are`;
  return `${lacking} not in every checkpoint in one shape, and not compared: ${shown}; ${rest} compared.`;
}

/** Which tensors no rule knows the place of; null where there are none. */
export function unplacedSentence({ unplaced }: { readonly unplaced: readonly string[] }): string | null {
  if (unplaced.length === 0) return null;
  const [have, count] =
    unplaced.length === 1
      ? ['1 tensor has a name', 'counts']
      : [`${unplaced.length} tensors have names`, 'count'];
  return `${have} that no rule places, and ${count} in no layer: ${listing(unplaced)}.`;
}
