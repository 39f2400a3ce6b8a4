/** The page's side of the engine: a worker that is replaced when it, or its GPU, dies. */
import type { Remote } from 'comlink';
import { proxy, wrap } from 'comlink';
import type { BufferBytes } from './backend/buffer-account.ts';
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { NamedError } from '../named-error.ts';
import { FATAL_ERROR_NAMES } from './backend/module-error.ts';
import type { TensorDescription } from './describe-tensors.ts';
import { installErrorTransfer } from '../work/error-transfer.ts';
import type { EngineHost } from './host.ts';
import { settlesWithin, unlessAborted } from './giving-up.ts';
import { openJob } from './jobs.ts';
import { Lifeline } from '../work/lifeline.ts';
import type {
  Capabilities,
  CaptureKvRequest,
  Device,
  EngineApi,
  EngineStatus,
  ForwardRequest,
  ForwardResult,
  GenerateAllRequest,
  GenerateEvent,
  GenerateRequest,
  GenerateResult,
  GeneratedRow,
  LoadOptions,
  LoadProgress,
  LoadedModel,
  MemoryEstimate,
  OpenedCheckpoint,
  PromptAnswers,
  StoredWeights,
} from './protocol.ts';
import type { ModelFolder } from '../vlm/model-folder.ts';
import type { Vocabulary } from '../vlm/vocabulary.ts';
import type { ModelId } from './subject.ts';
import { plainReason } from '../plain-reason.ts';
import { cancelled } from '../work/cancel.ts';

/** One incarnation of the worker. */
interface Life {
  readonly worker: Worker;
  readonly host: Remote<EngineHost>;
  /** Cut when the worker or its device is gone. */
  readonly line: Lifeline;
  /** Devices whose loss is watched. */
  readonly watched: Set<Device>;
}

/** Of one row, what the page has heard already. */
interface Told {
  readonly tokens: readonly number[];
  readonly text: string;
}

/** A call that kills the worker this often is the cause, not the victim. */
const MAX_ATTEMPTS = 3;
/** No step of an opening takes a second (`checkpoint/limits.ts`); ten are for a machine that is busy. */
const ANSWER_MS = 10_000;

/** Starts the engine. `spawn` makes its worker. */
export function connectEngine(spawn: () => Worker = spawnEngineWorker): EngineClient {
  return new EngineClient(spawn);
}

function spawnEngineWorker(): Worker {
  return new Worker(new URL('../../workers/engine.ts', import.meta.url), { type: 'module', name: 'engine' });
}

/**
 * EngineApi over a worker. What was opened, loaded and captured is remembered; when the worker dies a new one
 * is given the same files, and calls under way are made again. Decoding is deterministic, so a repeated
 * generation gives the same tokens, and those already seen are not reported twice.
 */
export class EngineClient implements EngineApi {
  readonly #spawn: () => Worker;
  readonly #opened = new Map<ModelId, { readonly name: string; readonly files: CheckpointFiles }>();
  readonly #loaded = new Map<ModelId, { readonly options: LoadOptions; readonly adapter: string }>();
  readonly #captured = new Map<string, CaptureKvRequest>();
  readonly #cancelled = new Set<string>();
  readonly #listeners = new Set<(status: EngineStatus) => void>();
  #life: Promise<Life>;
  #serial = 0;
  /** Calls under way, openings aside: work on the CPU may keep the engine from answering for long. */
  #working = 0;

  constructor(spawn: () => Worker) {
    installErrorTransfer();
    this.#spawn = spawn;
    this.#life = Promise.resolve(this.#begin());
  }

  capabilities(): Promise<Capabilities> {
    return this.#call((host) => host.capabilities());
  }

  async open(name: string, files: CheckpointFiles, signal?: AbortSignal): Promise<OpenedCheckpoint> {
    signal?.throwIfAborted();
    const id = `model-${this.#serial++}` as ModelId;
    const opening = this.#attempt(
      (host) => host.open(id, name, files),
      () => signal?.throwIfAborted(),
    );
    const summary = await unlessAborted(opening, signal, () => void this.#giveUp(id, opening));
    this.#opened.set(id, { name, files });
    return summary;
  }

  /** Ends an opening. An engine that does not even hear of it, and does nothing else, is replaced like one that died. */
  async #giveUp(id: ModelId, opening: Promise<unknown>): Promise<void> {
    opening.then(
      () => this.close(id),
      () => undefined,
    );
    const life = await this.#life;
    if ((await settlesWithin(life.host.cancel(openJob(id)), ANSWER_MS)) || this.#working > 0) return;
    const what = 'the engine did not answer while a folder was opened';
    life.line.cut(new NamedError('ModuleAborted', what, {}, 'the engine restarts by itself'));
  }

