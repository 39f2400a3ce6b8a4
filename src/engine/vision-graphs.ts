/** The graphs that a checkpoint's vision tower is run as, and the names their weights have in the checkpoint. */
import { patchEmbedGraph, projectorGraph, visionBlockGraph, visionTowerGraph } from '../graph/vision.ts';
import type { Graph } from '../graph/graph.ts';
import type { ConstantWeights, LinearFormat } from '../graph/weights.ts';
import { architectureOf } from '../vlm/architecture.ts';
import type { Projector } from '../vlm/architectures/architecture.ts';
import type { VlmConfig } from '../vlm/config.ts';

/** A graph, the key that tells it from others, and the weights it takes. */
export interface VisionGraph {
  readonly kind: string;
  readonly build: (constants?: ConstantWeights) => Graph;
  /** Canonical name in the checkpoint of a weight of the graph. */
  readonly weight: (name: string) => string;
}

export interface VisionGraphs {
  readonly patchEmbed: VisionGraph;
  readonly block: (index: number) => VisionGraph;
  /** The main one first. */
  readonly projectors: readonly (VisionGraph & Projector)[];
  /** All of them in one, for images whose windows are of one size. */
  readonly tower: VisionGraph;
}

export function visionGraphs(config: VlmConfig, format: LinearFormat): VisionGraphs {
  const { vision } = config;
  const architecture = architectureOf(config);
  const { hiddenSize, intermediateSize, heads, outHiddenSize, spatialMergeSize: merge } = vision;
  const { norm, mlp, patchBias } = architecture.vision;
  const patchDim = vision.inChannels * vision.temporalPatchSize * vision.patchSize ** 2;
  const side = vision.positionTableSide;
  const patch = { bias: patchBias, ...(side === undefined ? {} : { positions: side ** 2 }) };
  const block = { hiddenSize, intermediateSize, heads, norm, mlp };
  const projectors = architecture.projectors(vision).map((projector) => {
    const { names, mergesFirst } = projector;
    return { ...projector, dims: { hiddenSize, merge, outHiddenSize, norm, names, mergesFirst } };
  });
  const tower = {
    patchEmbed: { ...patch, patchDim, names: ['visual.patch_embed.proj', 'visual.pos_embed.weight'] },
    block,
    blocks: Array.from({ length: vision.depth }, (_, index) => ({
      whole: vision.windowSize === undefined || (vision.fullAttentionBlocks?.includes(index) ?? false),
      prefix: `visual.blocks.${index}.`,
    })),
    projectors: projectors.map(({ dims, afterBlock, prefix }) => ({
      dims,
      afterBlock,
      prefix: `${prefix}.`,
    })),
    format,
  } as const;
  return {
    patchEmbed: {
      kind: `patch embedding ${JSON.stringify([patchDim, hiddenSize, patch])}`,
      build: (constants) => patchEmbedGraph(patchDim, hiddenSize, constants, patch),
      weight: (name) => (name.startsWith('pos_embed.') ? `visual.${name}` : `visual.patch_embed.${name}`),
    },
    block: (index) => ({
      kind: `vision block ${JSON.stringify([block, format])}`,
      build: (constants) => visionBlockGraph(block, format, constants),
      weight: (name) => `visual.blocks.${index}.${name}`,
    }),
    projectors: projectors.map(({ dims, ...projector }) => ({
      ...projector,
      kind: `projector ${JSON.stringify([dims, format])}`,
      build: (constants) => projectorGraph(dims, format, constants),
      weight: (name) => `${projector.prefix}.${name}`,
    })),
    tower: {
      kind: `vision tower ${JSON.stringify(tower)}`,
      build: (constants) => visionTowerGraph(tower, constants),
      weight: (name) => name,
    },
  };
}
