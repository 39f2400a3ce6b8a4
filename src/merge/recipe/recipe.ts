/** What a merge is, as a value: whose layer each layer is, whose the rest, and what is done to them after. */
import type { LayerPart } from '../../checkpoint/tensor-place.ts';

/** The name a checkpoint goes by in a recipe: "IN", "RL". */
export type DonorName = string;

/** Which tensors of a layer: all of them, those of `self_attn`, or those of `mlp`. Norms belong to "all" only. */
export type Part = 'all' | Exclude<LayerPart, 'other'>;
export const PARTS: readonly Part[] = ['all', 'attention', 'mlp'];

/** LLM layers `first` … `last`, both included, counted from 1 as on the layer axis. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** Whose everything is that is no LLM layer. */
export interface Rest {
  /** Token embeddings, config, tokenizer and processor files, and every tensor that no one knows. */
  readonly frame: DonorName;
  readonly visionTower: DonorName;
  readonly projector: DonorName;
  /** Final norm, and lm_head where it is not tied to the embeddings. */
  readonly head: DonorName;
}

export const PIECES: readonly (keyof Rest)[] = ['frame', 'visionTower', 'projector', 'head'];

/** The part of those layers taken from another donor. */
export interface Replacement {
  readonly kind: 'replace';
  readonly layers: Span;
  readonly part: Part;
  readonly donor: DonorName;
}

/** (1 − α)·W + α·W of `donor` (docs/method.md §7.1). */
export interface Interpolation {
  readonly kind: 'interpolate';
  readonly layers: Span;
  readonly part: Part;
  readonly donor: DonorName;
  /** 0 … 1 */
  readonly alpha: number;
}

/** (1 − r)·W + r·N(0, std(W)), each tensor with its own standard deviation (docs/method.md §7.1). */
export interface Noise {
  readonly kind: 'noise';
  readonly layers: Span;
  readonly part: Part;
  /** r, 0 … 1 */
  readonly ratio: number;
  /** 0 … 2³² − 1 */
  readonly seed: number;
}

/** Interpolation of what is no layer: (1 − α)·W + α·W of `donor` for every tensor of those pieces. */
export interface RestInterpolation {
  readonly kind: 'interpolate-rest';
  readonly pieces: readonly (keyof Rest)[];
  readonly donor: DonorName;
  /** 0 … 1 */
  readonly alpha: number;
}

export type LayerEdit = Replacement | Interpolation | Noise;
export type Edit = LayerEdit | RestInterpolation;

export interface Recipe {
  /** Donor of each LLM layer, layer 1 first. */
  readonly layers: readonly DonorName[];
  readonly rest: Rest;
  /** Applied in order. A tensor is interpolated at most once and gets noise at most once, noise last. */
  readonly edits: readonly Edit[];
  /** Jinja source that stands in place of the frame's chat template. */
  readonly chatTemplate?: string;
}

/** Everything that is no layer from one donor. */
export function restFrom(donor: DonorName): Rest {
  return { frame: donor, visionTower: donor, projector: donor, head: donor };
}

/** Every donor a recipe names, in order of appearance. */
export function donorsOf({ layers, rest, edits }: Recipe): readonly DonorName[] {
  const edited = edits.flatMap((edit) => (edit.kind === 'noise' ? [] : [edit.donor]));
  return [...new Set([rest.frame, ...layers, rest.visionTower, rest.projector, rest.head, ...edited])];
}

/** The same recipe where a donor goes by another name. */
export function renameDonor(recipe: Recipe, from: DonorName, to: DonorName): Recipe {
  const now = (name: DonorName): DonorName => (name === from ? to : name);
  const { frame, visionTower, projector, head } = recipe.rest;
  return {
    ...recipe,
    layers: recipe.layers.map(now),
    rest: {
      frame: now(frame),
      visionTower: now(visionTower),
      projector: now(projector),
      head: now(head),
    },
    edits: recipe.edits.map((edit) => (edit.kind === 'noise' ? edit : { ...edit, donor: now(edit.donor) })),
  };
}

/** A recipe that hands over whole layers and no other tensors. */
export function givesLayersOnly({ rest, edits }: Recipe): boolean {
  return edits.length === 0 && new Set(Object.values(rest)).size === 1;
}

/** A recipe that hands over whole layers and nothing else: what the engine runs by binding other buffers. */
export function isPlainStitch(recipe: Recipe): boolean {
  return givesLayersOnly(recipe) && recipe.chatTemplate === undefined;
}
