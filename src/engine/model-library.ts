/** Opened folders and the checkpoints resident on devices. */
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { architectureTitles } from '../vlm/architecture.ts';
import type { ModelFolder } from '../vlm/model-folder.ts';
import type { WeightsFolder } from '../vlm/weights-folder.ts';
import type { Vocabulary } from '../vlm/vocabulary.ts';
import { NamedError } from '../named-error.ts';
import type { Backend } from './backend/backend.ts';
import type { TensorDescription } from './describe-tensors.ts';
import { describeTensors } from './describe-tensors.ts';
import { estimateMemory } from './estimate.ts';
import type { Folder, StoredFolder } from './folder.ts';
import { openFolder, openStoredFolder } from './folder.ts';
import { DonorChecks } from './donor-checks.ts';
import { type HandedModel, handedModel } from './handed-model.ts';
import { Jobs, openJob } from './jobs.ts';
import { LaterPrompts } from './later-prompts.ts';
import type { OpenedCheckpoint } from './protocol/checkpoint.ts';
import type { Device } from './protocol/device.ts';
import type {
  LoadOptions,
  LoadProgress,
  LoadedModel,
  MemoryEstimate,
  PlannedTurns,
} from './protocol/loading.ts';
import { type HeldModel, type Need, runNeeds, visionNeeds } from './held-weights.ts';
import { readAgain } from './read-again.ts';
import { costOf, inTurns } from './turns-estimate.ts';
import { working } from './working.ts';
import { SerialQueue } from '../work/queue.ts';
import type { Resident, ResidentSubject } from './resident.ts';
import type { ReadyDevice, Surroundings } from './ready-devices.ts';
import { ReadyDevices } from './ready-devices.ts';
import type { Runtime } from './runtime.ts';
import { storedEmbedding } from './stored-embedding.ts';
import type { ModelId, Subject } from './subject.ts';
import { WeightArrays } from './weights/arrays.ts';
import { heldTensors } from './weights/held-tensor.ts';
import { keptKey, weightDates } from './weights/kept.ts';
import { loadWeights } from './weights/load.ts';
import { headShards, planWeights, type PlannedWeight } from './weights/plan.ts';
import { inWideBlocks, linearFormat, storedMatrices } from './weights/stored-blocks.ts';
import { cancelled } from '../work/cancel.ts';

interface Loaded {
  readonly resident: Resident;
  /** `TensorHash`es of what was read, by canonical name. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly ready: ReadyDevice;
  readonly device: Device;
}

/** Weights of a checkpoint that have come. */
interface Held {
  readonly ready: ReadyDevice;
  readonly plan: readonly PlannedWeight[];
  readonly arrays: WeightArrays;
  readonly hashes: ReadonlyMap<string, string>;
  /** That it took. */
  readonly seconds: number;
}

/** What the estimate assumes when not told. */
const DEFAULT_SHAPE = { rows: 1, tokens: 2048 };

export class ModelLibrary {
  readonly #surroundings: Surroundings;
  readonly #devices: ReadyDevices;
  readonly #folders = new Map<ModelId, Folder>();
  /** Those that are open for their weights alone. */
  readonly #stored = new Map<ModelId, StoredFolder>();
  readonly #loaded = new Map<ModelId, Loaded>();
  /** Loads come one after another: what one holds, the estimate of the next has to count. */
  readonly #loads = new SerialQueue();
  readonly #loading = new Map<ModelId, string>();
  readonly #donorChecks = new DonorChecks();
  protected readonly jobs = new Jobs();
  /** Sessions and their outputs are touched by one piece of work at a time. */
  protected readonly queue = new SerialQueue();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#devices = new ReadyDevices(surroundings);
  }

