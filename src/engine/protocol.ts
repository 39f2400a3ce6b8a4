/** The engine's calls, as they cross the boundary between the page and its worker: plain data only, apart from callbacks. */
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import type { ModelFolder } from '../vlm/model-folder.ts';
import type { WeightsFolder } from '../vlm/weights-folder.ts';
import type { Vocabulary } from '../vlm/vocabulary.ts';
import type { Capabilities } from './protocol/capabilities.ts';
import type { OpenedCheckpoint } from './protocol/checkpoint.ts';
import type { Device } from './protocol/device.ts';
import type {
  CaptureAllKvRequest,
  CaptureKvRequest,
  ForwardRequest,
  ForwardResult,
} from './protocol/forward.ts';
import type {
  GenerateAllRequest,
  GenerateEvent,
  GenerateRequest,
  GenerateResult,
  PromptAnswers,
} from './protocol/generation.ts';
import type {
  LoadOptions,
  LoadProgress,
  LoadedModel,
  MemoryEstimate,
  PlannedTurns,
  StoredWeights,
} from './protocol/loading.ts';
import type { AnswerScores, ScoreProgress, ScoreRequest } from './protocol/scores.ts';
import type { ModelId, Subject } from './subject.ts';
import type { WorkOfEngine } from './worked.ts';

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
  modelFolder(id: ModelId): Promise<ModelFolder | WeightsFolder>;
  /** Likewise its tokens, some 150,000; null where it has no tokenizer.json. */
  vocabulary(id: ModelId): Promise<Vocabulary | null>;
  estimate(id: ModelId, options: LoadOptions, rows?: number, tokens?: number): Promise<MemoryEstimate>;
  /**
   * What it takes that subjects are asked one after another, `rows` answers of up to `tokens` positions at a time and each as often as
   * `batches` says, where memory was stated when they were loaded; null where it was not.
   */
  turns(
    subjects: readonly Subject[],
    rows?: number,
    tokens?: number,
    batches?: readonly number[],
  ): Promise<PlannedTurns | null>;
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
  /** What several models say of every token of one answer. */
  scoreAnswer(request: ScoreRequest, onProgress?: (progress: ScoreProgress) => void): Promise<AnswerScores>;
  /** Runs the prompt and keeps every layer's K and V at the chosen positions; returns a handle. */
  captureImageKv(request: CaptureKvRequest): Promise<string>;
  /** As `captureImageKv` for each prompt: a handle for each, or none where one fails. */
  captureImagesKv(request: CaptureAllKvRequest): Promise<readonly string[]>;
  releaseKv(handle: string): Promise<void>;
  cancel(job: string): Promise<void>;
  /** What it and its lanes have computed on a device. One that does not count has no such call. */
  worked?(device: Device): Promise<readonly WorkOfEngine[]>;
  storedWeights(): Promise<readonly StoredWeights[]>;
  deleteStoredWeights(key: string): Promise<void>;
  onStatus(listener: (status: EngineStatus) => void): Promise<void>;
}
