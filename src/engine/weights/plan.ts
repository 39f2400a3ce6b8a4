/** Which arrays of a checkpoint go to the device, in which form, under which key. */
import type { DecoderDims } from '../../graph/decoder.ts';
import { decoderGraph } from '../../graph/decoder.ts';
import { headGraph } from '../../graph/head.ts';
import type { BlockSize, GraphWeight, LinearFormat, WeightSlot } from '../../graph/weights.ts';
import { blocksOf, QUANTIZATION_BLOCK, slotBytes } from '../../graph/weights.ts';
import { architectureOf } from '../../vlm/architecture.ts';
import type { TextConfig, VlmConfig } from '../../vlm/config.ts';
import { visionGraphs } from '../vision-graphs.ts';

/** One stored tensor (or, for a split head, some of its rows) and the device arrays it becomes. */
export interface PlannedWeight {
  /** Canonical name in the checkpoint. */
  readonly tensor: string;
  /** The tensor is taken as a matrix; of a split head only some rows are wanted. A vector is one row. */
  readonly firstRow: number;
  readonly rows: number;
  readonly columns: number;
  readonly format: LinearFormat;
  /** Columns of a block, where the format has blocks. */
  readonly block: BlockSize;
  /** Device arrays: the dense one, or packed blocks, scales and zero points. `name` is the key in the resident model. */
  readonly slots: readonly WeightSlot[];
}

/** Vocabulary rows of one piece of the head. */
export interface HeadShard {
  readonly start: number;
  readonly rows: number;
}

/** The vision tower and the projector keep at least 8 bits: they are small, and what they lose is never seen again. */
export function visionFormat(format: LinearFormat): LinearFormat {
  return blocksOf(format) ? 'q8' : format;
}

/** Splits the vocabulary evenly, so that no array of the head exceeds `maxTensorBytes`. */
export function headShards(
  text: TextConfig,
  format: LinearFormat,
  maxTensorBytes: number,
): readonly HeadShard[] {
  const row = headWeights(text, format, 1).find(({ name }) => name === 'lm_head.weight') as GraphWeight;
  const rowBytes = Math.max(...row.slots.map(slotBytes));
  const fit = Math.min(text.vocabSize, Math.max(1, Math.floor(maxTensorBytes / rowBytes)));
  const pieces = Math.ceil(text.vocabSize / fit);
  const rows = Math.ceil(text.vocabSize / pieces);
  return Array.from({ length: Math.ceil(text.vocabSize / rows) }, (_, piece) => ({
    start: piece * rows,
    rows: Math.min(rows, text.vocabSize - piece * rows),
  }));
}

/** Every array that running a checkpoint needs, in the order of its layers. */
export function planWeights(
  config: VlmConfig,
  format: LinearFormat,
  maxTensorBytes: number,
): readonly PlannedWeight[] {
  const { text } = config;
  return [
    ...visionWeights(config, visionFormat(format)),
    ...Array.from({ length: text.layers }, (_, layer) =>
      plan(decoderWeights(config, format), (name) => name.replace('0.', `model.layers.${layer}.`)),
    ).flat(),
    ...headShards(text, format, maxTensorBytes).flatMap((shard, index) =>
      headPlan(text, format, shard, index),
    ),
  ];
}

/** The final norm goes with the first shard. */
function headPlan(
  text: TextConfig,
  format: LinearFormat,
  shard: HeadShard,
  index: number,
): readonly PlannedWeight[] {
  const stored = text.tieWordEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight';
  return plan(headWeights(text, format, shard.rows), (name) => headKey(name, index))
    .filter(({ tensor }) => index === 0 || tensor !== 'model.norm.weight')
    .map((weight) =>
      weight.tensor === 'model.norm.weight' ? weight : { ...weight, tensor: stored, firstRow: shard.start },
    );
}

/** Device key of a head graph's slot: `norm.weight` → `model.norm.weight`, `lm_head.weight` → `lm_head.2.weight`. */
export function headKey(slot: string, shard: number): string {
  return slot === 'norm.weight' ? 'model.norm.weight' : slot.replace('lm_head.', `lm_head.${shard}.`);
}

function visionWeights(config: VlmConfig, format: LinearFormat): readonly PlannedWeight[] {
  const { patchEmbed, block, projectors } = visionGraphs(config, format);
  const { weights } = block(0).build();
  return [
    ...plan(patchEmbed.build().weights, patchEmbed.weight),
    ...Array.from({ length: config.vision.depth }, (_, index) => plan(weights, block(index).weight)).flat(),
    ...projectors.flatMap(({ build, weight }) => plan(build().weights, weight)),
  ];
}

/** What the graphs of a checkpoint's layers are made from. */
export function decoderDims(config: VlmConfig): DecoderDims {
  const { hiddenSize, intermediateSize, heads, kvHeads, headDim, rmsNormEps } = config.text;
  const { decoder } = architectureOf(config);
  return { hiddenSize, intermediateSize, heads, kvHeads, headDim, rmsNormEps, ...decoder };
}

function decoderWeights(config: VlmConfig, format: LinearFormat): readonly GraphWeight[] {
  const plain = { gates: false, swap: false, captureKv: false, attention: 'cached' } as const;
  return decoderGraph({ dims: decoderDims(config), format, layers: 1, ...plain }).weights;
}

function headWeights(text: TextConfig, format: LinearFormat, rows: number): readonly GraphWeight[] {
  return headGraph({ ...text, rows, format, output: 'logits' }).weights;
}

/** `weights` under the names they have in the checkpoint, which are also their keys on the device. */
function plan(weights: readonly GraphWeight[], rename: (name: string) => string): readonly PlannedWeight[] {
  return weights.map((weight) => ({
    tensor: rename(weight.name),
    firstRow: 0,
    rows: weight.rows,
    columns: weight.columns,
    format: weight.format,
    block: QUANTIZATION_BLOCK,
    slots: weight.slots.map((slot) => ({ ...slot, name: rename(slot.name) })),
  }));
}
