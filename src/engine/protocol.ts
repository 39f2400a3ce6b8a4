/** What crosses the boundary between the page and the engine worker. Plain data only, apart from callbacks. */
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import type { ChatMessage } from '../vlm/chat.ts';
import type { FileHashes } from '../vlm/deciding-files.ts';
import type { ImageProcessing } from '../vlm/image-processing.ts';
import type { ModelFolder } from '../vlm/model-folder.ts';
import type { Vocabulary } from '../vlm/vocabulary.ts';
import type { ModelId, Subject } from './subject.ts';

/** Where graphs run: the native WebGPU execution provider, or onnxruntime's CPU kernels compiled to WASM. */
export type Device = 'webgpu' | 'wasm';

/** How linear weights are kept. Arithmetic is float32 throughout; q8 and q4 are blocks of 32 (`MatMulNBits`). */
export type WeightDtype = 'f32' | 'f16' | 'q8' | 'q4';

/** The five ways in which a machine can lack WebGPU, each with what to do about it. */
export interface WebGpuFinding {
  readonly kind: 'no-api' | 'no-adapter' | 'software-adapter' | 'missing-feature' | 'limit-too-small';
  readonly what: string;
  readonly have?: string;
  readonly need?: string;
  readonly remedy: string;
}

export interface WebGpuAdapter {
  /** e.g. "NVIDIA Ampere" or "Google SwiftShader"; browsers tell more or less. */
  readonly name: string;
  /** All that the browser tells of it (`gpuName`), without features. */
  readonly adapter: string;
  readonly software: boolean;
  readonly shaderF16: boolean;
  readonly subgroups: boolean;
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
  /** How WASM waits for the GPU: `jspi` where the browser has it, else `asyncify`. */
  readonly bridge: 'jspi' | 'asyncify';
}

export interface Capabilities {
  /** null when WebGPU cannot be used at all; `findings` says why. */
  readonly webgpu: WebGpuAdapter | null;
  readonly findings: readonly WebGpuFinding[];
  readonly wasm: { readonly threads: number };
  readonly crossOriginIsolated: boolean;
  /** Origin-private storage for quantized weights; null when the browser has none. */
  readonly storage: { readonly usageBytes: number; readonly quotaBytes: number } | null;
  /** What the engine picks unless told otherwise. */
  readonly preferred: Device;
}

/** What was found in a folder. Opening reads headers only. */
export interface OpenedCheckpoint {
  readonly id: ModelId;
  readonly name: string;
  /** SHA-256 over file names, sizes, headers and sampled contents. */
  readonly fingerprint: string;
  /** Places at which it compares the weights. */
  readonly spots: number;
  readonly modelType: string;
  readonly layers: number;
  readonly visionBlocks: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly vocabSize: number;
  readonly tiedHead: boolean;
  readonly contextLength: number;
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
  /** Tensors that are no part of the model: named, never silently dropped. */
  readonly ignored: readonly { readonly name: string; readonly reason: string }[];
  readonly notices: readonly string[];
}

export interface LoadOptions {
  readonly device: Device;
  readonly dtype: WeightDtype;
  /** Keep converted weights in origin-private storage so that the next open skips quantization. */
  readonly keep?: boolean;
}

export interface MemoryEstimate {
  readonly weightBytes: number;
  readonly kvCacheBytes: number;
  readonly activationBytes: number;
  readonly totalBytes: number;
  readonly largestBindingBytes: number;
  /** Largest single binding the device takes; Infinity on WASM. */
  readonly bindingLimitBytes: number;
  /** What may be held in all: the WASM heap, or the user's budget for the GPU (browsers do not tell its size). */
  readonly budgetBytes: number;
  readonly alreadyHeldBytes: number;
  readonly fits: boolean;
  /** Why it does not fit, with numbers and a remedy; empty when it does. */
  readonly refusals: readonly string[];
}

export interface LoadProgress {
  readonly phase: 'reading' | 'compiling';
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly bytesPerSecond: number;
  /** Seconds left at the present rate; null while unknown. */
  readonly etaSeconds: number | null;
  readonly tensor?: string;
}

/** How far converted weights are from the stored ones, over all quantized matrices. */
export interface QuantizationError {
  readonly relativeFrobenius: number;
  readonly maxAbs: number;
  readonly worstTensor: { readonly name: string; readonly relativeFrobenius: number };
}

export interface LoadedModel {
  readonly id: ModelId;
  readonly device: Device;
  /** What computes, as far as it tells: "vendor nvidia, architecture ampere, shader-f16". Part of the identity of results. */
  readonly adapter: string;
  readonly dtype: WeightDtype;
  readonly weightBytes: number;
  readonly bytesRead: number;
  readonly seconds: number;
  readonly fromStorage: boolean;
  /** SHA-256 of the stored tensors that were read whole, by canonical name: see `TensorHash`. Of a kept copy: when it was made. */
  readonly hashes?: Readonly<Record<string, string>>;
  /** What went otherwise than asked, e.g. that no copy could be kept. */
  readonly notices?: readonly string[];
  readonly quantization: QuantizationError | null;
}

