import type {
  CaptureKvRequest,
  ForwardRequest,
  ForwardResult,
  GenerateAllRequest,
  GenerateEvent,
  GenerateRequest,
  GenerateResult,
  PromptAnswers,
} from '../engine/protocol.ts';
import { NamedError } from '../named-error.ts';

/** What probes ask of an engine: the page's, over a worker, or one in the same thread. */
export interface ProbeEngine {
  generate(request: GenerateRequest, onEvent: (event: GenerateEvent) => void): Promise<GenerateResult>;
  generateAll(request: GenerateAllRequest): Promise<readonly PromptAnswers[]>;
  forward(request: ForwardRequest): Promise<ForwardResult>;
  captureImageKv(request: CaptureKvRequest): Promise<string>;
  releaseKv(handle: string): Promise<void> | void;
  cancel(job: string): Promise<void> | void;
}

export function cancelled(): NamedError {
  return new NamedError('Cancelled', 'the run was cancelled', {}, 'run again to go on from here');
}

/**
 * One call to the engine that ends with `signal`: the engine is told, and its call is not waited for, so that a cancel
 * takes effect at once however long the run under way takes on the device.
 *
 * @throws NamedError `Cancelled`.
 */
export async function asJob<T>(
  engine: Pick<ProbeEngine, 'cancel'>,
  signal: AbortSignal | undefined,
  call: (job: string) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw cancelled();
  const job = `probe ${crypto.randomUUID()}`;
  const running = call(job);
  if (!signal) return running;
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      void engine.cancel(job);
      reject(cancelled());
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  running.catch(() => undefined);
  try {
    return await Promise.race([running, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
