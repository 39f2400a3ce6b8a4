/** What a layer sweep costs at a size that cannot be measured here: reads, rows, arithmetic, dispatches. */
import { tensorPlace, type TensorPlace } from '../checkpoint/tensor-place.ts';
import { slotBytes } from '../graph/weights.ts';
import { planWeights } from '../engine/weights/plan.ts';
import type { WeightDtype } from '../engine/protocol/device.ts';
import { coneOf } from '../engine/cone.ts';
import type { RowSpec } from '../engine/protocol/intervention.ts';
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

/** `from-layer`: a layer and all after it; `text`: one layer's, that only what comes after the image reads. */
export type SweepReading = 'single' | 'from-layer' | 'text';

export interface SweepShape {
  /** Before the image (read once for all samples), of the image, after it. */
  readonly before: number;
  readonly image: number;
  readonly after: number;
  readonly reading: SweepReading;
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
  /** Positions of a layer that a pair's rows are read at; of its source. */
  readonly cells: { readonly rows: number; readonly source: number };
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
 * Models a sweep of swaps over all layers, one row each and the baseline, of one or several pairs: positions are read where a row differs and is
 * read, a plain answer reads its prompt whole; a run takes the longer of reading and arithmetic, plus its dispatches. Attention's own arithmetic (below 5 % at these lengths) and the
 * vision tower (once per image) are left out.
 */
export function sweepCost(
  config: VlmConfig,
  dtype: WeightDtype,
  { before, image, after, reading, newTokens, pairs = 1 }: SweepShape,
  device: DeviceAssumptions,
): SweepCost {
  const { text } = config;
  const { layers } = text;
  const promptTokens = before + image + after;
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
  const prefill = (cells: number, rows: number): number =>
    run(weightBytes, 2 * (cells * perLayer + rows * head), dispatches);
  const decode = (rows: number, computed = rows): number =>
    newTokens *
    run(
      weightBytes + rows * cachePerRow(promptTokens + newTokens / 2),
      2 * (computed * layers * perLayer + rows * head),
      dispatches,
    );

  const swapped = Array.from({ length: layers }, (_, layer): RowSpec => {
    const list = reading === 'from-layer' ? allFrom(layer, layers) : [layer];
    return { swap: { source: '', layers: list, ...(reading === 'text' ? { reads: 'text' } : {}) } };
  });
  const cone = coneOf([{}, ...swapped], layers);
  const cells = {
    rows: layers * (before * cone.before + image * cone.image + after * cone.after),
    source: image * layers,
  };
  const perPair = layers + 1;
  const rows = pairs * perPair;
  const source = prefill(cells.source, 0);
  const plain = prefill(promptTokens * layers, 1) + decode(1);
  const prompts = source + prefill(cells.rows, perPair);
  const sweep = prompts + decode(rows) / pairs;
  const trunkShared = prompts + decode(rows, pairs * cone.after) / pairs;
  const oneByOne = source + perPair * plain;
  return {
    rows,
    weightBytesPerToken: weightBytes,
    cacheBytesPerToken: rows * cachePerRow(promptTokens + newTokens),
    dispatchesPerToken: dispatches,
    cells,
    seconds: { plain, sweep, oneByOne, trunkShared },
    toPlain: sweep / plain,
    fasterThanOneByOne: oneByOne / sweep,
  };
}

function allFrom(first: number, end: number): readonly number[] {
  return Array.from({ length: end - first }, (_, offset) => first + offset);
}
