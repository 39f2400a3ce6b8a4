/** The page's side of the engine: its calls. */
import type { Remote } from 'comlink';
import { proxy } from 'comlink';
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import type { ModelFolder } from '../vlm/model-folder.ts';
import type { WeightsFolder } from '../vlm/weights-folder.ts';
import type { Vocabulary } from '../vlm/vocabulary.ts';
import { threadsOf, wasmName } from '../work/adapter-name.ts';
import { cancelled } from '../work/cancel.ts';
import { installErrorTransfer } from '../work/error-transfer.ts';
import type { BufferBytes } from './backend/buffer-account.ts';
import { Connection } from './connection.ts';
import type { TensorDescription } from './describe-tensors.ts';
import type { HeldModel, SharedModel } from './engine-contents.ts';
import { EngineContents, takeOver } from './engine-contents.ts';
import { EngineThread } from './engine-thread.ts';
import { settlesWithin, unlessAborted } from './bounded-wait.ts';
import type { EngineHost } from './host.ts';
import { openJob } from './jobs.ts';
import { Lanes } from './lanes.ts';
import type { EngineApi, EngineStatus } from './protocol.ts';
import type { Capabilities } from './protocol/capabilities.ts';
import type { OpenedCheckpoint } from './protocol/checkpoint.ts';
import type { Device } from './protocol/device.ts';
import type {
  CaptureAllKvRequest,
  CapturedPrompt,
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
import { RepeatedGeneration } from './repeated-generation.ts';
import type { EngineStarter } from './starter.ts';
import type { ModelId } from './subject.ts';
import type { PlainCost, WorkOfEngine } from './worked.ts';

/** No step of an opening takes a second (`checkpoint/limits.ts`); ten are for a machine that is busy. */
const ANSWER_MS = 10_000;

/** Starts the engine. `spawn` makes its worker; `lanes` as of `EngineSettings`, by default as many as this machine has use for. */
export function connectEngine(
  spawn: () => Worker = spawnEngineWorker,
  lanes: EngineSettings['lanes'] = lanesOfMachine,
): EngineClient {
  return new EngineClient(spawn, lanes === undefined ? {} : { lanes });
}

async function lanesOfMachine(models: readonly HeldModel[], engine: EngineClient): Promise<number> {
  const { lanesFor } = await import('./lane-count.ts');
  return lanesFor(models, engine);
}

function spawnEngineWorker(): Worker {
  return new Worker(new URL('../../workers/engine.ts', import.meta.url), { type: 'module', name: 'engine' });
}

export interface EngineSettings {
  /** Into how many lanes sweeps of these models are spread: a number, or who counts them. Left out: one. */
  readonly lanes?: number | ((models: readonly HeldModel[], engine: EngineClient) => Promise<number>);
  /** As of `EngineHost`. */
  readonly threads?: number;
  /** Told of its health. */
  readonly listeners?: Set<(status: EngineStatus) => void>;
}

/** A lane is worth its start for so many samples. */
const SAMPLES_PER_LANE = 4;

/**
 * EngineApi over a worker. What was opened, loaded and captured is remembered; when the worker dies a new one
 * is given the same files, and calls under way are made again.
 */
export class EngineClient implements EngineApi {
  readonly #contents = new EngineContents();
  readonly #connection: Connection;
  readonly #lanes: Lanes<EngineClient>;
  readonly #settings: EngineSettings;
  readonly #listeners: Set<(status: EngineStatus) => void>;
  readonly #cancelled = new Set<string>();
  #serial = 0;
  /** Calls under way, openings aside: work on the CPU may keep the engine from answering for long. */
  #working = 0;

  constructor(spawn: () => Worker, settings: EngineSettings = {}) {
    installErrorTransfer();
    const { threads, listeners = new Set() } = (this.#settings = settings);
    this.#listeners = listeners;
    this.#lanes = new Lanes(() => new EngineClient(spawn, { threads: 1, listeners }));
    this.#connection = new Connection(
      () => new EngineThread(spawn(), threads),
      (thread) => this.#contents.restore(thread),
      (status) => listeners.forEach((listener) => listener(status)),
    );
  }

  capabilities(): Promise<Capabilities> {
    return this.#atOnce((starter) => starter.capabilities());
  }

  async open(name: string, files: CheckpointFiles, signal?: AbortSignal): Promise<OpenedCheckpoint> {
    signal?.throwIfAborted();
    const id = `model-${this.#serial++}` as ModelId;
    const opening = this.#connection.call(
      ({ host }) => host.open(id, name, files),
      () => signal?.throwIfAborted(),
    );
    const summary = await unlessAborted(opening, signal, () => void this.#giveUp(id, opening));
    this.#contents.opened.set(id, { files, summary });
    return summary;
  }

  /** Ends an opening. An engine that does not even hear of it, and does nothing else, is replaced like one that died. */
  async #giveUp(id: ModelId, opening: Promise<unknown>): Promise<void> {
    opening.then(
      () => this.close(id),
      () => undefined,
    );
    const thread = await this.#connection.thread;
    if ((await settlesWithin(thread.host.cancel(openJob(id)), ANSWER_MS)) || this.#working > 0) return;
    thread.fail('ModuleAborted', 'the engine did not answer while a folder was opened');
  }

  async modelFolder(id: ModelId): Promise<ModelFolder | WeightsFolder> {
    const folder = await this.#call(async (host): Promise<ModelFolder | WeightsFolder> =>
      host.modelFolder(id),
    );
    const files = this.#contents.opened.get(id)?.files ?? folder.checkpoint.files;
    return { ...folder, checkpoint: { ...folder.checkpoint, files } };
  }

  vocabulary(id: ModelId): Promise<Vocabulary | null> {
    return this.#call((host) => host.vocabulary(id));
  }

  /** What a folder holds, tensor by tensor. */
  describe(id: ModelId): Promise<readonly TensorDescription[]> {
    return this.#call((host) => host.describe(id));
  }

  async estimate(id: ModelId, options: LoadOptions, rows?: number, tokens?: number): Promise<MemoryEstimate> {
    return this.#call((host) => host.estimate(id, options, rows, tokens));
  }

  turns(...asked: Parameters<EngineApi['turns']>): Promise<PlannedTurns | null> {
    return this.#call((host) => host.turns(...asked));
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
    // Loading again begins with giving back what was there.
    this.#contents.loaded.delete(id);
    const loaded = await this.#job(job, async (host, thread) => {
      await this.#lanes.drop(id);
      await thread.watch(options.device);
      // Making a device ready takes seconds, in which the worker knows of no such job.
      if (this.#cancelled.has(job)) throw cancelled();
      return host.load(job, id, options, proxy(onProgress));
    });
    const { adapter, weightBytes } = loaded;
    this.#contents.loaded.set(id, { options, adapter, weightBytes });
    return loaded;
  }

  async unload(id: ModelId): Promise<void> {
    this.#contents.loaded.delete(id);
    await Promise.all([this.#lanes.drop(id), this.#call((host) => host.unload(id))]);
  }

  async close(id: ModelId): Promise<void> {
    this.#contents.loaded.delete(id);
    this.#contents.opened.delete(id);
    await Promise.all([this.#lanes.drop(id), this.#call((host) => host.close(id))]);
  }

  /**
   * Engines of one thread each that answer beside each other what is asked of these models: this one among them where it has but one
   * thread itself. Each comes as soon as the models are loaded in it, and has them until they are given back here; one that cannot be
   * made ready rejects. Where that is not worth it, or models are not on WASM, this one alone.
   *
   * @param samples how many pieces of work there are
   */
  async lanes(models: readonly ModelId[], samples: number): Promise<readonly Promise<EngineClient>[]> {
    const alone = [Promise.resolve(this)];
    const count = await this.#laneCount(models, Math.floor(samples / SAMPLES_PER_LANE));
    // What is given back while lanes are counted is not loaded again.
    const held = this.#contents.held(models);
    if (count < 2 || !held) return alone;
    const shared = held.map((model): SharedModel => ({
      ...model,
      handOver: () => this.#call((host) => host.handOver(model.id)),
    }));
    if (!held.every(({ loaded }) => loaded.adapter === wasmName(1))) return this.#lanes.take(count, shared);
    return [...alone, ...this.#lanes.take(count - 1, shared)];
  }

  async #laneCount(models: readonly ModelId[], most: number): Promise<number> {
    const { lanes = 1 } = this.#settings;
    const held = this.#contents.held(models);
    // A stated memory is that of one engine.
    const alike = ({ options }: HeldModel['loaded']): boolean =>
      options.device === 'wasm' && options.memory === undefined;
    if (most < 2 || !held?.every(({ loaded }) => alike(loaded))) return 1;
    return Math.min(most, typeof lanes === 'number' ? lanes : await lanes(held, this));
  }

  /** Has what another engine has loaded. @throws NamedError those of `takeOver` */
  async hold(models: readonly SharedModel[]): Promise<void> {
    const missing = models.filter(({ id }) => !this.#contents.loaded.has(id));
    await Promise.all(
      missing.map(async (model) => {
        const { id, folder, loaded } = model;
        // What is kept of its weights is the first engine's to write.
        const here = { ...loaded, adapter: wasmName(1), options: { ...loaded.options, keep: false } };
        await this.#call((_, thread) => takeOver(thread, model, here));
        this.#contents.opened.set(id, folder);
        this.#contents.loaded.set(id, here);
      }),
    );
  }

  /** What its worker has computed on the device since that began, and those of its lanes. @throws NamedError those of the engine */
  async worked(device: Device): Promise<readonly WorkOfEngine[]> {
    const adapters = [...this.#contents.loaded.values()].map(({ adapter }) => adapter);
    const threads = adapters.map(threadsOf).find((count) => count !== null) ?? null;
    const [own, ...lanes] = await Promise.all([
      this.#call((host) => host.account(device)),
      ...this.#lanes.ready.map((lane) => lane.worked(device)),
    ]);
    return [{ ...own, engine: this, threads }, ...lanes.flat()];
  }

  /** As of `Engine`. @throws NamedError those of the engine */
  plainCost(): Promise<PlainCost | null> {
    return this.#call((host) => host.plainCost());
  }

  /** Whether any checkpoint is open here. */
  get holdsAny(): boolean {
    return this.#contents.opened.size > 0;
  }

  /** Ends its worker, and those of its lanes; it can be asked nothing more. */
  async end(): Promise<void> {
    await Promise.all([this.#lanes.end(), this.#connection.end()]);
  }

  async generate(request: GenerateRequest, onEvent: (event: GenerateEvent) => void): Promise<GenerateResult> {
    const { job } = request;
    const generation = new RepeatedGeneration(onEvent);
    this.#cancelled.delete(job);
    const result = await this.#call((host) => {
      const running = host.generate(request, proxy(generation.listener()));
      // A cancel may have died with the worker it was sent to.
      if (this.#cancelled.has(job)) void host.cancel(job);
      return running;
    });
    return generation.complete(result);
  }

  generateAll(request: GenerateAllRequest): Promise<readonly PromptAnswers[]> {
    return this.#job(request.job, (host) => host.generateAll(request));
  }

  forward(request: ForwardRequest): Promise<ForwardResult> {
    return this.#job(request.job, (host) => host.forward(request));
  }

  scoreAnswer(
    request: ScoreRequest,
    onProgress: (progress: ScoreProgress) => void = () => undefined,
  ): Promise<AnswerScores> {
    return this.#job(request.job, (host) => host.scoreAnswer(request, proxy(onProgress)));
  }

  async captureImageKv(request: CaptureKvRequest): Promise<string> {
    const handle = `kv-${this.#serial++}`;
    await this.#job(request.job, (host) => host.captureImageKv(request, handle));
    this.#contents.captured.set(handle, request);
    return handle;
  }

  async captureImagesKv(request: CaptureAllKvRequest): Promise<readonly string[]> {
    const { job, subject, prompts } = request;
    const handles = prompts.map(() => `kv-${this.#serial++}`);
    await this.#job(job, (host) => host.captureImagesKv(request, handles));
    handles.forEach((handle, index) =>
      this.#contents.captured.set(handle, { job, subject, ...(prompts[index] as CapturedPrompt) }),
    );
    return handles;
  }

  async releaseKv(handle: string): Promise<void> {
    this.#contents.captured.delete(handle);
    await this.#call((host) => host.releaseKv(handle));
  }

  async cancel(job: string): Promise<void> {
    this.#cancelled.add(job);
    await this.#call((host) => host.cancel(job));
  }

  storedWeights(): Promise<readonly StoredWeights[]> {
    return this.#atOnce((starter) => starter.storedWeights());
  }

  deleteStoredWeights(key: string): Promise<void> {
    return this.#atOnce((starter) => starter.deleteStoredWeights(key));
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
    const { host } = await this.#connection.thread;
    await host.loseDevice(device);
  }

  async #job<T>(
    job: string,
    work: (host: Remote<EngineHost>, thread: EngineThread) => Promise<T>,
  ): Promise<T> {
    this.#cancelled.delete(job);
    return this.#call(work, () => {
      if (this.#cancelled.has(job)) throw cancelled();
    });
  }

  /** What needs none of the engine's modules. */
  #atOnce<T>(work: (starter: Remote<EngineStarter>) => Promise<T>): Promise<T> {
    return this.#connection.call(({ starter }) => work(starter));
  }

  async #call<T>(
    work: (host: Remote<EngineHost>, thread: EngineThread) => Promise<T>,
    beforeRetry?: () => void,
  ): Promise<T> {
    this.#working += 1;
    try {
      return await this.#connection.call((thread) => work(thread.host, thread), beforeRetry);
    } finally {
      this.#working -= 1;
    }
  }
}
