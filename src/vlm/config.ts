import { NamedError } from '../named-error.ts';
import { JsonFields } from './json-fields.ts';

/** The language model: Qwen2.5 with multimodal rotary positions. */
export interface TextConfig {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly intermediateSize: number;
  readonly vocabSize: number;
  readonly rmsNormEps: number;
  readonly ropeTheta: number;
  /** How many of the headDim / 2 rotary frequencies turn with time, height and width. */
  readonly mropeSection: readonly [time: number, height: number, width: number];
  /** The context length, in tokens. */
  readonly maxPositionEmbeddings: number;
  readonly tieWordEmbeddings: boolean;
}

/** The vision tower: window attention, except in `fullAttentionBlocks`. */
export interface VisionConfig {
  readonly depth: number;
  readonly hiddenSize: number;
  readonly heads: number;
  readonly intermediateSize: number;
  readonly outHiddenSize: number;
  /** Pixels a side. */
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  /** spatialMergeSize² neighbouring patches become one token. */
  readonly spatialMergeSize: number;
  /** Pixels a side. */
  readonly windowSize: number;
  readonly fullAttentionBlocks: readonly number[];
  readonly inChannels: number;
  readonly tokensPerSecond: number;
}

/** Token ids that mean something to the model rather than to the tokenizer. */
export interface SpecialTokens {
  readonly image: number;
  readonly video: number;
  readonly visionStart: number;
  readonly visionEnd: number;
  /** Any of these ends an answer. */
  readonly eos: readonly number[];
}

export interface VlmConfig {
  readonly modelType: string;
  readonly text: TextConfig;
  readonly vision: VisionConfig;
  readonly tokens: SpecialTokens;
}

const SUPPORTED = 'Qwen2_5_VLForConditionalGeneration (model_type qwen2_5_vl)';

/**
 * Reads `config.json` of a Qwen2.5-VL checkpoint, in the hub's spelling (text fields at the root, `rope_scaling`)
 * or in that of transformers 5 (`text_config`, `rope_parameters`). `generation` is the parsed
 * `generation_config.json`, whose end tokens win over those of `config.json`.
 *
 * @throws UnsupportedArchitecture when the checkpoint is of another model family.
 * @throws UnsupportedConfig when it asks for a variant that is not implemented (other rotary scaling, sliding window …).
 * @throws InvalidConfig when a field is missing, mistyped, or at odds with another; the field is named.
 */
export function parseConfig(json: unknown, file: string, generation?: unknown): VlmConfig {
  const root = new JsonFields(json, file);
  checkArchitecture(root, file);
  const textFields = root.has('text_config') ? root.object('text_config') : root;
  const vision = parseVision(root.object('vision_config'), file);
  const text = parseText(textFields, root, file);
  if (vision.outHiddenSize !== text.hiddenSize) {
    throw root
      .object('vision_config')
      .wrong('out_hidden_size', `the language model's hidden_size ${text.hiddenSize}`);
  }
  return { modelType: 'qwen2_5_vl', text, vision, tokens: parseTokens(root, textFields, text, generation) };
}

function checkArchitecture(root: JsonFields, file: string): void {
  const modelType = root.raw('model_type');
  const architectures = root.raw('architectures');
  const architecture: unknown = Array.isArray(architectures) ? architectures[0] : undefined;
  const rightType = modelType === undefined || modelType === 'qwen2_5_vl';
  const rightClass = architecture === undefined || architecture === 'Qwen2_5_VLForConditionalGeneration';
  if (rightType && rightClass && (modelType ?? architecture) !== undefined) return;
  const found = [architecture, modelType === undefined ? undefined : `model_type ${String(modelType)}`];
  throw new NamedError(
    'UnsupportedArchitecture',
    `the checkpoint is ${found.filter((part) => part !== undefined).join(', ') || 'of unnamed architecture'}; ` +
      `supported is ${SUPPORTED}`,
    { file, field: rightType ? 'architectures' : 'model_type' },
    'Open a Qwen2.5-VL checkpoint or a fine-tune of one.',
  );
}

function unsupported(file: string, field: string, what: string): NamedError {
  return new NamedError(
    'UnsupportedConfig',
    what,
    { file, field },
    'Open a checkpoint without this variant.',
  );
}

function parseText(fields: JsonFields, root: JsonFields, file: string): TextConfig {
  const hiddenSize = fields.positiveInteger('hidden_size');
  const heads = fields.positiveInteger('num_attention_heads');
  const kvHeads = fields.positiveInteger('num_key_value_heads', heads);
  const layers = fields.positiveInteger('num_hidden_layers');
  if (hiddenSize % heads !== 0)
    throw fields.wrong('hidden_size', `divisible by num_attention_heads ${heads}`);
  if (heads % kvHeads !== 0) {
    throw fields.wrong('num_attention_heads', `divisible by num_key_value_heads ${kvHeads}`);
  }
  const headDim = hiddenSize / heads;
  if (fields.positiveInteger('head_dim', headDim) !== headDim) {
    throw fields.wrong('head_dim', `hidden_size / num_attention_heads = ${headDim}`);
  }
  const activation = fields.string('hidden_act', 'silu');
  if (activation !== 'silu')
    throw unsupported(file, 'hidden_act', `activation ${activation}; supported is silu`);
  if (fields.boolean('use_sliding_window', false) && fields.index('max_window_layers', 0) < layers) {
    throw unsupported(file, 'use_sliding_window', 'sliding-window attention; supported is full attention');
  }
  return {
    hiddenSize,
    layers,
    heads,
    kvHeads,
    headDim,
    intermediateSize: fields.positiveInteger('intermediate_size'),
    vocabSize: fields.positiveInteger('vocab_size'),
    rmsNormEps: fields.positive('rms_norm_eps'),
    ...parseRotary(fields, headDim, file),
    maxPositionEmbeddings: fields.positiveInteger('max_position_embeddings'),
    // transformers before 5 kept this inside text_config, the hub's files at the root; either one ties.
    tieWordEmbeddings:
      root.boolean('tie_word_embeddings', false) || fields.boolean('tie_word_embeddings', false),
  };
}

