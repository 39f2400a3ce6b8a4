/** What a layer sweep costs at a size that cannot be measured here: reads, rows, arithmetic, dispatches. */
import { tensorPlace, type TensorPlace } from '../checkpoint/tensor-place.ts';
import { slotBytes } from '../graph/weights.ts';
import { planWeights } from '../engine/weights/plan.ts';
import type { WeightDtype } from '../engine/protocol/device.ts';
import { planRows } from '../engine/rows.ts';
import type { VlmConfig } from '../vlm/config.ts';

/** What a device is assumed to do. */
export interface DeviceAssumptions {
  readonly name: string;
  /** Bytes a second, as reached by reading weights. */
  readonly bandwidth: number;
  /** Float32 operations a second, as reached by matrix products. */
  readonly operations: number;
  /** Seconds that one dispatch takes besides its work. */
  readonly dispatch: number;
}

export interface SweepShape {
  readonly promptTokens: number;
  readonly newTokens: number;
  /** Pairs whose rows share a batch; default 1. */
  readonly pairs?: number;
}

export interface SweepCost {
  /** Of a batch. */
  readonly rows: number;
  /** Of the LLM layers and the head: read once a decode step, whatever the number of rows. */
  readonly weightBytesPerToken: number;
  /** Keys and values read at the last step, all rows. */
  readonly cacheBytesPerToken: number;
  readonly dispatchesPerToken: number;
  /** How many prompts' worth of layers the sweep's prefill computes: rows share the trunk up to their layer. */
  readonly promptsComputed: number;
  /** A pair's; `trunkShared`: were layers before a row's own shared while decoding too, and no row ever diverged. */
  readonly seconds: {
    readonly plain: number;
    readonly sweep: number;
    readonly oneByOne: number;
    readonly trunkShared: number;
  };
  /** sweep / plain, and one-by-one / sweep. */
  readonly toPlain: number;
  readonly fasterThanOneByOne: number;
}

/** Kernels of one decoder layer: two norms, seven products, two rotations, attention's three, and four of the gated MLP's sums. */
const KERNELS_PER_LAYER = 18;
/** Norm, product and the choice of the token. */
const KERNELS_OF_HEAD = 4;

/**
 * Models a sweep of single-layer swaps over all layers, one row each and the baseline, of one or several pairs: a run takes
 * the longer of reading and arithmetic, plus its dispatches. Attention's own arithmetic (below 5 % at these lengths) and the
 * vision tower (once per image) are left out; the source's capture is one prefill more, in both sweeps.
 */
export function sweepCost(
  config: VlmConfig,
  dtype: WeightDtype,
  { promptTokens, newTokens, pairs = 1 }: SweepShape,
  device: DeviceAssumptions,
): SweepCost {
  const { text } = config;
  const { layers } = text;
  const weights = planWeights(config, dtype, Infinity).flatMap(({ slots }) => slots);
  const bytesOf = (part: TensorPlace['part']): number =>
    weights
      .filter(({ name }) => tensorPlace(name).part === part)
      .reduce((sum, slot) => sum + slotBytes(slot), 0);
  const layerBytes = bytesOf('layer');
  const weightBytes = layerBytes + bytesOf('norm') + bytesOf('head');
  const { hiddenSize, intermediateSize, heads, kvHeads, headDim } = text;
  const perLayer = hiddenSize * headDim * (2 * heads + 2 * kvHeads) + 3 * hiddenSize * intermediateSize;
  const head = hiddenSize * text.vocabSize;
  const cachePerRow = (tokens: number): number => 2 * layers * tokens * kvHeads * headDim * 4;
  const dispatches = layers * KERNELS_PER_LAYER + KERNELS_OF_HEAD;

  const run = (bytes: number, operations: number, dispatched: number): number =>
    Math.max(bytes / device.bandwidth, operations / device.operations) + dispatched * device.dispatch;
  const prefill = (prompts: number, rows: number, runs: number): number =>
    run(weightBytes, 2 * (prompts * promptTokens * layers * perLayer + rows * head), dispatches * runs);
  const decode = (rows: number, computed = rows): number =>
    newTokens *
    run(
      weightBytes + rows * cachePerRow(promptTokens + newTokens / 2),
      2 * (computed * layers * perLayer + rows * head),
      dispatches,
    );

  const plan = planRows(
    [{}, ...Array.from({ length: layers }, (_, layer) => ({ swap: { source: '', layers: [layer] } }))],
    layers,
  );
  const active = Array.from({ length: layers }, (_, layer) => plan.active(layer));
  const promptsComputed = active.reduce((sum, slots) => sum + slots, 0) / layers;
  const perPair = layers + 1;
  const rows = pairs * perPair;
  const plain = prefill(1, 1, 1) + decode(1);
  const prompts = prefill(1, 1, 1) + prefill(promptsComputed, perPair, 1);
  const sweep = prompts + decode(rows) / pairs;
  const trunkShared = prompts + decode(rows, pairs * promptsComputed) / pairs;
  const oneByOne = prefill(1, 1, 1) + perPair * plain;
  return {
    rows,
    weightBytesPerToken: weightBytes,
    cacheBytesPerToken: rows * cachePerRow(promptTokens + newTokens),
    dispatchesPerToken: dispatches,
    promptsComputed,
    seconds: { plain, sweep, oneByOne, trunkShared },
    toPlain: sweep / plain,
    fasterThanOneByOne: oneByOne / sweep,
  };
}
