import { MAX_CONTEXT } from '../checkpoint/limits.ts';
import type { JsonFields } from './json-fields.ts';

/** The language model: grouped queries, gated MLP, RMSNorm, multimodal rotary positions. */
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
  /** The axes take turns among the frequencies (T, H, W, T, …, then T alone) instead of standing one after another. */
  readonly mropeInterleaved?: true;
  /** The context length, in tokens. */
  readonly maxPositionEmbeddings: number;
  readonly tieWordEmbeddings: boolean;
}

/** What transformers' class takes for fields that config.json leaves out. */
export interface TextDefaults {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  /** Where the field is left out; written as null it is num_attention_heads. */
  readonly num_key_value_heads: number;
  /** The class has the field: it is free of hidden_size / num_attention_heads. */
  readonly head_dim?: number;
  readonly hidden_act: string;
  readonly max_position_embeddings: number;
  readonly rms_norm_eps: number;
  readonly rope_theta: number;
  readonly mrope_section: readonly [number, number, number];
  /** What the class does, whatever config.json says. */
  readonly mrope_interleaved?: true;
  readonly use_sliding_window: boolean;
  readonly max_window_layers: number;
}

/** Fields that are numbers or names in every release; null is no value of theirs. */
const NEVER_NULL = [
  'vocab_size',
  'hidden_size',
  'intermediate_size',
  'num_hidden_layers',
  'num_attention_heads',
  'hidden_act',
  'max_position_embeddings',
  'rms_norm_eps',
  'rope_theta',
] as const;

/**
 * Reads the language model's fields: those of `text_config` where config.json has one, else those at the root, which
 * `root` is in both cases. What is left out has the class's default, as in transformers; where both places hold a
 * field, transformers reads `text_config`.
 *
 * @throws UnsupportedConfig, InvalidConfig as `parseConfig`
 */
export function parseText(fields: JsonFields, root: JsonFields, defaults: TextDefaults): TextConfig {
  fields.refuseNull(NEVER_NULL);
  const hiddenSize = fields.positiveInteger('hidden_size', defaults.hidden_size);
  const heads = fields.positiveInteger('num_attention_heads', defaults.num_attention_heads);
  const kvHeads = fields.isNull('num_key_value_heads')
    ? heads
    : fields.positiveInteger('num_key_value_heads', defaults.num_key_value_heads);
  const layers = fields.positiveInteger('num_hidden_layers', defaults.num_hidden_layers);
  if (defaults.head_dim === undefined && hiddenSize % heads !== 0) {
    throw fields.wrong('hidden_size', `divisible by num_attention_heads ${heads}`);
  }
  if (heads % kvHeads !== 0) {
    throw fields.wrong('num_attention_heads', `divisible by num_key_value_heads ${kvHeads}`);
  }
  const headDim = fields.positiveInteger('head_dim', defaults.head_dim ?? hiddenSize / heads);
  if (defaults.head_dim === undefined && headDim !== hiddenSize / heads) {
    throw fields.wrong('head_dim', `hidden_size / num_attention_heads = ${hiddenSize / heads}`);
  }
  checkActivation(fields, defaults.hidden_act);
  checkFullAttention(fields, layers, defaults);
  return {
    hiddenSize,
    layers,
    heads,
    kvHeads,
    headDim,
    intermediateSize: fields.positiveInteger('intermediate_size', defaults.intermediate_size),
    vocabSize: fields.positiveInteger('vocab_size', defaults.vocab_size),
    rmsNormEps: fields.positive('rms_norm_eps', defaults.rms_norm_eps),
    ...parseRotary(fields, headDim, defaults),
    ...(defaults.mrope_interleaved ? { mropeInterleaved: true } : {}),
    maxPositionEmbeddings: contextLength(fields, defaults),
    // 4.52 to 4.57 keep this inside text_config, the hub's files and 5.x at the root; either one ties.
    tieWordEmbeddings:
      root.boolean('tie_word_embeddings', false) || fields.boolean('tie_word_embeddings', false),
  };
}

