/** A GGUF model's tensors under the names that a plain checkpoint has for them. */
import { NamedError } from '../../../named-error.ts';
import { listing } from '../../listing.ts';
import type { Notice } from '../../weight-files.ts';
import type { AnyEncoded } from '../codecs.ts';
import { matrixOf, type StoredPart } from '../encoded.ts';
import type { GgufArchitecture } from './architectures/architecture.ts';
import type { GgufCoding, GgufPiece } from './codec.ts';
import { isPlainType, isReadType } from './ggml-types.ts';
import { type GgufTensor, unknownType } from './header.ts';
import type { GgufModel } from './model-files.ts';

/** Of the language model, at its top and in layers. */
export const TOP: Readonly<Record<string, string>> = { token_embd: 'embed_tokens', output_norm: 'norm' };
export const IN_LAYER: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};
/** Of the tower. */
export const IN_BLOCK: Readonly<Record<string, string>> = {
  ln1: 'norm1',
  ln2: 'norm2',
  attn_qkv: 'attn.qkv',
  attn_out: 'attn.proj',
};
/** Tensors of the file that are parts of another. */
export const QKV = ['attn_q', 'attn_k', 'attn_v'] as const;
export const PATCHES = ['v.patch_embd.weight', 'v.patch_embd.weight.1'] as const;

const LAYER = /^blk\.(\d+)\.([a-z_]+)\.(weight|bias)$/;
const BLOCK = /^v\.blk\.(\d+)\.([a-z0-9_]+)\.(weight|bias)$/;
const DEEPSTACK = /^v\.deepstack\.(\d+)\.(norm|fc1|fc2)\.(weight|bias)$/;
const SUFFIXED = /^([a-z0-9_.]+)\.(weight|bias)$/;
/** Where a tensor that has no name in a plain checkpoint would be one that changes what the model says. */
const OF_THE_MODEL = /^(v\.)?blk\.|^rope_|\.(input_)?scale$/;

/**
 * All of the language model.
 *
 * @throws NamedError `UnknownDtype`, `UnsupportedWeights` for tensors in layers that are none of the model's
 */
export function languageTensors(model: GgufModel, architecture: GgufArchitecture): Named {
  const { language: prefix } = architecture.prefixes;
  return named(model, (name) => {
    const [, layer, part = '', suffix] = LAYER.exec(name) ?? [];
    const inLayer = IN_LAYER[part];
    if (inLayer) return `${prefix}layers.${layer}.${inLayer}.${suffix}`;
    if (name === 'output.weight') return 'lm_head.weight';
    const [, stem = '', end] = SUFFIXED.exec(name) ?? [];
    return TOP[stem] && `${prefix}${TOP[stem]}.${end}`;
  });
}

/**
 * All of the tower: query, key and value of a block as one tensor, as are the patch embedding's weights for two frames.
 *
 * @param deepstack blocks with a projector of their own, ascending
 * @param swapped the file calls the MLP's layers by each other's names (`isSwapped`)
 * @throws NamedError as `languageTensors`; `MissingTensor`, `InvalidTensor` for parts that are not all there or do not fit each other
 */
export function visionTensors(
  model: GgufModel,
  architecture: GgufArchitecture,
  deepstack: readonly number[],
  swapped: boolean,
): Named {
  const { merger, mlp, prefixes } = architecture;
  const ofFile: Readonly<Record<string, string>> = {
    'v.patch_embd': 'patch_embed.proj',
    'v.position_embd': 'pos_embed',
    'v.post_ln': `merger.${merger.norm}`,
    'mm.0': `merger.${merger.widen}`,
    'mm.2': `merger.${merger.narrow}`,
  };
  const projector: Readonly<Record<string, string>> = {
    norm: merger.norm,
    fc1: merger.widen,
    fc2: merger.narrow,
  };
  const other: Readonly<Record<string, string>> = { ffn_up: 'ffn_down', ffn_down: 'ffn_up' };
  const joined = new Map<string, readonly GgufTensor[]>();
  const parts = new Set<string>();
  const join = (whole: string, names: readonly string[]): void => {
    const found = names.map((name) => {
      const tensor = model.tensors.get(name);
      if (tensor) return tensor;
      throw new NamedError(
        'MissingTensor',
        `${whole} is made of ${names.join(', ')}, of which the file lacks this one`,
        { file: model.metadata.file, tensor: name },
        'convert the model again',
      );
    });
    joined.set(whole, found);
    for (const name of names) parts.add(name);
  };
  for (const name of model.tensors.keys()) {
    const [, block, part, suffix] = BLOCK.exec(name) ?? [];
    if (part === 'attn_q') {
      const names = QKV.map((one) => `v.blk.${block}.${one}.${suffix}`);
      join(`${prefixes.vision}blocks.${block}.attn.qkv.${suffix}`, names);
    }
    if (name === PATCHES[1]) join(`${prefixes.vision}patch_embed.proj.weight`, PATCHES);
  }
  const rest: GgufModel = {
    ...model,
    tensors: new Map([...model.tensors].filter(([name]) => !parts.has(name))),
  };
  const alone = named(rest, (name) => {
    const [, block, part = '', suffix] = BLOCK.exec(name) ?? [];
    const inBlock = IN_BLOCK[part] ?? mlp[(swapped && other[part]) || part];
    if (inBlock) return `${prefixes.vision}blocks.${block}.${inBlock}.${suffix}`;
    const [, at, piece = '', end] = DEEPSTACK.exec(name) ?? [];
    const place = deepstack.indexOf(Number(at));
    if (place >= 0) return `${prefixes.vision}deepstack_merger_list.${place}.${projector[piece]}.${end}`;
    const [, stem = '', ending] = SUFFIXED.exec(name) ?? [];
    return ofFile[stem] && `${prefixes.vision}${ofFile[stem]}.${ending}`;
  });
  return {
    tensors: [...alone.tensors, ...[...joined].map(([whole, pieces]) => several(whole, pieces))],
    notices: alone.notices,
  };
}

