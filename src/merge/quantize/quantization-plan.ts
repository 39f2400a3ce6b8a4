/** Which tensors of a merge are rounded, and what stands in their place. */
import type { Matrix, PartLayout } from '../../checkpoint/formats/encoder.ts';
import { listing } from '../../checkpoint/listing.ts';
import { HEAD } from '../../checkpoint/tensor-place.ts';
import { tensorBytes } from '../../checkpoint/writing.ts';
import type { MergePlan, PlannedTensor } from '../plan/plan.ts';
import { encoderOf, type Scheme } from './scheme.ts';

/** A weight that is rounded. */
export interface RoundedTensor {
  readonly tensor: PlannedTensor;
  readonly matrix: Matrix;
  readonly parts: readonly PartLayout[];
}

export interface QuantizationPlan {
  /** In the order of the merge; what is no `RoundedTensor` keeps its bytes. */
  readonly tensors: readonly (PlannedTensor | RoundedTensor)[];
  readonly rounded: readonly RoundedTensor[];
  /** Stored names of matrices of the language model that keep their bytes because they do not fit the format. */
  readonly unfit: readonly string[];
  readonly notices: readonly string[];
  /** Of all tensors, as they are written. */
  readonly bytes: number;
}

export function isRounded(tensor: PlannedTensor | RoundedTensor): tensor is RoundedTensor {
  return 'matrix' in tensor;
}

/**
 * Rounds the matrices of attention and MLP of every LLM layer. Vision tower, projector, embeddings, norms and biases keep their bytes, as
 * in published folders, and so does the head unless the scheme wants it.
 */
export function planQuantization(plan: MergePlan, scheme: Scheme): QuantizationPlan {
  const encoder = encoderOf(scheme);
  const unfit: string[] = [];
  const reasons: string[] = [];
  const tensors = plan.tensors.map((tensor) => {
    if (!isWanted(tensor, scheme)) return tensor;
    const [rows = 0, columns = 0] = tensor.shape;
    const matrix = { rows, columns };
    const refusal = encoder.refusal(matrix);
    if (refusal === null) return { tensor, matrix, parts: encoder.parts(matrix) };
    unfit.push(tensor.storedName);
    reasons.push(`${tensor.name}: ${refusal}`);
    return tensor;
  });
  const rounded = tensors.filter(isRounded);
  const kept = `${unfit.length} matrices of the language model do not fit the format and stay as they are`;
  return {
    tensors,
    rounded,
    unfit,
    bytes: tensors.reduce((sum, one) => sum + writtenBytes(one), 0),
    notices: unfit.length === 0 ? [] : [`${kept}: ${listing(reasons)}`],
  };
}

function writtenBytes(one: PlannedTensor | RoundedTensor): number {
  return isRounded(one) ? one.parts.reduce((sum, part) => sum + tensorBytes(part), 0) : one.bytes;
}

function isWanted({ name, placement, shape }: PlannedTensor, { head }: Scheme): boolean {
  if (shape.length !== 2 || !name.endsWith('.weight')) return false;
  if (placement.kind === 'layer') return placement.part !== 'other';
  // One that is stored beside embeddings it repeats is placed with these.
  return head && name === HEAD && placement.kind === 'rest' && placement.piece === 'head';
}