  /** A job called `openJob(id)`. @throws NamedError those of `openFolder`, `Cancelled` */
  open(id: ModelId, name: string, files: CheckpointFiles): Promise<OpenedCheckpoint> {
    return this.jobs.run(openJob(id), async (signal) => {
      let folder: Folder;
      try {
        folder = await openFolder(id, name, files, signal, this.#surroundings.openPrompts);
      } catch (error) {
        const stored = await openStoredFolder(id, name, files, error, signal);
        this.#stored.set(id, stored);
        return stored.summary;
      }
      if (signal.aborted) {
        folder.prompts.close();
        throw cancelled();
      }
      this.#folders.set(id, folder);
      return folder.summary;
    });
  }

  /** The folder behind an id. @throws NamedError `UnknownModel`, `WeightsOnly`. */
  folder(id: ModelId): Folder {
    const folder = this.#folders.get(id);
    const stored = this.#stored.get(id);
    if (stored) {
      throw new NamedError(
        'WeightsOnly',
        stored.why,
        { file: stored.checkpoint.name },
        `open a ${architectureTitles()} checkpoint to run it`,
      );
    }
    if (!folder) throw new NamedError('UnknownModel', `no checkpoint ${id} is open`, {}, 'open it first');
    return folder;
  }

  /** Whether it runs or not. */
  #anyFolder(id: ModelId): Folder | StoredFolder {
    return this.#stored.get(id) ?? this.folder(id);
  }

  /** What was read of a folder when it was opened; without its files, which whoever opened it has. */
  modelFolder(id: ModelId): ModelFolder | WeightsFolder {
    const folder = this.#anyFolder(id);
    const { notices } = folder;
    const checkpoint = { ...folder.checkpoint, files: new Map() };
    return 'why' in folder
      ? { checkpoint, config: folder.config, notices, why: folder.why }
      : { checkpoint, config: folder.config, notices };
  }

  /** null where the folder holds no tokenizer.json, which those that run have. */
  vocabulary(id: ModelId): Vocabulary | null {
    return this.#anyFolder(id).vocabulary;
  }

  /** What a folder holds, tensor by tensor. */
  describe(id: ModelId): readonly TensorDescription[] {
    const { checkpoint, config } = this.#anyFolder(id);
    return describeTensors(checkpoint, config.vision.depth);
  }

  /** How many tokens the checkpoint's own tokenizer cuts each text into. */
  async countTokens(id: ModelId, texts: readonly string[]): Promise<readonly number[]> {
    return (await this.folder(id).prompts.encode(texts)).map(({ length }) => length);
  }

  /** @throws NamedError `NoHalfPrecision`, and those of making the device ready. */
  async estimate(id: ModelId, options: LoadOptions, rows?: number, tokens?: number): Promise<MemoryEstimate> {
    const folder = this.folder(id);
    const { runtime, weights } = await this.#devices.get(options.device);
    const { backend } = runtime;
    if (options.dtype === 'f16' && !backend.halfPrecision) {
      throw new NamedError(
        'NoHalfPrecision',
        'this GPU cannot compute with f16: it lacks the feature shader-f16',
        { field: 'dtype' },
        'choose f32, q8 or q4',
      );
    }
    const shape = { rows: rows ?? DEFAULT_SHAPE.rows, tokens: tokens ?? DEFAULT_SHAPE.tokens };
    const limits = { device: options.device, maxTensorBytes: backend.maxTensorBytes };
    const plan = planOf(folder, options.dtype, backend);
    const held = backend.heldBytes + weights.constantBytes;
    const { memory } = options;
    if (memory === undefined) return estimateMemory(folder.config, plan, shape, limits, held);
    return inTurns(estimateMemory(folder.config, plan, shape, limits, 0), held, memory, weights);
  }

