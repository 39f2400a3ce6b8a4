/** Which tensors of several checkpoints belong together, and which do not. */
import type { Checkpoint, TensorEntry } from '../../checkpoint/checkpoint.ts';
import { blockCount, EMBEDDINGS, HEAD, layerPlace, type LayerPlace } from '../../checkpoint/tensor-place.ts';
import { listing } from '../../checkpoint/listing.ts';
import { NamedError } from '../../named-error.ts';
import type { Mismatch } from './unshared.ts';
import { shapeDifference, unsharedTensors } from './unshared.ts';

/** Checkpoints by their part in the comparison: `base`, `in`, `rl`, or any further name. */
export type CheckpointSet = ReadonlyMap<string, Checkpoint>;

/** One tensor as each checkpoint stores it. */
export interface TensorFamily {
  /** Canonical. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly place: LayerPlace;
  readonly entries: ReadonlyMap<string, TensorEntry>;
}

export interface Pairing {
  readonly families: readonly TensorFamily[];
  /** Selected tensors that cannot be compared. */
  readonly mismatches: readonly Mismatch[];
  /** The same of all tensors, selected or not. */
  readonly unshared: readonly Mismatch[];
  /** Tensors that the rule leaves out, with the reason. */
  readonly omitted: readonly { readonly name: string; readonly reason: string }[];
  /** Decoder layers and vision blocks, counted by name. */
  readonly layers: number;
  readonly visionBlocks: number;
}

/** Which tensors are analysed. */
export interface Selection {
  /** Part of the name, or null for all. */
  readonly weights: string | null;
  /** Whether tensors in no layer (embeddings, head, patch embedding) are, which the reference leaves out. */
  readonly outside?: boolean;
  /** Singular values need two dimensions. */
  readonly matrices?: boolean;
}

/**
 * Matches the tensors of all checkpoints by canonical name and shape, in the order of layers and names. Selected are
 * weights in a layer, projector or vision block (docs/method.md §5: the name contains `weight` and not `norm`). A checkpoint
 * with a tied head stands in with its embedding where another stores a head of its own.
 *
 * @throws NamedError `NothingToCompare` when no selected tensor is in all of them with one shape, naming what differs
 */
export function pairTensors(checkpoints: CheckpointSet, selection: Selection): Pairing {
  const names = new Set([...checkpoints.values()].flatMap(({ tensors }) => [...tensors.keys()]));
  const [layers, visionBlocks] = [blockCount(names, 'layer'), blockCount(names, 'visionBlock')];
  const families: TensorFamily[] = [];
  const mismatches: Mismatch[] = [];
  const omitted: { name: string; reason: string }[] = [];
  for (const name of names) {
    const place = layerPlace(name, { visionBlocks });
    const reason = whyOmitted(name, place, selection);
    if (reason !== null) {
      omitted.push({ name, reason });
      continue;
    }
    const family = matched(name, place, checkpoints);
    if ('kind' in family) mismatches.push(family);
    else if (selection.matrices === true && family.shape.length < 2)
      omitted.push({ name, reason: 'not a matrix' });
    else families.push(family);
  }
  families.sort((a, b) => compare(orderOf(a), orderOf(b)) || (a.name < b.name ? -1 : 1));
  if (families.length === 0) throw nothingToCompare(checkpoints, selection, mismatches);
  const unshared = unsharedTensors(checkpoints, new Set(families.map(({ name }) => name)));
  return { families, mismatches, unshared, omitted, layers, visionBlocks };
}

/** Along the unified layer axis; what is in no layer comes last. */
const orderOf = ({ place }: TensorFamily): number => place.layer ?? Infinity;

const compare = (a: number, b: number): number => (a === b ? 0 : a - b);

function whyOmitted(name: string, { layer }: LayerPlace, selection: Selection): string | null {
  if (!name.includes('weight')) return 'not a weight';
  if (name.toLowerCase().includes('norm')) return 'a norm';
  if (layer === null && selection.outside !== true) return 'in no layer';
  const { weights } = selection;
  return weights === null || name.includes(weights) ? null : `not ${weights}`;
}

function matched(name: string, place: LayerPlace, checkpoints: CheckpointSet): TensorFamily | Mismatch {
  const entries = new Map<string, TensorEntry>();
  for (const [role, { tensors }] of checkpoints) {
    const entry = tensors.get(name) ?? (name === HEAD ? tensors.get(EMBEDDINGS) : undefined);
    if (entry) entries.set(role, entry);
  }
  if (entries.size < checkpoints.size) {
    const absent = [...checkpoints.keys()].filter((role) => !entries.has(role));
    return { name, kind: 'missing', what: `not in ${listing(absent)}` };
  }
  const difference = shapeDifference([...entries].map(([role, entry]) => [role, entry.shape]));
  if (difference) return { name, ...difference };
  const [{ shape }] = [...entries.values()] as [TensorEntry];
  return { name, shape, elements: shape.reduce((product, dim) => product * dim, 1), place, entries };
}

function nothingToCompare(
  checkpoints: CheckpointSet,
  { weights }: Selection,
  mismatches: readonly Mismatch[],
): NamedError {
  const roles = [...checkpoints.keys()].join(', ');
  const [first] = mismatches;
  if (first) {
    const shown = listing(mismatches.map(({ name, what }) => `${name} is ${what}`));
    return new NamedError(
      'NothingToCompare',
      `no weight is the same in ${roles}: ${shown}`,
      { tensor: first.name },
      'compare checkpoints of one architecture and size',
    );
  }
  return new NamedError(
    'NothingToCompare',
    weights === null
      ? `there are no weights in ${roles}`
      : `no weight of a layer has "${weights}" in its name`,
    {},
    'choose other weights: down_proj, q_proj, mlp, or all',
  );
}