/** One zero ablation: the named part of LLM layer `layer` (0-based) contributes nothing to the residual stream. */
export interface Ablation {
  readonly layer: number;
  readonly part: 'layer' | 'attention' | 'mlp';
}

/** Replacement of K (after RoPE) and V at chosen positions by those captured from another prompt, at prefill. */
export interface SwapSpec {
  readonly layers: readonly number[];
  /** Where in the expanded prompt; default: its image tokens. Another count than captured is resampled. */
  readonly positions?: readonly number[];
  /** A handle returned by `captureImageKv`. */
  readonly source: string;
}

/** One counterfactual: what differs from the plain run in this row of the batch. An empty row is the baseline. */
export interface RowSpec {
  readonly ablate?: readonly Ablation[];
  readonly swap?: SwapSpec;
}

/** How images are read; every probe and every answer carries it. */
export type ImageReading = Pick<PromptSpec, 'maxImagePixels' | 'imageProcessing'>;

export interface PromptSpec {
  /** The question: `prompt` alone, or `messages` for anything else (several turns, images between texts). */
  readonly prompt?: string;
  readonly messages?: readonly ChatMessage[];
  /** Encoded image files (PNG, JPEG, WebP): before the prompt, or in the messages' image parts, in order. */
  readonly images?: readonly Blob[];
  /** Scales larger images down to this many pixels; default: `DEFAULT_MAX_IMAGE_PIXELS`. The checkpoint's own limit holds, too. */
  readonly maxImagePixels?: number;
  /** How pixels are made of the images; default: `DEFAULT_IMAGE_PROCESSING`. */
  readonly imageProcessing?: ImageProcessing;
  /** With `prompt`: overrides the chat template's own system prompt; empty string for an empty one. */
  readonly system?: string;
}

export interface Sampling {
  /** 0 is greedy (ties: lowest token id). */
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  /**
   * Above 1, tokens of the prompt and of the answer so far are made less likely (`penalizeRepeated`); default 1: none. Published
   * folders ask for one in generation_config.json, and `generate` of transformers applies it, to greedy answers too.
   */
  readonly repetitionPenalty?: number;
  readonly seed: number;
}

export interface GenerateRequest extends PromptSpec {
  /** Names this piece of work for `cancel`. */
  readonly job: string;
  readonly subject: Subject;
  readonly maxNewTokens: number;
  readonly sampling?: Sampling;
  /** Default: one baseline row. */
  readonly rows?: readonly RowSpec[];
  /** Answers at most this many rows at once; default, and most: as many as memory is estimated to hold. */
  readonly rowsPerBatch?: number;
  /** Also return each token's own piece of the text. */
  readonly pieces?: boolean;
}

export type GenerateEvent =
  | {
      readonly type: 'prompt';
      readonly promptTokens: number;
      readonly imageTokens: number;
      readonly seconds: { readonly vision: number; readonly prefill: number };
    }
  | { readonly type: 'token'; readonly row: number; readonly token: number; readonly text: string };

export type StopReason = 'end' | 'length' | 'image-token' | 'cancelled';

export interface GeneratedRow {
  readonly tokens: readonly number[];
  readonly text: string;
  readonly stop: StopReason;
  /** Of a swapped row: how many tokens its source had. Another number than were replaced was resampled. */
  readonly sourceTokens?: number;
  /** What each token added to the text; bytes of an unfinished character wait for the token that finishes it. */
  readonly pieces?: readonly string[];
}

/** What was answered to one prompt. */
export interface PromptAnswers {
  readonly rows: readonly GeneratedRow[];
  readonly promptTokens: number;
  readonly imageTokens: number;
  /** `[start, count]` of each image's tokens in the prompt. */
  readonly imageSpans: readonly (readonly [start: number, count: number])[];
}

export interface GenerateResult extends PromptAnswers {
  readonly device: Device;
  readonly dtype: WeightDtype;
  readonly seconds: { readonly vision: number; readonly prefill: number; readonly decode: number };
}

/** Several prompts, answered by one subject; their rows share batches. */
export interface GenerateAllRequest extends Omit<GenerateRequest, keyof PromptSpec | 'rows' | 'pieces'> {
  readonly prompts: readonly (PromptSpec & Pick<GenerateRequest, 'rows'>)[];
}

/** What to bring back from one forward pass (no generation). Positions index the expanded prompt. */
export interface CaptureSpec {
  /** After the embedding and after each layer, before the final norm. */
  readonly hidden?: 'last' | 'all';
  /** Attention onto `keys` from each of `queries`, per layer and head: their sum, or `perKey` each by itself. */
  readonly attention?: {
    readonly keys: readonly number[];
    readonly queries: readonly number[];
    readonly perKey?: boolean;
  };
  /** What the final norm and the head make of the last position's hidden state after each layer (logit lens). */
  readonly lens?: { readonly tokens: readonly number[] };
  readonly visionEmbeddings?: boolean;
}

