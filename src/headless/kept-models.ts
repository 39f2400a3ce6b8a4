/** Checkpoints that an engine has open and loaded, from one request to the next. */
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import type { EngineApi } from '../engine/protocol.ts';
import type { OpenedCheckpoint } from '../engine/protocol/checkpoint.ts';
import type { LoadedModel, LoadOptions } from '../engine/protocol/loading.ts';
import type { ModelId } from '../engine/subject.ts';
import { openWeights } from '../vlm/stored-head.ts';
import { isCancelled } from '../work/cancel.ts';

/** Folders that stay open while no request names them, each with its tokenizer's worker: as many as a study has models. */
const MOST_UNNAMED = 8;
/** Of the memory that the browser tells, which is 8 GiB at most; where it tells none, of 4. */
const PART_OF_MEMORY = 1 / 4;

/** A folder as a request names it. */
export interface NamedFolder {
  readonly name: string;
  readonly files: CheckpointFiles;
  /** Equal where the files are the same, and unchanged; null of a folder that is not kept. */
  readonly stamp: string | null;
}

interface Kept {
  readonly stamp: string;
  readonly files: CheckpointFiles;
  readonly summary: OpenedCheckpoint;
  loaded: { readonly as: string; readonly model: LoadedModel } | null;
}

type Engine = Pick<EngineApi, 'open' | 'close' | 'unload' | 'estimate'>;

/**
 * What a request names is taken again where an earlier one left it: a folder of the same name and stamp whose fingerprint is still what
 * it was, and a model that is loaded as it is asked for now. What it does not name stays while there is room (`#makeRoom`).
 */
export class KeptModels {
  readonly #engine: Engine;
  readonly #copies: number;
  /** Those used last come last. */
  readonly #kept = new Map<string, Kept>();
  /** Of these, what the present request has taken. */
  readonly #taken = new Set<string>();
  /** Opened for the present request alone. */
  readonly #passing = new Set<ModelId>();
  /** Stamps of all folders that the present request names. */
  #given: ReadonlySet<string> = new Set();

  /** @param lanes engines beside this one in which a model on WASM may be loaded, too */
  constructor(engine: Engine, lanes: number) {
    this.#engine = engine;
    this.#copies = 1 + lanes;
  }

  /** A request begins. @param given stamps of all folders that it names */
  begin(given: ReadonlySet<string>): void {
    this.#given = given;
  }

  /** Opens a folder, or takes the one that is open. One that a request names twice is opened twice. @throws NamedError those of opening */
  async open(folder: NamedFolder, signal: AbortSignal): Promise<OpenedCheckpoint> {
    const { name, files, stamp } = folder;
    if (stamp === null) {
      const summary = await this.#engine.open(name, files, signal);
      this.#passing.add(summary.id);
      return summary;
    }
    const key = this.#freeKey(name, stamp);
    this.#taken.add(key);
    const known = this.#kept.get(key);
    const isSame = known !== undefined && (await isUnchanged(known, signal));
    if (known) this.#kept.delete(key);
    if (isSame) {
      this.#kept.set(key, known);
      return known.summary;
    }
    if (known) await this.#engine.close(known.summary.id);
    const summary = await this.#engine.open(name, files, signal);
    this.#kept.set(key, { stamp, files, summary, loaded: null });
    return summary;
  }

  /** A key that the request has not taken yet. */
  #freeKey(name: string, stamp: string): string {
    for (let count = 0; ; count++) {
      const key = JSON.stringify([name, stamp, count]);
      if (!this.#taken.has(key)) return key;
    }
  }

  /**
   * The model as it is asked for: one that is loaded so, of which nothing is read now, else what `load` makes.
   *
   * @throws NamedError those of `load`
   */
  async load(id: ModelId, options: LoadOptions, load: () => Promise<LoadedModel>): Promise<LoadedModel> {
    const kept = [...this.#kept.values()].find(({ summary }) => summary.id === id);
    const as = JSON.stringify([options.device, options.dtype, options.memory ?? null]);
    if (kept?.loaded?.as === as) return { ...kept.loaded.model, bytesRead: 0, seconds: 0 };
    if (kept) kept.loaded = null;
    await this.#makeRoom(id, options, as);
    const model = await load();
    if (kept) kept.loaded = { as, model };
    return model;
  }

  /**
   * Unloads what is loaded otherwise than this request asks for; gives back models that it does not name, those used longest ago first,
   * until the one that is to be loaded fits beside what is held: into the stated memory, without turns; where none is stated, into a
   * quarter of the memory that the browser tells.
   */
  async #makeRoom(id: ModelId, options: LoadOptions, as: string): Promise<void> {
    const loaded = [...this.#kept].filter(([, kept]) => kept.loaded !== null);
    const named = loaded.filter(([, kept]) => this.#isNamed(kept));
    for (const [, kept] of named) {
      if (kept.loaded?.as === as) continue;
      kept.loaded = null;
      await this.#engine.unload(kept.summary.id);
    }
    for (const one of loaded) {
      if (named.includes(one)) continue;
      if (await this.#fits(id, options)) return;
      await this.#close(one);
    }
  }

  /** Of an adapter on its base, both are named. */
  #isNamed({ stamp }: Kept): boolean {
    return stamp.split(' ').every((part) => this.#given.has(part));
  }

  async #fits(id: ModelId, options: LoadOptions): Promise<boolean> {
    // What cannot be estimated cannot be loaded, and loading says why.
    const estimate = await this.#engine.estimate(id, options).catch(() => null);
    if (!estimate?.fits) return estimate === null;
    if (options.memory !== undefined) return estimate.turns === undefined;
    const copies = options.device === 'wasm' ? this.#copies : 1;
    return copies * (estimate.totalBytes + estimate.alreadyHeldBytes) <= quarterOfMemory();
  }

  async #close([key, { summary }]: readonly [string, Kept]): Promise<void> {
    this.#kept.delete(key);
    await this.#engine.close(summary.id);
  }

  /** The request has ended: closes what was opened for it alone, and what has not been named for long. */
  async endRequest(): Promise<void> {
    const passing = [...this.#passing];
    this.#passing.clear();
    const unnamed = [...this.#kept].filter(([key]) => !this.#taken.has(key));
    this.#taken.clear();
    for (const id of passing) await this.#engine.close(id);
    for (const one of unnamed.slice(0, Math.max(0, unnamed.length - MOST_UNNAMED))) await this.#close(one);
  }
}

/** Whether what is open can still be read, and has the fingerprint that it had. */
async function isUnchanged({ files, summary }: Kept, signal: AbortSignal): Promise<boolean> {
  try {
    const { fingerprint } = await openWeights(files, { name: summary.name, signal });
    return fingerprint === summary.fingerprint;
  } catch (error) {
    if (isCancelled(error)) throw error;
    return false;
  }
}

function quarterOfMemory(): number {
  const { deviceMemory = 4 } = navigator as { readonly deviceMemory?: number };
  return PART_OF_MEMORY * deviceMemory * 2 ** 30;
}
