import { indexOfRow, type LayerIndex, type Section } from '../layer-index.ts';

/** Names of the tensors that are asked for by name. */
export const EMBEDDINGS = 'model.embed_tokens.weight';
export const FINAL_NORM = 'model.norm.weight';
export const HEAD = 'lm_head.weight';

/** Where a tensor of the model lies. All that is asked of names in this regard is asked here. */
export type TensorPlace = {
  /** The name below the part: `self_attn.q_proj.weight`. */
  readonly within: string;
} & (
  | {
      readonly part: 'visionBlock' | 'layer';
      /** Counted from 0, as in names. */
      readonly block: number;
    }
  | {
      /** `vision` is what the vision tower has in no block: patch embedding; `other` what is no known part. */
      readonly part: 'vision' | 'projector' | 'embedding' | 'norm' | 'head' | 'other';
      readonly block: null;
    }
);

/**
 * Lists of blocks, by the names that published checkpoints have. A list inside a list (the stages of a Swin tower) has no
 * single number, and is left to `PREFIXES`.
 */
const BLOCKS = [
  ['layer', /^(?:model\.layers|transformer\.h)\.(\d+)\./],
  ['visionBlock', /^visual\.(?:transformer\.)?(?:blocks|resblocks)\.(\d+)\./],
  [
    'visionBlock',
    /^(?:vision_tower|vision_model|vpm)\.(?:encoder\.|transformer\.|model\.)?(?:layers|layer|blocks|resblocks)\.(\d+)\.(?!(?:layers|blocks)\.\d)/,
  ],
] as const;
/** Order counts. */
const PREFIXES = [
  ['visual.merger.', 'projector'],
  ['visual.deepstack_merger_list.', 'projector'],
  // GLM-4.1V: between tower and merger
  ['visual.downsample.', 'projector'],
  ['visual.', 'vision'],
  ['vision_tower.', 'vision'],
  ['vision_model.', 'vision'],
  ['vpm.', 'vision'],
  ['multi_modal_projector.', 'projector'],
  ['mm_projector.', 'projector'],
  // InternVL
  ['mlp1.', 'projector'],
  ['connector.', 'projector'],
  ['aligner.', 'projector'],
  ['resampler.', 'projector'],
  // LLaVA: stands behind each row of an image's tokens
  ['image_newline', 'projector'],
  ['model.embed_tokens.', 'embedding'],
  ['model.tok_embeddings.', 'embedding'],
  ['transformer.wte.', 'embedding'],
  ['model.norm.', 'norm'],
  ['transformer.ln_f.', 'norm'],
  ['lm_head.', 'head'],
  ['model.output.', 'head'],
  // Reward and value models
  ['score.', 'head'],
  ['v_head.', 'head'],
  ['value_head.', 'head'],
  ['reward_head.', 'head'],
] as const;

/** @param name canonical (see `canonicalName`) */
export function tensorPlace(name: string): TensorPlace {
  for (const [part, pattern] of BLOCKS) {
    const [start, number] = pattern.exec(name) ?? [];
    if (start !== undefined) return { part, block: Number(number), within: name.slice(start.length) };
  }
  const [prefix, part] = PREFIXES.find(([prefix]) => name.startsWith(prefix)) ?? (['', 'other'] as const);
  return { part, block: null, within: name.slice(prefix.length) };
}

/** How many LLM layers or vision blocks the names speak of: the highest number and those before it. */
export function blockCount(names: Iterable<string>, part: 'layer' | 'visionBlock'): number {
  const blocks = [...names].map(tensorPlace).flatMap((place) => (place.part === part ? [place.block] : []));
  return blocks.reduce((most, block) => Math.max(most, block), -1) + 1;
}

/** As result files spell them. */
export type Component = 'Attention' | 'MLP' | 'Other';
/** As recipes and commands spell them, of a layer. */
export type LayerPart = Lowercase<Component>;

const ATTENTION = /q_proj|k_proj|v_proj|o_proj|attn|qkv|attention\./;
const MLP = /gate_proj|up_proj|down_proj|mlp|linear_|feed_forward\.|experts\.|\.fc[12]\./;

/** Told by the words in the name, attention first, as in the reference: the merger's two linears count as MLP. */
export function componentOf(name: string): Component {
  return ATTENTION.test(name) ? 'Attention' : MLP.test(name) ? 'MLP' : 'Other';
}

/**
 * The linear layer a weight belongs to, across layers: `q_proj`, `down_proj`, `visual attn.qkv`, `visual mlp.0` of the merger. Where
 * vision blocks, merger and DeepStack mergers have linears of one name (`linear_fc1`), those of the mergers are told apart by theirs.
 *
 * @param name canonical
 */
export function projectionOf(name: string): string {
  const parts = name.replace(/\.weight$/, '').split('.');
  const last = parts.at(-1) ?? name;
  const { part } = tensorPlace(name);
  // Vision and language have projections of the same names; the merger's may be only numbered.
  if (!['visionBlock', 'vision', 'projector'].includes(part)) return last;
  if (part === 'projector' && last.startsWith('linear_fc'))
    return `visual ${name.startsWith('visual.merger.') ? 'merger' : 'deepstack_merger'}.${last}`;
  return `visual ${/^\d+$|^proj$|^qkv$/.test(last) ? parts.slice(-2).join('.') : last}`;
}

export interface LayerPlace {
  /** null for what belongs to no block: patch embedding, token embedding, final norm, head. */
  readonly layer: LayerIndex | null;
  /** `Unplaced` where no rule knows the name. */
  readonly section: Section | 'Unplaced';
  readonly component: Component;
}

/**
 * Where a tensor of the model stands on the unified layer index: vision block *b* of *n* → b − n, merger → 0,
 * LLM layer *l* → l + 1. Patch embedding, token embedding, final norm and head are in no block; like the
 * reference implementation, which leaves them out of every per-layer number, they get none. Neither does what no rule knows.
 *
 * @param name canonical name (see `canonicalName`)
 */
export function layerPlace(name: string, { visionBlocks }: { readonly visionBlocks: number }): LayerPlace {
  const component = componentOf(name);
  const { part, block } = tensorPlace(name);
  switch (part) {
    case 'visionBlock':
      return { layer: block - visionBlocks, section: 'Vision Encoder', component };
    case 'vision':
      return { layer: null, section: 'Vision Encoder', component };
    case 'projector':
      return { layer: 0, section: 'Projector', component };
    case 'layer':
      return { layer: indexOfRow(block), section: 'LLM Backbone', component };
    case 'other':
      return { layer: null, section: 'Unplaced', component };
    default:
      return { layer: null, section: 'LLM Backbone', component };
  }
}