function parseRotary(
  fields: JsonFields,
  headDim: number,
  file: string,
): Pick<TextConfig, 'ropeTheta' | 'mropeSection'> {
  const name = fields.has('rope_parameters') ? 'rope_parameters' : 'rope_scaling';
  const rope = fields.object(name);
  const type = rope.string('rope_type', rope.string('type', 'default'));
  if (type !== 'mrope' && type !== 'default') {
    throw unsupported(file, name, `rotary scaling "${type}"; supported are mrope and default`);
  }
  const [time = 0, height = 0, width = 0] = rope.numbers('mrope_section', 3);
  if (![time, height, width].every(Number.isSafeInteger) || Math.min(time, height, width) < 0) {
    throw rope.wrong('mrope_section', 'three integers from 0');
  }
  if ((time + height + width) * 2 !== headDim) {
    throw rope.wrong('mrope_section', `three integers with sum head_dim / 2 = ${headDim / 2}`);
  }
  const ropeTheta = rope.has('rope_theta') ? rope.positive('rope_theta') : fields.positive('rope_theta', 1e6);
  return { ropeTheta, mropeSection: [time, height, width] };
}

function parseVision(fields: JsonFields, file: string): VisionConfig {
  const hiddenSize = fields.positiveInteger('hidden_size');
  const heads = fields.positiveInteger('num_heads');
  // Each head turns one half of its dimensions with height and one with width, in pairs.
  if (hiddenSize % (heads * 4) !== 0) {
    throw fields.wrong('hidden_size', `divisible by 4 × num_heads = ${heads * 4}`);
  }
  const depth = fields.positiveInteger('depth');
  const fullAttentionBlocks = fields.indices('fullatt_block_indexes');
  if (fullAttentionBlocks.some((block) => block >= depth)) {
    throw fields.wrong('fullatt_block_indexes', `a list of block indices below depth ${depth}`);
  }
  const activation = fields.string('hidden_act', 'silu');
  if (activation !== 'silu') {
    throw unsupported(file, 'vision_config.hidden_act', `activation ${activation}; supported is silu`);
  }
  const theta = fields.has('rope_parameters')
    ? fields.object('rope_parameters').positive('rope_theta', 1e4)
    : 1e4;
  if (theta !== 1e4) {
    throw unsupported(
      file,
      'vision_config.rope_parameters',
      `vision rotary base ${theta}; supported is 10000`,
    );
  }
  const patchSize = fields.positiveInteger('patch_size');
  const spatialMergeSize = fields.positiveInteger('spatial_merge_size', 2);
  const windowSize = fields.positiveInteger('window_size');
  if (windowSize < patchSize * spatialMergeSize) {
    throw fields.wrong(
      'window_size',
      `at least patch_size × spatial_merge_size = ${patchSize * spatialMergeSize}`,
    );
  }
  // The hub writes in_chans, transformers in_channels; the image processor makes three.
  const channels = fields.has('in_channels') ? 'in_channels' : 'in_chans';
  if (fields.positiveInteger(channels, 3) !== 3) throw fields.wrong(channels, '3');
  return {
    depth,
    hiddenSize,
    heads,
    intermediateSize: fields.positiveInteger('intermediate_size'),
    outHiddenSize: fields.positiveInteger('out_hidden_size'),
    patchSize,
    temporalPatchSize: fields.positiveInteger('temporal_patch_size', 2),
    spatialMergeSize,
    windowSize,
    fullAttentionBlocks,
    inChannels: 3,
    tokensPerSecond: fields.positive('tokens_per_second', 4),
  };
}

function parseTokens(
  root: JsonFields,
  textFields: JsonFields,
  text: TextConfig,
  generation: unknown,
): SpecialTokens {
  const token = (name: string): number => {
    const id = root.index(name);
    if (id >= text.vocabSize) throw root.wrong(name, `a token id below vocab_size ${text.vocabSize}`);
    return id;
  };
  const sources = [
    ...(generation === undefined ? [] : [new JsonFields(generation, 'generation_config.json')]),
    textFields,
    root,
  ];
  const holder = sources.find((fields) => fields.has('eos_token_id'));
  if (holder === undefined) throw root.wrong('eos_token_id', 'a token id or a list of them');
  const eos = Array.isArray(holder.raw('eos_token_id'))
    ? holder.indices('eos_token_id')
    : [holder.index('eos_token_id')];
  return {
    image: token('image_token_id'),
    video: token('video_token_id'),
    visionStart: token('vision_start_token_id'),
    visionEnd: token('vision_end_token_id'),
    eos,
  };
}