  async modelFolder(id: ModelId): Promise<ModelFolder> {
    const folder = await this.#call((host) => host.modelFolder(id));
    const files = this.#opened.get(id)?.files ?? folder.checkpoint.files;
    return { ...folder, checkpoint: { ...folder.checkpoint, files } };
  }

  vocabulary(id: ModelId): Promise<Vocabulary> {
    return this.#call((host) => host.vocabulary(id));
  }

  /** What a folder holds, tensor by tensor. */
  describe(id: ModelId): Promise<readonly TensorDescription[]> {
    return this.#call((host) => host.describe(id));
  }

  async estimate(id: ModelId, options: LoadOptions, rows?: number, tokens?: number): Promise<MemoryEstimate> {
    return this.#call((host) => host.estimate(id, options, rows, tokens));
  }

  countTokens(id: ModelId, texts: readonly string[]): Promise<readonly number[]> {
    return this.#call((host) => host.countTokens(id, texts));
  }

  async load(
    job: string,
    id: ModelId,
    options: LoadOptions,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<LoadedModel> {
    // Loading anew begins with giving back what was there.
    this.#loaded.delete(id);
    const loaded = await this.#job(job, async (host, life) => {
      await this.#watch(life, options.device);
      // Making a device ready takes seconds, in which the worker knows of no such job.
      if (this.#cancelled.has(job)) throw cancelled();
      return host.load(job, id, options, proxy(onProgress));
    });
    this.#loaded.set(id, { options, adapter: loaded.adapter });
    return loaded;
  }

  async unload(id: ModelId): Promise<void> {
    this.#loaded.delete(id);
    await this.#call((host) => host.unload(id));
  }

  async close(id: ModelId): Promise<void> {
    this.#loaded.delete(id);
    this.#opened.delete(id);
    await this.#call((host) => host.close(id));
  }

