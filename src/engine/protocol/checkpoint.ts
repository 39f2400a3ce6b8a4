import type { FileHashes } from '../../vlm/deciding-files.ts';
import type { LayerRow } from '../../layer-index.ts';
import type { ModelId } from '../subject.ts';

/** Quantized tensors by what the device can take as it is stored, without any rounding. */
export interface StoredBlocks {
  /** In blocks of 4 bits. */
  readonly q4: number;
  readonly q8: number;
  /** What is always decoded. */
  readonly other: number;
}

/** What was found in a folder. Opening reads headers only. */
export interface OpenedCheckpoint {
  readonly id: ModelId;
  readonly name: string;
  /** SHA-256 over file names, sizes, headers and sampled contents. */
  readonly fingerprint: string;
  /** Places at which it compares the weights. */
  readonly spots: number;
  /** What the weights are stored in, a line; left out for plain safetensors. */
  readonly format?: string;
  /** Left out for plain safetensors. */
  readonly storedBlocks?: StoredBlocks;
  readonly modelType: string;
  /** Why it is open for its weights alone, a sentence; absent where it can be loaded. Sizes that names do not tell are then null. */
  readonly weightsOnly?: string;
  readonly layers: number;
  readonly visionBlocks: number;
  /** LLM layers after which image features are added besides (DeepStack), from 0. Left out where there are none. */
  readonly injectedAfter?: readonly LayerRow[];
  readonly hiddenSize: number | null;
  readonly intermediateSize: number | null;
  readonly heads: number | null;
  readonly kvHeads: number | null;
  readonly vocabSize: number | null;
  readonly tiedHead: boolean | null;
  readonly contextLength: number | null;
  /** What generation_config.json asks for; 1 is none. Applied only where a request says so. */
  readonly repetitionPenalty: number;
  readonly parameters: number;
  readonly bytes: number;
  readonly tensors: number;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** SHA-256 of each small file that decides answers, whole, by name (`decidingFiles`). */
  readonly smallFiles: FileHashes;
  /** Those of the files that the weights are read from. */
  readonly weightFiles: readonly string[];
  /** Tensors per stored dtype, e.g. `{BF16: 729}`. */
  readonly dtypes: Readonly<Record<string, number>>;
  /** Bytes per unified layer index (vision −n…−1, projector 0, LLM 1…L). */
  readonly layerBytes: readonly { readonly index: number; readonly bytes: number }[];
  /** Tensors that are no part of the model, or, of weights alone, have a name that no rule places: named, never silently dropped. */
  readonly ignored: readonly { readonly name: string; readonly reason: string }[];
  readonly notices: readonly string[];
}
