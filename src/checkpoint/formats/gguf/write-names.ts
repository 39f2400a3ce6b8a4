/** Under which names a plain checkpoint's tensor lies in GGUF files: `TensorNameMap` of gguf-py, the other way round of `tensors.ts`. */
import type { GgufArchitecture } from './architectures/architecture.ts';
import { IN_BLOCK, IN_LAYER, PATCHES, QKV, TOP } from './tensors.ts';

/** What of the tensor is there: all of it, the i-th of three equal parts of its rows, or of a kernel over frames the i-th frame. */
export type GgufPart =
  | { readonly of: 'whole' }
  | { readonly of: 'third'; readonly index: number }
  | { readonly of: 'frame'; readonly index: number };

export interface GgufName {
  readonly file: 'language' | 'vision';
  readonly name: string;
  readonly part: GgufPart;
}

const inverse = (names: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(names).map(([gguf, plain]) => [plain, gguf]));
const LAYER_NAMES = inverse(IN_LAYER);
const TOP_NAMES = inverse(TOP);
const BLOCK_NAMES = inverse(IN_BLOCK);
const WHOLE: GgufPart = { of: 'whole' };

/**
 * @param name canonical
 * @param deepstack blocks with a projector of their own
 * @returns empty for a tensor that GGUF files have no name for
 */
export function ggufNames(
  name: string,
  architecture: GgufArchitecture,
  deepstack: readonly number[],
): readonly GgufName[] {
  const [, stem = '', suffix = ''] = /^(.*)\.(weight|bias)$/.exec(name) ?? [];
  const language = (found: string | undefined): GgufName[] =>
    found === undefined ? [] : [{ file: 'language', name: `${found}.${suffix}`, part: WHOLE }];
  const vision = (found: string | undefined): GgufName[] =>
    found === undefined ? [] : [{ file: 'vision', name: `${found}.${suffix}`, part: WHOLE }];
  if (name === 'lm_head.weight') return language('output');
  const [, layer, inLayer = ''] = /^model\.layers\.(\d+)\.(.+)$/.exec(stem) ?? [];
  if (layer !== undefined) return language(within(`blk.${layer}`, LAYER_NAMES.get(inLayer)));
  if (stem.startsWith('model.')) return language(TOP_NAMES.get(stem.slice('model.'.length)));
  const { merger, mlp, splitsQkv } = architecture;
  const [, block, inBlock = ''] = /^visual\.blocks\.(\d+)\.(.+)$/.exec(stem) ?? [];
  if (inBlock === 'attn.qkv' && splitsQkv) {
    return QKV.map((part, index) => ({
      file: 'vision',
      name: `v.blk.${block}.${part}.${suffix}`,
      part: { of: 'third', index },
    }));
  }
  if (block !== undefined)
    return vision(within(`v.blk.${block}`, BLOCK_NAMES.get(inBlock) ?? inverse(mlp).get(inBlock)));
  if (name === 'visual.patch_embed.proj.weight')
    return PATCHES.map((frame, index) => ({ file: 'vision', name: frame, part: { of: 'frame', index } }));
  const [, place, piece = ''] = /^visual\.deepstack_merger_list\.(\d+)\.(.+)$/.exec(stem) ?? [];
  if (place !== undefined) {
    const names = inverse({ norm: merger.norm, fc1: merger.widen, fc2: merger.narrow });
    return vision(within(`v.deepstack.${deepstack[Number(place)]}`, names.get(piece)));
  }
  const single: Readonly<Record<string, string>> = {
    'visual.patch_embed.proj': 'v.patch_embd',
    'visual.pos_embed': 'v.position_embd',
    [`visual.merger.${merger.norm}`]: 'v.post_ln',
    [`visual.merger.${merger.widen}`]: 'mm.0',
    [`visual.merger.${merger.narrow}`]: 'mm.2',
  };
  return vision(single[stem]);
}

function within(outer: string, inner: string | undefined): string | undefined {
  return inner === undefined ? undefined : `${outer}.${inner}`;
}