  /**
   * Turns of `subjects`, each with batches of `rows` answers, as many as `batches` says of it, else one; null where memory is not stated. Before
   * them, what is held now is held.
   */
  async turns(
    subjects: readonly Subject[],
    rows = DEFAULT_SHAPE.rows,
    tokens = DEFAULT_SHAPE.tokens,
    batches: readonly number[] = [],
  ): Promise<PlannedTurns | null> {
    return this.queue.add(() => {
      const resolved = subjects.map((subject) => this.resolve(subject));
      const [first] = resolved;
      if (!first?.ready.weights.limited) return Promise.resolve(null);
      const { weights, runtime } = first.ready;
      const needs = resolved.map(({ subject }, turn) => ({
        ...{ vision: visionNeeds(subject), run: runNeeds(subject), batches: batches[turn] ?? 1 },
      }));
      const { config } = first.subject.rest;
      const left = Math.min(...needs.map(({ run }) => weights.left(run)));
      const { bytes } = working({ config, left }, { rows, tokens, prompt: tokens }, runtime.backend);
      const { order, bytesRead, peakBytes } = weights.cheapest(needs, bytes);
      return Promise.resolve({
        ...{ order, peakBytes, memoryBytes: weights.memory },
        ...costOf(bytesRead, weights.bytesPerSecond),
      });
    });
  }

