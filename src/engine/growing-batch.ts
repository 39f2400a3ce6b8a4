/** Reading a prompt in one run although rows join from layer to layer: the batch grows within the graph. */
import type { TextConfig } from '../vlm/config.ts';
import type { Backend, Feeds } from './backend/backend.ts';
import type { InjectedSequence } from './injection.ts';
import type { RowPlan } from './rows.ts';
import { MULTIPLICATIONS_PER_RUN, multiplicationsPerCell } from './run-length.ts';
import type { Segment } from './segments.ts';
import { cellsOf } from './work-account.ts';

/** Inputs of a run that say what its batch is; those on the device are given back. */
export interface BatchFeeds {
  readonly device: Feeds;
  readonly host: Feeds;
}

/** Keys and values that a run in which the batch grows hands over at most: it has those of all its layers at once. */
const GROWING_BYTES = 64 * 2 ** 20;

/**
 * Whether rows join within a run, where attention is written out: then one graph reads every prompt, and hidden states are handed over once. Not where
 * a run would take long, for within one no cancel is noticed, nor where a layer's outputs are changed before the next one reads them.
 */
export function growsWithin(
  backend: Backend,
  text: TextConfig,
  { length, offset = 0, imagePositions }: Pick<InjectedSequence, 'length' | 'offset' | 'imagePositions'>,
  plan: RowPlan,
): boolean {
  if (!backend.constantWeights) return false;
  if (plan.slots === 1) return true;
  const cells = cellsOf(plan, text.layers, length);
  const bytes = 2 * cells * text.kvHeads * text.headDim * Float32Array.BYTES_PER_ELEMENT;
  const multiplications = cells * multiplicationsPerCell(text);
  if (bytes > GROWING_BYTES || multiplications > MULTIPLICATIONS_PER_RUN) return false;
  const layers = Array.from({ length: text.layers }, (_, layer) => layer);
  // What the image's positions do not read of a swap is put back behind each layer.
  return layers.every(
    (layer) =>
      !plan.slotUnswapped(layer) ||
      plan
        .slotSwaps(layer)
        ?.every((swap) => !swap || (swap.positions ?? imagePositions).every((position) => position < offset)),
  );
}

/**
 * Which slot each goes on from, layer by layer (`grows` of `DecoderSpec`): one that joins, from the trunk. `given` slots are there before the first
 * layer.
 */
export function growingFeeds(
  backend: Backend,
  plan: Pick<RowPlan, 'active'>,
  { from, to }: Segment,
  length: number,
  given = from === 0 ? 1 : plan.active(from - 1),
): BatchFeeds {
  const entries = Array.from({ length: to - from }, (_, index) => plan.active(from + index));
  const slots = entries.flatMap((count, index) => {
    const before = entries[index - 1] ?? given;
    return Array.from({ length: count }, (_, slot) => (slot < before ? slot : 0));
  });
  const int64 = (values: readonly number[]): BigInt64Array => BigInt64Array.from(values, BigInt);
  return {
    device: { slots: backend.upload('int64', [slots.length], int64(slots)) },
    host: {
      entries: backend.host('int64', [entries.length], int64(entries)),
      token_shape: backend.host('int64', [2], int64([length, -1])),
    },
  };
}
