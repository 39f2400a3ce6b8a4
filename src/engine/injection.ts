/** Image features that are added to the hidden states after some layers (DeepStack), and what swaps and ablations make of them. */
import { NamedError } from '../named-error.ts';
import type { Backend, Feeds } from './backend/backend.ts';
import type { SwapSpec } from './protocol/intervention.ts';
import type { InjectionChange, RowPlan } from './rows.ts';
import type { Segment } from './segments.ts';
import type { CapturedKv, LayerInjection } from './swap.ts';
import { checkPositions, resampleTokens } from './swap.ts';

/** A prompt's part in it. */
export interface InjectedSequence {
  readonly length: number;
  /** Position of its first token in the prompt, where it is the prompt's end. Left out: 0. */
  readonly offset?: number;
  readonly imagePositions: readonly number[];
  /** Over all positions, zero beside images; empty for a model without DeepStack. */
  readonly injections: readonly LayerInjection[];
}

/** Which rows change what is injected, and from what. */
export interface InjectionRows {
  readonly plan: Pick<RowPlan, 'slotInjections'>;
  readonly sources: ReadonlyMap<string, CapturedKv>;
}

/**
 * Feeds `i.injection` for the segment's layers after which something is added: `[slots, length, hiddenSize]`, or `[1, …]` where
 * every slot keeps its own (docs/method.md §2.1, §3). An ablation may ask for what is not there: a prompt without an image.
 *
 * @throws NamedError `NoInjection` for a swap that is to change what this prompt does not have; `IncompatibleSource`
 */
export function injectionFeeds(
  backend: Backend,
  { length, offset = 0, imagePositions, injections }: InjectedSequence,
  { from, to }: Segment,
  { plan, sources }: InjectionRows,
  hiddenSize: number,
): Feeds {
  if (injections.length === 0 && plan.slotInjections(from)?.some(isSwap)) throw noInjection();
  const feeds: Feeds = {};
  for (const { layer, values } of injections) {
    if (layer < from || layer >= to) continue;
    const changes = plan.slotInjections(layer) ?? [null];
    const slots = new Float32Array(changes.length * values.length);
    changes.forEach((change, slot) => {
      slots.set(values, slot * values.length);
      if (!change) return;
      const swap = isSwap(change) ? change : null;
      const positions = swap?.positions ?? imagePositions;
      checkPositions(positions, offset + length);
      const rows =
        swap?.injection === 'source'
          ? sourceRows(sources.get(swap.source) as CapturedKv, layer, positions.length, hiddenSize)
          : new Float32Array(positions.length * hiddenSize);
      positions.forEach((position, token) => {
        if (position < offset) return;
        const row = rows.subarray(token * hiddenSize, (token + 1) * hiddenSize);
        slots.set(row, slot * values.length + (position - offset) * hiddenSize);
      });
    });
    feeds[`${layer - from}.injection`] = backend.upload(
      'float32',
      [changes.length, length, hiddenSize],
      slots,
    );
  }
  return feeds;
}

function isSwap(change: InjectionChange | null): change is SwapSpec {
  return change !== null && 'source' in change;
}

/** What the source adds at the positions that were captured, resampled as its keys and values are. */
function sourceRows(
  { tokens, injections }: CapturedKv,
  layer: number,
  to: number,
  hiddenSize: number,
): Float32Array {
  const values = injections.find((injection) => injection.layer === layer)?.values;
  if (values?.length === tokens * hiddenSize) return resampleTokens(values, hiddenSize, to);
  throw new NamedError(
    'IncompatibleSource',
    `after layer ${layer} ${hiddenSize} values a token are injected; the captured source has ${values ? values.length / tokens : 'none'}`,
    {},
    'capture the source with a checkpoint of the same architecture',
  );
}

function noInjection(): NamedError {
  return new NamedError(
    'NoInjection',
    'a swap was to change the image features that are injected after the first layers; nothing is injected here',
    { field: 'injection' },
    'keep the injection as it is, or ask a model with DeepStack about an image',
  );
}
