/** Which tensors of several checkpoints belong together, and which do not. */
import type { Checkpoint, TensorEntry } from '../../checkpoint/checkpoint.ts';
import {
  blockCount,
  EMBEDDINGS,
  HEAD,
  layerPlace,
  tensorPlace,
  type LayerPlace,
} from '../../checkpoint/tensor-place.ts';
import { listing } from '../../checkpoint/listing.ts';
import { knownLeftover } from '../../checkpoint/recognition.ts';
import { NamedError } from '../../named-error.ts';
import type { Mismatch } from './unshared.ts';
import { shapeDifference, unsharedTensors } from './unshared.ts';

/** Checkpoints by their part in the comparison: `base`, `in`, `rl`, or any further name. */
export type CheckpointSet = ReadonlyMap<string, Checkpoint>;

/** One tensor as each checkpoint stores it, or the matrix of one expert in it. */
export interface TensorFamily {
  /** Canonical; of an expert as if it were stored by itself: `model.layers.0.mlp.experts.3.down_proj`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly elements: number;
  /** Elements of the stored tensor before the first: those of the experts before this one. */
  readonly first: number;
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
  /** Tensors whose names no rule knows (`tensorPlace`), selected or not; those that are selected are measured, in no layer. */
  readonly unplaced: readonly string[];
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
 * weights in a layer, projector or vision block (docs/method.md §5: the name contains `weight` and not `norm`), those of experts,
 * one matrix each (`expertsOf`), and those that no rule places. A checkpoint with a tied head stands in with its embedding
 * where another stores a head of its own.
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
  const unplaced = [...names].filter(isUnplaced);
  const matrices = families.flatMap(expertsOf);
  return { families: matrices, mismatches, unshared, omitted, unplaced, layers, visionBlocks };
}

/** Along the unified layer axis; what is in no layer comes last. */
const orderOf = ({ place }: TensorFamily): number => place.layer ?? Infinity;

const compare = (a: number, b: number): number => (a === b ? 0 : a - b);

/** Whether no rule knows what the tensor is. */
function isUnplaced(name: string): boolean {
  return tensorPlace(name).part === 'other' && knownLeftover(name) === undefined;
}

function whyOmitted(name: string, { layer }: LayerPlace, selection: Selection): string | null {
  if (!name.includes('weight') && !EXPERTS.test(name)) return 'not a weight';
  if (name.toLowerCase().includes('norm')) return 'a norm';
  if (layer === null && selection.outside !== true && !isUnplaced(name)) return 'in no layer';
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
  const elements = shape.reduce((product, dim) => product * dim, 1);
  return { name, shape, elements, first: 0, place, entries };
}

/** The weights of all experts in one tensor, as `mlp.experts.gate_up_proj` of Qwen3-VL-MoE; biases are named so. */
const EXPERTS = /\.experts\.(?!\d)(?!.*bias)/;

/**
 * A tensor of rank 3 below `experts` holds a matrix for each expert, stored one after the other: each counts as a matrix of
 * its own. Every other tensor of more than two dimensions is a kernel, and stays one.
 */
function expertsOf(family: TensorFamily): readonly TensorFamily[] {
  const [experts = 0, ...shape] = family.shape;
  if (shape.length !== 2 || !EXPERTS.test(family.name)) return [family];
  const elements = family.elements / experts;
  return Array.from({ length: experts }, (_, expert) => ({
    ...{ ...family, shape, elements, first: expert * elements },
    name: family.name.replace('.experts.', `.experts.${expert}.`),
  }));
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