/**
 * Whether a tower's file has the MLP's two layers under each other's names, as an early converter wrote them; told, as llama.cpp
 * does, by what goes into the one that is to narrow.
 */
export function isSwapped(model: GgufModel, hiddenSize: number): boolean {
  const [out, into] = model.tensors.get('v.blk.0.ffn_down.weight')?.shape ?? [];
  return into === hiddenSize && out !== hiddenSize;
}

export interface Named {
  readonly tensors: readonly AnyEncoded[];
  readonly notices: readonly Notice[];
}

function named(model: GgufModel, nameOf: (name: string) => string | undefined): Named {
  const tensors: AnyEncoded[] = [];
  const strange: GgufTensor[] = [];
  for (const tensor of model.tensors.values()) {
    const storedName = nameOf(tensor.name);
    if (storedName) tensors.push(single(storedName, tensor));
    else strange.push(tensor);
  }
  const [first] = strange;
  if (first === undefined) return { tensors, notices: [] };
  const changing = strange.find(({ name }) => OF_THE_MODEL.test(name));
  if (changing) {
    throw new NamedError(
      'UnsupportedWeights',
      'the model of this architecture that is read here has no such tensor, without which its weights may mean something else',
      { file: changing.file, tensor: changing.name },
      'open the checkpoint that the file was converted from',
    );
  }
  const text = `tensors that are no part of the model: ${listing(strange.map(({ name }) => name))}`;
  return { tensors, notices: [{ file: first.file, text }] };
}

/** Plain numbers as they are stored, else blocks. */
function single(storedName: string, tensor: GgufTensor): AnyEncoded {
  const { name: type } = tensor.type;
  if (isReadType(type) && isPlainType(type)) {
    const values = { ...partOf(tensor), dtype: type };
    return { codec: 'stored', storedName, shape: tensor.shape, coding: { dtype: type }, parts: { values } };
  }
  return made(storedName, tensor.shape, [tensor], null);
}

/** Rows of all pieces, one piece after the other; vectors end to end; kernels with the frames as a dimension of their own. */
function several(storedName: string, pieces: readonly GgufTensor[]): AnyEncoded {
  const [first, ...others] = pieces as [GgufTensor, ...GgufTensor[]];
  const different = others.find(({ shape }) => shape.join() !== first.shape.join());
  if (different) {
    throw new NamedError(
      'InvalidTensor',
      `its shape [${different.shape.join(', ')}] is another than [${first.shape.join(', ')}] of ${first.name}, with which it makes ${storedName}`,
      { file: different.file, tensor: different.name },
      'convert the model again',
    );
  }
  const [rows = 1, ...within] = first.shape;
  if (first.shape.length < 2) return made(storedName, [pieces.length * rows], pieces, rows);
  if (first.shape.length === 2) return made(storedName, [pieces.length * rows, ...within], pieces, null);
  const [channels = 1, ...kernel] = within;
  const turns = kernel.reduce((product, dim) => product * dim, 1);
  return made(storedName, [rows, channels, pieces.length, ...kernel], pieces, turns);
}

function made(
  storedName: string,
  shape: readonly number[],
  tensors: readonly GgufTensor[],
  turns: number | null,
): AnyEncoded {
  const parts: Record<string, StoredPart> = {};
  const pieces = tensors.map((tensor, index): GgufPiece => {
    const type = tensor.type.name;
    if (!isReadType(type)) {
      throw unknownType(`its type ${type} is not read`, { file: tensor.file, tensor: tensor.name });
    }
    const part = `piece${index}`;
    parts[part] = partOf(tensor);
    return { part, type, ...matrixOf(tensor.shape) };
  });
  const coding: GgufCoding = { pieces, turns };
  return { codec: 'gguf', storedName, shape, coding, parts };
}

function partOf({ file, name, shape, start, end }: GgufTensor): StoredPart {
  return { file, name, dtype: 'packed', shape, start, end };
}
