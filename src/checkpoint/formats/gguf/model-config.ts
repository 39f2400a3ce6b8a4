/** config.json and its like, made of what GGUF files say of a model. */
import { NamedError } from '../../../named-error.ts';
import { MAX_LIST_ITEMS, overLimit } from '../../limits.ts';
import type { GgufArchitecture, VisionFacts } from './architectures/architecture.ts';
import { GGUF_ARCHITECTURES } from './architectures/list.ts';
import type { GgufModel } from './model-files.ts';
import type { GgufVocabulary } from './vocabulary.ts';

type Json = Readonly<Record<string, unknown>>;

const ARCHITECTURE = 'general.architecture';
const BLOCKS = 'clip.vision.block_count';
const PROJECTOR = 'clip.projector_type';
/** Two frames make a patch: the converter takes no other number. */
const FRAMES = 2;
const DEFAULT_MERGE = 2;

/**
 * Of a language model's file, with the tower's where there is one.
 *
 * @throws NamedError `UnsupportedArchitecture`; `GgufWeights` for a tower of another model
 */
export function architectureOf(language: GgufModel, vision: GgufModel | null): GgufArchitecture {
  const name = language.metadata.text(ARCHITECTURE);
  const ofLanguage = GGUF_ARCHITECTURES.filter((one) => one.language === name);
  const [first] = ofLanguage;
  if (first === undefined) {
    const known = [...new Set(GGUF_ARCHITECTURES.map(({ language }) => language))];
    throw new NamedError(
      'UnsupportedArchitecture',
      `the model is of architecture ${name ?? 'unnamed'}; GGUF files are read of ${known.join(', ')}`,
      { file: language.metadata.file, field: ARCHITECTURE },
      'open the Hugging Face checkpoint that the file was converted from',
    );
  }
  if (vision === null) return first;
  const projector = vision.metadata.text(PROJECTOR) ?? vision.metadata.text('clip.vision.projector_type');
  const found = ofLanguage.find((one) => one.projector === projector);
  if (found) return found;
  throw otherModel(
    vision,
    PROJECTOR,
    `its projector is ${projector ?? 'unnamed'}; to a language model of ${name} belongs ${ofLanguage.map((one) => one.projector).join(' or ')}`,
  );
}

/** @throws NamedError `InvalidMetadata`, `OverLimit`; `GgufWeights` for a tower whose vectors have another width than the language model's */
export function visionFacts(vision: GgufModel, language: GgufModel, swapped: boolean): VisionFacts {
  const { metadata, tensors } = vision;
  const depth = metadata.count(BLOCKS);
  if (depth > MAX_LIST_ITEMS) {
    throw overLimit('vision blocks', depth, MAX_LIST_ITEMS, { file: metadata.file, field: BLOCKS });
  }
  const rowsOf = (name: string): number => tensors.get(name)?.shape[0] ?? 0;
  const outSize = rowsOf('mm.2.weight');
  const hiddenSize = language.metadata.count(keyOf(language, 'embedding_length'));
  if (outSize !== hiddenSize) {
    const what = `it hands over vectors of ${outSize}, the language model takes ${hiddenSize}`;
    throw otherModel(vision, 'clip.vision.projection_dim', what);
  }
  const deepstack = metadata.booleans('clip.vision.is_deepstack_layers') ?? [];
  return {
    ...{ metadata, depth, outSize },
    hiddenSize: metadata.count('clip.vision.embedding_length'),
    intermediateSize: rowsOf(`v.blk.0.${swapped ? 'ffn_down' : 'ffn_up'}.weight`),
    positions: rowsOf('v.position_embd.weight'),
    deepstack: deepstack.flatMap((has, block) => (has ? [block] : [])),
  };
}

/**
 * config.json, in the spelling of the hub. Numbers that the file holds in float32 are given as their shortest decimal, which is
 * what they were converted from. Without a tower it says that it is the language model alone.
 *
 * @throws NamedError `InvalidMetadata`, `MissingTensor`
 */