  async generate(request: GenerateRequest, onEvent: (event: GenerateEvent) => void): Promise<GenerateResult> {
    const { job } = request;
    const told = new Map<number, Told>();
    let prompted = false;
    this.#cancelled.delete(job);
    const result = await this.#call((host) => {
      const seen = new Map<number, number>();
      const report = (event: GenerateEvent): void => {
        if (event.type === 'prompt') {
          if (!prompted) onEvent(event);
          prompted = true;
          return;
        }
        const { row, token, text } = event;
        const count = (seen.get(row) ?? 0) + 1;
        seen.set(row, count);
        const before = told.get(row) ?? { tokens: [], text: '' };
        if (count <= before.tokens.length) return;
        told.set(row, { tokens: [...before.tokens, token], text: before.text + text });
        onEvent(event);
      };
      const running = host.generate(request, proxy(report));
      // A cancel may have died with the worker it was sent to.
      if (this.#cancelled.has(job)) void host.cancel(job);
      return running;
    });
    return { ...result, rows: result.rows.map((row, index) => keepTold(row, told.get(index))) };
  }

  generateAll(request: GenerateAllRequest): Promise<readonly PromptAnswers[]> {
    return this.#job(request.job, (host) => host.generateAll(request));
  }

  forward(request: ForwardRequest): Promise<ForwardResult> {
    return this.#job(request.job, (host) => host.forward(request));
  }

  async captureImageKv(request: CaptureKvRequest): Promise<string> {
    const handle = `kv-${this.#serial++}`;
    await this.#job(request.job, (host) => host.captureImageKv(request, handle));
    this.#captured.set(handle, request);
    return handle;
  }

  async releaseKv(handle: string): Promise<void> {
    this.#captured.delete(handle);
    await this.#call((host) => host.releaseKv(handle));
  }

  async cancel(job: string): Promise<void> {
    this.#cancelled.add(job);
    await this.#call((host) => host.cancel(job));
  }

  storedWeights(): Promise<readonly StoredWeights[]> {
    return this.#call((host) => host.storedWeights());
  }

  deleteStoredWeights(key: string): Promise<void> {
    return this.#call((host) => host.deleteStoredWeights(key));
  }

  onStatus(listener: (status: EngineStatus) => void): Promise<void> {
    this.#listeners.add(listener);
    return Promise.resolve();
  }

  /** Bytes of all buffers of the GPU, now and at most; null where the device is none. */
  bufferBytes(device: Device): Promise<BufferBytes | null> {
    return this.#call((host) => host.bufferBytes(device));
  }

  /** Takes the device away, as a driver reset would; the engine is expected to recover. */
  async loseDevice(device: Device): Promise<void> {
    const { host } = await this.#life;
    await host.loseDevice(device);
  }

  async #job<T>(job: string, work: (host: Remote<EngineHost>, life: Life) => Promise<T>): Promise<T> {
    this.#cancelled.delete(job);
    return this.#call(work, () => {
      if (this.#cancelled.has(job)) throw cancelled();
    });
  }

  async #call<T>(
    work: (host: Remote<EngineHost>, life: Life) => Promise<T>,
    beforeRetry?: () => void,
  ): Promise<T> {
    this.#working += 1;
    try {
      return await this.#attempt(work, beforeRetry);
    } finally {
      this.#working -= 1;
    }
  }

  async #attempt<T>(
    work: (host: Remote<EngineHost>, life: Life) => Promise<T>,
    beforeRetry: () => void = () => undefined,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const life = await this.#life;
      if (attempt > 1) beforeRetry();
      try {
        return await life.line.guard(work(life.host, life));
      } catch (error) {
        if (!isFatal(error)) throw error;
        this.#replace(life, error);
        if (attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  #begin(): Life {
    const worker = this.#spawn();
    const line = new Lifeline();
    worker.addEventListener('error', (event) => {
      // Handled here: left alone it would count as an error of the page.
      event.preventDefault();
      const what = event.message || 'the engine worker could not be started';
      line.cut(new NamedError('ModuleAborted', what, {}, 'the engine restarts by itself'));
    });
    return { worker, host: wrap<EngineHost>(worker), line, watched: new Set() };
  }

  /** Puts a new worker in the place of `life`, unless that has happened already. */
  #replace(life: Life, reason: NamedError): void {
    const before = this.#life;
    const after = before.then((current) => {
      if (current !== life) return current;
      life.worker.terminate();
      return this.#rebuild(reason);
    });
    this.#life = after;
    after.catch(() => undefined);
  }

  async #rebuild(reason: NamedError): Promise<Life> {
    this.#tell({ state: 'rebuilding', reason: reason.what });
    const life = this.#begin();
    try {
      // A worker that dies meanwhile answers nothing any more.
      await life.line.guard(this.#restore(life));
    } catch (error) {
      const why = error instanceof NamedError ? error.message : plainReason(error);
      this.#tell({ state: 'failed', reason: why });
      // The next call starts over from the files.
      life.line.cut(new NamedError('ModuleAborted', why, {}, 'open the checkpoints again'));
      return life;
    }
    this.#tell({ state: 'ready' });
    return life;
  }

  /** Gives a new worker what the last one had: folders, models, captured images. */
  async #restore(life: Life): Promise<void> {
    for (const [id, { name, files }] of this.#opened) await life.host.open(id, name, files);
    for (const [id, { options, adapter }] of this.#loaded) {
      await this.#watch(life, options.device);
      const now = await life.host.adapter(options.device);
      // Work under way would go on with numbers of another kind, under the name of these.
      if (now !== adapter) throw otherAdapter(adapter, now);
      await life.host.load(
        `rebuild ${id}`,
        id,
        options,
        proxy(() => undefined),
      );
    }
    for (const [handle, request] of this.#captured) {
      const { layers, rest } = request.subject;
      // Captured by a model that has been unloaded since: it cannot be made again, and need not hold up the rest.
      if ([rest, ...layers].every((id) => this.#loaded.has(id))) {
        await life.host.captureImageKv(request, handle);
      } else this.#captured.delete(handle);
    }
  }

  async #watch(life: Life, device: Device): Promise<void> {
    if (life.watched.has(device)) return;
    life.watched.add(device);
    const onLost = (reason: string): void =>
      life.line.cut(new NamedError('DeviceLost', reason, {}, 'the engine restarts by itself'));
    try {
      await life.host.watch(device, proxy(onLost));
    } catch (error) {
      life.watched.delete(device);
      throw error;
    }
  }

  #tell(status: EngineStatus): void {
    for (const listener of this.#listeners) listener(status);
  }
}

/** A run that was cancelled while it was made again has got less far than before: what was told stays. */
function keepTold(row: GeneratedRow, told: Told | undefined): GeneratedRow {
  return told && told.tokens.length > row.tokens.length ? { ...row, ...told } : row;
}

function otherAdapter(before: string, now: string): NamedError {
  return new NamedError(
    'OtherAdapter',
    `the models were loaded on ${before}, and the browser now gives ${now}`,
    {},
    'close the checkpoints and open them again: results of two GPUs are not mixed',
  );
}

function isFatal(error: unknown): error is NamedError {
  return error instanceof NamedError && FATAL_ERROR_NAMES.has(error.name);
}