  /**
   * Waits for loads under way. A model that is loaded already is given back first.
   *
   * @throws NamedError `DoesNotFit` with the numbers, `AlreadyLoading`, `Cancelled` (also when the checkpoint is
   * closed meanwhile), those of `estimate`, of reading, converting and allocating.
   */
  load(
    job: string,
    id: ModelId,
    options: LoadOptions,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<LoadedModel> {
    return this.jobs.run(job, async (signal) => {
      const folder = this.folder(id);
      if (this.#loading.has(id)) {
        const what = `${folder.checkpoint.name} is being loaded already`;
        throw new NamedError('AlreadyLoading', what, {}, 'wait for it, or cancel it first');
      }
      this.#loading.set(id, job);
      try {
        return await this.#loads.add(() => this.#load(folder, options, signal, onProgress), signal);
      } finally {
        this.#loading.delete(id);
      }
    });
  }

  async #load(
    folder: Folder,
    options: LoadOptions,
    signal: AbortSignal,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<LoadedModel> {
    const { id } = folder;
    if (this.#loaded.has(id)) await this.unload(id);
    const { weights } = await this.#devices.get(options.device);
    // In a stated memory a call takes on as many rows as it leaves, and says itself where that is none.
    const shape: readonly number[] = options.memory === undefined ? [] : [1, 1];
    const estimate = await this.estimate(id, options, ...shape);
    if (!estimate.fits) {
      throw new NamedError('DoesNotFit', estimate.refusals.join('; '), { file: folder.checkpoint.name }, '');
    }
    const work = estimate.kvCacheBytes + estimate.activationBytes;
    const load = () => this.#read(folder, options, work, signal, onProgress);
    weights.memory = options.memory === undefined ? Infinity : estimate.budgetBytes;
    // Where memory is stated, no turn is taken meanwhile: what one gives back is not the other's.
    return weights.limited ? this.queue.add(load, signal) : load();
  }

  /** @param work bytes to leave free for what is asked first */
  async #read(
    folder: Folder,
    options: LoadOptions,
    work: number,
    signal: AbortSignal,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<LoadedModel> {
    signal.throwIfAborted();
    const { id, checkpoint } = folder;
    const { device, dtype, keep = false } = options;
    const started = performance.now();
    const ready = await this.#devices.get(device);
    const { weights, runtime } = ready;
    const { backend } = runtime;
    const plan = planOf(folder, dtype, backend);
    await weights.makeRoom(work);
    const arrays = new WeightArrays(
      backend,
      weights.fitting(heldTensors(id, checkpoint, plan, new Map()), work),
    );
    const { kept, convert } = this.#surroundings;
    const key = keptKey(checkpoint.fingerprint, dtype, plan);
    try {
      const dates = weightDates(checkpoint);
      const stored = keep ? await kept?.restore(key, plan, arrays, { signal, onProgress, dates }) : null;
      const keeper = keep && !stored ? await kept?.keep(key, checkpoint.name, dtype, plan, dates) : null;
      let report = stored;
      try {
        report ??= await loadWeights(checkpoint, plan, arrays, {
          convert,
          signal,
          onProgress,
          ...(keeper ? { tap: keeper.write } : {}),
        });
        await keeper?.commit(report);
      } catch (error) {
        await keeper?.discard();
        throw error;
      }
      signal.throwIfAborted();
      const { hashes } = report;
      const seconds = (performance.now() - started) / 1000;
      this.#enter(folder, options, { ready, plan, arrays, hashes, seconds });
      return {
        ...{ id, device, adapter: backend.adapter, dtype, seconds },
        weightBytes: arrays.bytes,
        bytesRead: report.bytesRead,
        fromStorage: stored !== null && stored !== undefined,
        quantization: report.error,
        ...(checkpoint.format === undefined ? {} : { stored: storedMatrices(checkpoint, plan) }),
        ...(hashes.size > 0 ? { hashes: Object.fromEntries(hashes) } : {}),
      };
    } catch (error) {
      arrays.dispose();
      throw signal.aborted ? cancelled() : error;
    }
  }

  #enter(folder: Folder, { device, dtype, keep = false }: LoadOptions, held: Held): void {
    const { id, checkpoint, config } = folder;
    const { ready, plan, arrays, hashes, seconds } = held;
    const format = linearFormat(checkpoint, dtype);
    const resident = {
      ...{ id, config, dtype, format, arrays },
      headShards: headShards(config.text, format, ready.runtime.backend.maxTensorBytes),
      embedding: storedEmbedding(checkpoint, config.text),
    };
    const model: HeldModel = {
      resident,
      tensors: heldTensors(id, checkpoint, plan, hashes),
      read: readAgain(this.#surroundings, { checkpoint, dtype, plan, keep, hashes }),
    };
    ready.weights.enter(model, seconds);
    this.#loaded.set(id, { ready, device, resident, hashes });
  }

  /** What another engine on the same kind of device takes over; null where not all arrays are held, or they are no plain bytes. */
  handOver(id: ModelId): HandedModel | null {
    const loaded = this.#loaded.get(id);
    if (!loaded || loaded.ready.weights.limited || !loaded.resident.arrays.areConstants) return null;
    return handedModel(this.folder(id).checkpoint, loaded.hashes, loaded.resident);
  }

  /**
   * Opens a folder, and holds its weights, as another engine did: what lies in its small files is read, of its weights nothing.
   *
   * @throws NamedError those of `openFolder`
   */
  async takeOver(
    id: ModelId,
    name: string,
    files: CheckpointFiles,
    { checkpoint, hashes, weights }: HandedModel,
    options: LoadOptions,
  ): Promise<OpenedCheckpoint> {
    const started = performance.now();
    const { openPrompts } = this.#surroundings;
    const later = openPrompts && (() => Promise.resolve(new LaterPrompts(() => openPrompts(files))));
    const [folder, ready] = await Promise.all([
      openFolder(id, name, files, undefined, later, checkpoint),
      this.#devices.get(options.device),
    ]);
    this.#folders.set(id, folder);
    const { backend } = ready.runtime;
    const arrays = new WeightArrays(backend);
    for (const [array, bytes] of weights) arrays.take(array, bytes);
    const seconds = (performance.now() - started) / 1000;
    const plan = planOf(folder, options.dtype, backend);
    this.#enter(folder, options, { ready, plan, arrays, hashes, seconds });
    return folder.summary;
  }

  async unload(id: ModelId): Promise<void> {
    const loaded = this.#loaded.get(id);
    if (!loaded) return;
    this.#loaded.delete(id);
    await this.queue.add(async () => {
      loaded.ready.prompts.forget(loaded.resident);
      await loaded.ready.weights.leave(loaded.resident);
    });
  }

  async close(id: ModelId): Promise<void> {
    const loading = this.#loading.get(id);
    if (loading !== undefined) this.jobs.cancel(loading);
    await this.unload(id);
    this.#folders.get(id)?.prompts.close();
    this.#folders.delete(id);
    this.#stored.delete(id);
  }

  /** The device, made ready if it was not in use yet. */
  async backend(device: Device): Promise<Backend> {
    return (await this.runtime(device)).backend;
  }

  /** The same, with the parts of models that run on it. */
  protected async runtime(device: Device): Promise<Runtime> {
    return (await this.#devices.get(device)).runtime;
  }

  /** Whether all of a subject is loaded. */
  protected holds({ layers, rest, head = rest }: Subject): boolean {
    return [rest, head, ...layers].every((id) => this.#loaded.has(id));
  }

  /** @throws NamedError `NotLoaded`, `MixedDevices`, `IncompatibleDonors`, and those of `checkDonor`. */
  protected resolve({ layers, rest, head }: Subject): {
    subject: ResidentSubject;
    ready: ReadyDevice;
    device: Device;
  } {
    const find = (id: ModelId): Loaded => {
      const loaded = this.#loaded.get(id);
      if (loaded) return loaded;
      const name = this.folder(id).checkpoint.name;
      throw new NamedError('NotLoaded', `${name} is not loaded`, {}, 'load it first');
    };
    const frame = find(rest);
    const donors = layers.map(find);
    const reader = head === undefined ? null : find(head);
    const others = reader ? [...donors, reader] : donors;
    if (others.some(({ device }) => device !== frame.device)) {
      throw mixedDevices('donors');
    }
    for (const id of new Set(layers)) this.#donorChecks.check(this.folder(rest), this.folder(id), 'layers');
    if (head !== undefined) this.#donorChecks.check(this.folder(rest), this.folder(head), 'head');
    const depth = frame.resident.config.text.layers;
    if (layers.length !== depth) {
      throw new NamedError(
        'IncompatibleDonors',
        `${layers.length} layers are given to a model of ${depth}`,
        {},
        'stitch checkpoints of the same model only',
      );
    }
    const subject = {
      layers: donors.map(({ resident }) => resident),
      rest: frame.resident,
      ...(reader ? { head: reader.resident } : {}),
    };
    return { subject, ready: frame.ready, device: frame.device };
  }

  /**
   * Subjects on one device that can read the same token ids; `folder` is the first one's.
   *
   * @throws NamedError `MixedDevices`, `DifferentTokenizer`, those of `resolve`.
   */
  protected resolveAll(
    first: Subject,
    others: readonly Subject[],
  ): { subjects: readonly ResidentSubject[]; ready: ReadyDevice; folder: Folder } {
    const { subject, ready, device } = this.resolve(first);
    const folder = this.folder(subject.rest.id);
    const rest = others.map((each) => {
      const other = this.resolve(each);
      if (other.device !== device) throw mixedDevices('models');
      this.#donorChecks.checkTokens(folder, this.folder(other.subject.rest.id));
      return other.subject;
    });
    return { subjects: [subject, ...rest], ready, folder };
  }

  /** What is held for one call: nothing, where memory is not stated. */
  protected async hold(
    { weights }: ReadyDevice,
    needs: readonly Need[],
    working: number,
    signal: AbortSignal,
    later: readonly Subject[] = [],
  ): Promise<void> {
    if (!weights.limited) return;
    const turns = later.flatMap((subject) => {
      // Whoever was unloaded meanwhile is told when it is asked.
      if (!this.holds(subject)) return [];
      const { subject: resident } = this.resolve(subject);
      return [[...visionNeeds(resident), ...runNeeds(resident)]];
    });
    await weights.hold(needs, working, turns, signal).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error;
    });
  }
}

function mixedDevices(which: string): NamedError {
  return new NamedError(
    'MixedDevices',
    `the ${which} are on different devices`,
    {},
    'load them on one device',
  );
}

/** What a folder becomes on a device. */
function planOf(
  { config, checkpoint }: Pick<Folder, 'config' | 'checkpoint'>,
  dtype: LoadOptions['dtype'],
  { maxTensorBytes, constantWeights }: Pick<Backend, 'maxTensorBytes' | 'constantWeights'>,
): readonly PlannedWeight[] {
  const plan = planWeights(config, linearFormat(checkpoint, dtype), maxTensorBytes);
  return constantWeights ? inWideBlocks(checkpoint, plan) : plan;
}
