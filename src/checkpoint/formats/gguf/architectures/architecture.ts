/** What GGUF files call the parts of a model, and how a plain checkpoint of it describes itself. */
import type { Fields } from '../fields.ts';
import type { GgufMetadata } from '../metadata.ts';
import type { GgufKey } from '../write-head.ts';

export interface GgufArchitecture {
  /** `general.architecture` of the language model's file. */
  readonly language: string;
  /** `clip.projector_type` of the vision tower's file. */
  readonly projector: string;
  /** `model_type` and class of config.json. */
  readonly modelType: string;
  readonly className: string;
  readonly imageProcessor: string;
  /** What tensors' names begin with. */
  readonly prefixes: { readonly language: string; readonly vision: string };
  /** Whether config.json has `text_config`, with its own `model_type`, or the language model's fields at the root. */
  readonly nested: boolean;
  /** Names in a vision block, by those of the file. */
  readonly mlp: Readonly<Record<string, string>>;
  /** Of the projector's norm and two layers. */
  readonly merger: { readonly norm: string; readonly widen: string; readonly narrow: string };
  /** Fields of the language model beside those that all have. */
  text(metadata: GgufMetadata, key: (name: string) => string): Readonly<Record<string, unknown>>;
  /** What cuts texts: its name in files, and its pattern. */
  readonly tokenizer: { readonly pre: string; readonly pattern: string };
  /** Whether converters write query, key and value of the tower apart. */
  readonly splitsQkv: boolean;
  /**
   * Keys that converters write of `vision_config` beside those that all have.
   *
   * @throws NamedError `MissingField`
   */
  visionKeys(vision: Fields): readonly GgufKey[];
  /** Fields of `vision_config` beside those that all have. */
  vision(facts: VisionFacts): Readonly<Record<string, unknown>>;
}

/** What is known of a vision tower, by its metadata and the shapes of its tensors. */
export interface VisionFacts {
  readonly metadata: GgufMetadata;
  readonly depth: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  /** The width it hands over to the language model. */
  readonly outSize: number;
  /** Entries of the learned position table; 0 where there is none. */
  readonly positions: number;
  /** Blocks with a projector of their own. */
  readonly deepstack: readonly number[];
}