export function configJson(
  architecture: GgufArchitecture,
  language: GgufModel,
  vision: VisionFacts | null,
  vocabulary: GgufVocabulary,
): Json {
  const { metadata, tensors } = language;
  const key = (name: string): string => keyOf(language, name);
  const heads = metadata.count(key('attention.head_count'));
  const own = {
    hidden_act: 'silu',
    hidden_size: metadata.count(key('embedding_length')),
    intermediate_size: metadata.count(key('feed_forward_length')),
    max_position_embeddings: metadata.count(key('context_length')),
    num_attention_heads: heads,
    num_hidden_layers: metadata.count(key('block_count')),
    num_key_value_heads: metadata.count(key('attention.head_count_kv'), heads),
    rms_norm_eps: shortest(metadata.number(key('attention.layer_norm_rms_epsilon'))),
    rope_theta: shortest(metadata.number(key('rope.freq_base'))),
    vocab_size: embeddingRows(language),
    ...architecture.text(metadata, key),
  };
  const alone = vision === null;
  const { modelType, className, nested } = architecture;
  return {
    ...(alone ? {} : { architectures: [className] }),
    model_type: alone ? `${modelType}_text` : modelType,
    tie_word_embeddings: !tensors.has('output.weight'),
    ...vocabulary.special,
    ...(nested && !alone ? { text_config: { model_type: `${modelType}_text`, ...own } } : own),
    ...(alone ? {} : { vision_config: visionConfig(architecture, vision) }),
  };
}

function visionConfig(architecture: GgufArchitecture, vision: VisionFacts): Json {
  const { metadata } = vision;
  return {
    depth: vision.depth,
    in_channels: 3,
    num_heads: metadata.count('clip.vision.attention.head_count'),
    ...patches(vision),
    ...architecture.vision(vision),
  };
}

function patches({
  metadata,
}: VisionFacts): Readonly<Record<'patch_size' | 'spatial_merge_size' | 'temporal_patch_size', number>> {
  return {
    patch_size: metadata.count('clip.vision.patch_size'),
    spatial_merge_size: metadata.count('clip.vision.spatial_merge_size', DEFAULT_MERGE),
    temporal_patch_size: FRAMES,
  };
}

const LIMITS = {
  min_pixels: 'clip.vision.image_min_pixels',
  max_pixels: 'clip.vision.image_max_pixels',
} as const;

/** preprocessor_config.json, and whether the file says how large pictures may be: llama.cpp's converter leaves it out. */
export function preprocessorJson(
  { imageProcessor }: GgufArchitecture,
  vision: VisionFacts,
): { readonly json: Json; readonly limited: boolean } {
  const { metadata } = vision;
  const { spatial_merge_size, ...sizes } = patches(vision);
  const limits = Object.entries(LIMITS).flatMap(([name, key]) =>
    metadata.has(key) ? [[name, metadata.count(key)] as const] : [],
  );
  const mean = metadata.numbers('clip.vision.image_mean');
  const std = metadata.numbers('clip.vision.image_std');
  const json = {
    image_processor_type: imageProcessor,
    ...sizes,
    merge_size: spatial_merge_size,
    ...(mean ? { image_mean: mean.map(shortest) } : {}),
    ...(std ? { image_std: std.map(shortest) } : {}),
    ...Object.fromEntries(limits),
  };
  return { json, limited: limits.length === 2 };
}

/** The shortest decimal that float32 rounds to the same number. */
export function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return value;
}

function keyOf({ metadata }: GgufModel, name: string): string {
  return `${metadata.text(ARCHITECTURE)}.${name}`;
}

function embeddingRows({ metadata, tensors }: GgufModel): number {
  const embedding = tensors.get('token_embd.weight');
  if (embedding?.shape.length === 2) return embedding.shape[0] as number;
  throw new NamedError(
    'MissingTensor',
    'the file has no token embedding',
    { file: metadata.file, tensor: 'token_embd.weight' },
    'download the file again: it holds no whole model',
  );
}

function otherModel({ metadata }: GgufModel, field: string, what: string): NamedError {
  return new NamedError(
    'GgufWeights',
    `the vision tower is that of another model: ${what}`,
    { file: metadata.file, field },
    'put the mmproj file of the same model beside the language model',
  );
}