function contextLength(fields: JsonFields, defaults: TextDefaults): number {
  const name = 'max_position_embeddings';
  const length = fields.positiveInteger(name, defaults[name]);
  if (length > MAX_CONTEXT) throw fields.wrong(name, `a context of at most ${MAX_CONTEXT} tokens`);
  return length;
}

/** @throws UnsupportedConfig for anything but SiLU, which transformers also calls swish. */
export function checkActivation(fields: JsonFields, fallback: string): void {
  const activation = fields.string('hidden_act', fallback);
  if (activation !== 'silu' && activation !== 'swish') {
    throw fields.unsupported('hidden_act', `activation ${activation}; supported is silu`);
  }
}

/** `layer_types` decides where it is written (since 4.53); else a window does, from `max_window_layers` on. */
function checkFullAttention(fields: JsonFields, layers: number, defaults: TextDefaults): void {
  const types = fields.raw('layer_types');
  if (types !== undefined) {
    if (!Array.isArray(types) || types.length < layers) {
      throw fields.wrong('layer_types', `a list with one name for each of the ${layers} layers`);
    }
    const layer = types.slice(0, layers).findIndex((type) => type !== 'full_attention');
    if (layer < 0) return;
    throw fields.unsupported(
      'layer_types',
      `layer ${layer} has ${String(types[layer])}; supported is full_attention`,
    );
  }
  const windowed =
    fields.boolean('use_sliding_window', defaults.use_sliding_window) && !fields.isNull('sliding_window');
  if (windowed && fields.index('max_window_layers', defaults.max_window_layers) < layers) {
    throw fields.unsupported('use_sliding_window', 'sliding-window attention; supported is full attention');
  }
}

function parseRotary(
  fields: JsonFields,
  headDim: number,
  defaults: TextDefaults,
): Pick<TextConfig, 'ropeTheta' | 'mropeSection'> {
  // rope_scaling is the name until 4.57, and wins in 5.x, where rope_parameters is the name.
  const name = (['rope_scaling', 'rope_parameters'] as const).find((key) => !isEmpty(fields.raw(key)));
  const theta = fields.positive('rope_theta', defaults.rope_theta);
  const wanted = `three integers with sum head_dim / 2 = ${headDim / 2}`;
  const fits = (section: readonly number[]): boolean =>
    section.reduce((sum, part) => sum + part, 0) * 2 === headDim;
  if (name === undefined) {
    if (!fits(defaults.mrope_section)) {
      throw fields.wrong('rope_scaling', `an object with mrope_section, ${wanted}`);
    }
    return { ropeTheta: theta, mropeSection: defaults.mrope_section };
  }
  const rope = fields.object(name);
  for (const type of ['full_attention', 'sliding_attention']) {
    if (rope.has(type)) throw rope.unsupported(type, 'rotary settings of their own for some layers');
  }
  const type = rope.string('rope_type', rope.string('type', 'default'));
  if (type !== 'mrope' && type !== 'default') {
    throw fields.unsupported(name, `rotary scaling "${type}"; supported are mrope and default`);
  }
  const [time = 0, height = 0, width = 0] = rope.numbers('mrope_section', 3, defaults.mrope_section);
  if (![time, height, width].every(Number.isSafeInteger) || Math.min(time, height, width) < 0) {
    throw rope.wrong('mrope_section', 'three integers from 0');
  }
  if (!fits([time, height, width])) throw rope.wrong('mrope_section', wanted);
  rope.refuseNull(['rope_theta']);
  return { ropeTheta: rope.positive('rope_theta', theta), mropeSection: [time, height, width] };
}

/** Left out, null or `{}`, all false to Python. */
function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    (typeof value === 'object' && value !== null && Object.keys(value).length === 0 && !Array.isArray(value))
  );
}
