/** What of a checkpoint is held or given back together: one stored tensor, with all device arrays it becomes. */
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import { slotBytes } from '../../graph/weights.ts';
import type { ModelId } from '../subject.ts';
import type { PlannedWeight } from './plan.ts';

/** Which run needs it: the vision tower with its projectors, a layer (0-based), or the final norm and the head. */
export type HeldPart = 'vision' | 'head' | number;

export interface HeldTensor {
  readonly tensor: string;
  readonly part: HeldPart;
  readonly weights: readonly PlannedWeight[];
  /** Keys of its arrays. */
  readonly slots: readonly string[];
  /** Of all its arrays. */
  readonly bytes: number;
  /** Equal where the arrays hold the same bytes. */
  readonly content: string;
}

/**
 * The tensors of a plan, in its order. Two of them have one `content` only where they have one name, the same stored bytes by their
 * SHA-256, and become arrays of the same form: conversion depends on nothing else. One that was not hashed (codes that are moved as
 * they are stored) is like none of another checkpoint.
 *
 * @param hashes `TensorHash`es of what was read, by canonical name
 */
export function heldTensors(
  id: ModelId,
  { tensors }: Pick<Checkpoint, 'tensors'>,
  plan: readonly PlannedWeight[],
  hashes: ReadonlyMap<string, string>,
): readonly HeldTensor[] {
  const byTensor = new Map<string, PlannedWeight[]>();
  for (const weight of plan) byTensor.set(weight.tensor, [...(byTensor.get(weight.tensor) ?? []), weight]);
  return [...byTensor].map(([tensor, weights]) => {
    const slots = weights.flatMap((weight) => weight.slots);
    const hash = hashes.get(tensor);
    const pieces = weights.map(({ firstRow, rows, columns, format, block }) =>
      [firstRow, rows, columns, format, block].join(),
    );
    const form = [tensors.get(tensor)?.dtype, ...pieces];
    return {
      ...{ tensor, weights, part: partOf(slots[0]?.name ?? '') },
      slots: slots.map(({ name }) => name),
      bytes: slots.reduce((sum, slot) => sum + slotBytes(slot), 0),
      content: JSON.stringify(hash === undefined ? [id, tensor] : [hash, tensor, form]),
    };
  });
}

function partOf(slot: string): HeldPart {
  const layer = /^model\.layers\.(\d+)\./.exec(slot)?.[1];
  if (layer !== undefined) return Number(layer);
  return /^(lm_head|model\.norm)\./.test(slot) ? 'head' : 'vision';
}
