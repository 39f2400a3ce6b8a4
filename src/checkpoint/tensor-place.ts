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

const BLOCK = /^(model\.layers|visual\.blocks)\.(\d+)\./;
/** Order counts. */
const PREFIXES = [
  ['visual.merger.', 'projector'],
  ['visual.deepstack_merger_list.', 'projector'],
  ['visual.', 'vision'],
  ['model.embed_tokens.', 'embedding'],
  ['model.norm.', 'norm'],
  ['lm_head.', 'head'],
] as const;

/** @param name canonical (see `canonicalName`) */
export function tensorPlace(name: string): TensorPlace {
  const [start = '', list, number] = BLOCK.exec(name) ?? [];
  const below = (prefix: string): string => name.slice(prefix.length);
  if (list !== undefined) {
    const part = list === 'model.layers' ? 'layer' : 'visionBlock';
    return { part, block: Number(number), within: below(start) };
  }
  const [prefix, part] = PREFIXES.find(([prefix]) => name.startsWith(prefix)) ?? (['', 'other'] as const);
  return { part, block: null, within: below(prefix) };
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

const ATTENTION = /q_proj|k_proj|v_proj|o_proj|attn|qkv/;
const MLP = /gate_proj|up_proj|down_proj|mlp|linear_fc/;

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
  readonly section: Section;
  readonly component: Component;
}

/**
 * Where a tensor of the model stands on the unified layer index: vision block *b* of *n* → b − n, merger → 0,
 * LLM layer *l* → l + 1. Patch embedding, token embedding, final norm and head are in no block; like the
 * reference implementation, which leaves them out of every per-layer number, they get none.
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
    default:
      return { layer: null, section: 'LLM Backbone', component };
  }
}
