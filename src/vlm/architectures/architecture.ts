/** What the app has to know of an architecture. What is particular to one is a value of this type, and said nowhere else. */
import type { JsonFields } from '../json-fields.ts';
import type { TextConfig } from '../text-config.ts';
import type { VisionConfig } from '../vision-config.ts';

export interface Architecture {
  /** `model_type` of config.json. */
  readonly modelType: string;
  /** As people call it: "Qwen2.5-VL". */
  readonly title: string;
  /** transformers' class of the whole model, and that without the head (`AutoModel`). */
  readonly classes: readonly [whole: string, base: string];
  /**
   * Reads the sizes that config.json states, in every spelling that transformers has written.
   *
   * @throws NamedError UnsupportedConfig, InvalidConfig as `readConfig`
   */
  readonly readSizes: (root: JsonFields) => Sizes;
  /** What transformers takes where config.json names no id. */
  readonly tokenDefaults: TokenDefaults;
  /** What the classes fix and no config states, of the language model and of the vision tower. */
  readonly decoder: DecoderDesign;
  readonly vision: VisionDesign;
  /** What turns patches into tokens; the first is the main one, whose output stands in the prompt. */
  readonly projectors: (vision: VisionConfig) => readonly [Projector, ...Projector[]];
  /** Of the class that makes pixels, for what a folder's file leaves out. */
  readonly imageDefaults: ImageDefaults;
  /** The system prompt that ChatML gets where a folder brings no chat template; null: none. */
  readonly defaultSystem: string | null;
}

export interface Sizes {
  readonly text: TextConfig;
  readonly vision: VisionConfig;
  /** What a person should know although the file can be read, a sentence each. */
  readonly notices: readonly string[];
}

export interface TokenDefaults {
  readonly image_token_id: number;
  readonly video_token_id: number;
  readonly vision_start_token_id: number;
  readonly vision_end_token_id: number;
}

export interface DecoderDesign {
  /** Whether q, k and v have biases; o has none. */
  readonly qkvBias: boolean;
  /** Whether each head of q and k goes through an RMSNorm of its own (`q_norm`, `k_norm`) before it is turned. */
  readonly qkNorm: boolean;
}

/** RMSNorm, or LayerNorm with a bias. */
export type NormKind = 'rms' | 'layer';

/** The MLP of a vision block; both linear layers of a plain one have biases, and these names. */
export type VisionMlp =
  | { readonly kind: 'gated' }
  | {
      readonly kind: 'plain';
      /** x·σ(1.702 x), or GELU by tanh. */
      readonly activation: 'quick-gelu' | 'gelu-tanh';
      readonly names: readonly [widen: string, narrow: string];
    };

export interface VisionDesign {
  readonly patchBias: boolean;
  readonly norm: NormKind;
  readonly mlp: VisionMlp;
}

/** Norm, the patches of a merge unit side by side, two linear layers with GELU (exact) between. */
export interface Projector {
  /** Where its weights are, canonical: `visual.merger`. */
  readonly prefix: string;
  readonly names: readonly [norm: string, widen: string, narrow: string];
  /** The norm goes over a merge unit's patches side by side, not over each patch. */
  readonly mergesFirst: boolean;
  /** The vision block whose output it reads. */
  readonly afterBlock: number;
  /** The LLM layer, from 0, to whose output at the image's positions it is added; null for the main one. */
  readonly addedAfterLayer: number | null;
}

export interface ImageDefaults {
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Limits on a resized image's area, in pixels. */
  readonly minPixels: number;
  readonly maxPixels: number;
}