export interface ForwardRequest extends PromptSpec {
  readonly job: string;
  readonly subject: Subject;
  readonly rows?: readonly RowSpec[];
  /** Token ids appended to the prompt (a fixed response, teacher-forced). */
  readonly continuation?: readonly number[];
  readonly capture?: CaptureSpec;
}

/** The next-token distribution that a hidden state has when it is read out as if it were the last one. */
export interface LensReading {
  /** The most likely token; on a tie the lowest id. */
  readonly top: { readonly token: number; readonly text: string; readonly probability: number };
  /** The tokens asked for, in order. Rank 1 is the most likely; of equal ones the lowest id comes first. */
  readonly asked: readonly { readonly token: number; readonly probability: number; readonly rank: number }[];
}

export interface ForwardRow {
  /** `[vocabSize]`, last position. */
  readonly logits: Float32Array;
  /** `[L + 1][positions × hiddenSize]`. */
  readonly hidden?: readonly Float32Array[];
  /**
   * `[L][heads × queries]`: attention mass (sum over `keys`). Divide by the number of keys for the mean. With `perKey`
   * `[L][heads × queries × keys]`, each key's own.
   */
  readonly attentionMass?: readonly Float32Array[];
  /** `[L + 1]`: after the embedding and after each layer. */
  readonly lens?: readonly LensReading[];
}

export interface ForwardResult {
  readonly rows: readonly ForwardRow[];
  readonly promptTokenIds: readonly number[];
  /** `[start, count]` of each image's tokens. */
  readonly imageSpans: readonly (readonly [start: number, count: number])[];
  /** Rows and columns of each image's tokens. */
  readonly imageGrids: readonly (readonly [rows: number, columns: number])[];
  /** Per image `[tokens × outHiddenSize]`. */
  readonly visionEmbeddings?: readonly Float32Array[];
  readonly seconds: number;
}

export interface CaptureKvRequest extends PromptSpec {
  readonly job: string;
  readonly subject: Subject;
  /** What to keep of the expanded prompt; default: its image tokens. */
  readonly positions?: readonly number[];
}

/** Converted weights kept in origin-private storage. */
export interface StoredWeights {
  readonly key: string;
  readonly name: string;
  readonly dtype: WeightDtype;
  readonly bytes: number;
}

/** What the engine is doing about its own health; shown, never hidden. */
export type EngineStatus =
  | { readonly state: 'ready' }
  | { readonly state: 'rebuilding'; readonly reason: string }
  | { readonly state: 'failed'; readonly reason: string };

/**
 * The engine as the page sees it. Every method rejects with a NamedError. Work that takes long carries a
 * `job` name, and `cancel(job)` makes it reject with `Cancelled` (generation resolves with what it has).
 */
export interface EngineApi {
  capabilities(): Promise<Capabilities>;
  /**
   * Reads headers, config and tokenizer of a folder. Keys of `files` are paths relative to it. Once `signal` is aborted it
   * rejects at once with the signal's reason, and what was begun is given up.
   */
  open(name: string, files: CheckpointFiles, signal?: AbortSignal): Promise<OpenedCheckpoint>;
  /** What `open` read of the folder: for work that reads weights itself. Nothing is read again. */
  modelFolder(id: ModelId): Promise<ModelFolder>;
  /** Likewise its tokens: some 150,000. */
  vocabulary(id: ModelId): Promise<Vocabulary>;
  estimate(id: ModelId, options: LoadOptions, rows?: number, tokens?: number): Promise<MemoryEstimate>;
  /** How many tokens the checkpoint's own tokenizer cuts each text into. */
  countTokens(id: ModelId, texts: readonly string[]): Promise<readonly number[]>;
  load(
    job: string,
    id: ModelId,
    options: LoadOptions,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<LoadedModel>;
  /** Gives the weights back; the checkpoint stays open. */
  unload(id: ModelId): Promise<void>;
  /** Unloads and forgets the folder. */
  close(id: ModelId): Promise<void>;
  generate(request: GenerateRequest, onEvent: (event: GenerateEvent) => void): Promise<GenerateResult>;
  /** As `generate` for each prompt, in the prompts' order; without events. */
  generateAll(request: GenerateAllRequest): Promise<readonly PromptAnswers[]>;
  forward(request: ForwardRequest): Promise<ForwardResult>;
  /** Runs the prompt and keeps every layer's K and V at the chosen positions; returns a handle. */
  captureImageKv(request: CaptureKvRequest): Promise<string>;
  releaseKv(handle: string): Promise<void>;
  cancel(job: string): Promise<void>;
  storedWeights(): Promise<readonly StoredWeights[]>;
  deleteStoredWeights(key: string): Promise<void>;
  onStatus(listener: (status: EngineStatus) => void): Promise<void>;
}
