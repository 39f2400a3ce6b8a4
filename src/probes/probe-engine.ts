import type {
  CaptureAllKvRequest,
  CaptureKvRequest,
  ForwardRequest,
  ForwardResult,
} from '../engine/protocol/forward.ts';
import type {
  GenerateAllRequest,
  GenerateEvent,
  GenerateRequest,
  GenerateResult,
  PromptAnswers,
} from '../engine/protocol/generation.ts';
import type { AnswerScores, ScoreProgress, ScoreRequest } from '../engine/protocol/scores.ts';
import type { Device } from '../engine/protocol/device.ts';
import type { ModelId } from '../engine/subject.ts';
import type { WorkOfEngine } from '../engine/worked.ts';
import { abortable } from '../work/cancel.ts';

/** What probes ask of an engine: the page's, over a worker, or one in the same thread. */
export interface ProbeEngine {
  generate(request: GenerateRequest, onEvent: (event: GenerateEvent) => void): Promise<GenerateResult>;
  generateAll(request: GenerateAllRequest): Promise<readonly PromptAnswers[]>;
  forward(request: ForwardRequest): Promise<ForwardResult>;
  scoreAnswer(request: ScoreRequest, onProgress?: (progress: ScoreProgress) => void): Promise<AnswerScores>;
  captureImageKv(request: CaptureKvRequest): Promise<string>;
  captureImagesKv(request: CaptureAllKvRequest): Promise<readonly string[]>;
  releaseKv(handle: string): Promise<void> | void;
  cancel(job: string): Promise<void> | void;
  /**
   * Engines that answer `samples` pieces of work on these models beside each other, this one among them or not, each as soon as it
   * is ready; they give the same numbers to the bit. A handle holds on the engine that gave it. One without lanes answers alone.
   */
  lanes?(models: readonly ModelId[], samples: number): Promise<readonly Promise<ProbeEngine>[]>;
  /** What it and its lanes have computed on a device. One that does not count has no such call. */
  worked?(device: Device): Promise<readonly WorkOfEngine[]>;
}

/**
 * One call to the engine that ends with `signal`: the engine is told, and its call is not waited for, so that a cancel
 * takes effect at once however long the run under way takes on the device.
 *
 * @throws NamedError `Cancelled`.
 */
export function asJob<T>(
  engine: Pick<ProbeEngine, 'cancel'>,
  signal: AbortSignal | undefined,
  call: (job: string) => Promise<T>,
): Promise<T> {
  const job = `probe ${crypto.randomUUID()}`;
  return abortable(
    () => call(job),
    signal,
    () => void engine.cancel(job),
  );
}
