import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { readableFolder } from '../checkpoint/formats/open.ts';
import { adapterFolder } from '../checkpoint/formats/peft/adapter-folder.ts';
import { isAdapter } from '../checkpoint/formats/peft/is-adapter.ts';
import { ADAPTER_WEIGHTS } from '../checkpoint/formats/peft/open.ts';
import { noticeLines } from '../checkpoint/weight-files.ts';
import type { EngineClient } from '../engine/client.ts';
import type { OpenedCheckpoint } from '../engine/protocol/checkpoint.ts';
import type { Device, WeightDtype } from '../engine/protocol/device.ts';
import type { LoadedModel } from '../engine/protocol/loading.ts';
import { memoryBytes } from '../memory-size.ts';
import { NamedError } from '../named-error.ts';
import { noteLoaded } from '../study/weights/loaded.ts';
import type { WeightsWatch } from '../study/weights/watch.ts';
import { openWeights } from '../vlm/stored-head.ts';
import { once } from '../work/once.ts';
import type { GivenFiles, GivenInputs, Instead } from './file-inputs.ts';
import type { FlagReader } from './flag-reader.ts';
import type { KeptModels, NamedFolder } from './kept-models.ts';
import { loadingLines } from './loading-lines.ts';

const DEVICES = ['webgpu', 'wasm'] as const satisfies readonly Device[];
const DTYPES = ['f32', 'f16', 'q8', 'q4'] as const satisfies readonly WeightDtype[];

/** A folder that a flag names, as a plain checkpoint has it. */
export type GivenFolder = NamedFolder & { readonly stamp: string };

export interface LoadedCheckpoint {
  readonly summary: OpenedCheckpoint;
  readonly loaded: LoadedModel;
}

/** What an analysis takes of them. */
export type CheckpointsOf = Pick<
  Checkpoints,
  'count' | 'folder' | 'weights' | 'open' | 'load' | 'loadOptions' | 'tell'
>;

interface Surroundings {
  readonly engine: () => EngineClient;
  /** What the engine has open and loaded, from earlier requests too. */
  readonly models: () => KeptModels;
  readonly flags: FlagReader;
  readonly inputs: GivenInputs;
  readonly signal: AbortSignal;
  readonly notice: (line: string) => void;
  readonly watch: WeightsWatch;
}

/** The checkpoints that flags of kind `checkpoint` name. */
export class Checkpoints {
  readonly #around: Surroundings;
  readonly #opened = new Map<string, Promise<OpenedCheckpoint>>();
  readonly #weights = new Map<string, Promise<Checkpoint>>();
  readonly #folders = new Map<string, Promise<GivenFolder>>();
  readonly #loads = new Map<string, Promise<LoadedCheckpoint>>();
  readonly #told = new Set<string>();
  readonly #loaded: OpenedCheckpoint[] = [];

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** How many checkpoints the flag names. */
  count(flag: string): number {
    return this.#around.inputs.all(flag).length;
  }

  /** The same checkpoints under other flags, opened and loaded once for all; what is not named is not given. */
  as(instead: Instead): CheckpointsOf {
    const named = (flag: string, index = 0): readonly [string, number] =>
      instead.get(flag)?.[index] ?? [flag, Infinity];
    return {
      count: (flag) => instead.get(flag)?.length ?? 0,
      folder: (flag, index) => this.folder(...named(flag, index)),
      weights: (flag, index) => this.weights(...named(flag, index)),
      open: (flag, index) => this.open(...named(flag, index)),
      load: (flag, index) => this.load(...named(flag, index)),
      loadOptions: () => this.loadOptions(),
      tell: (name, notices) => this.tell(name, notices),
    };
  }

  /**
   * The folder's name and its files as a plain checkpoint has them, unopened: for work that reads weights itself.
   *
   * @throws NamedError `MissingFlag`, those of `readableFolder`
   */
  folder(flag: string, index = 0): Promise<GivenFolder> {
    return once(this.#folders, `${flag} ${index}`, async () => {
      const given = this.#given(flag, index);
      const { name, files, stamp } = given;
      if (isAdapter(files)) return { name, ...(await this.#adapted(given, await this.#baseOf(flag))) };
      const plain = { name, stamp, files: await readableFolder(files, this.#around.signal) };
      const [lora] = flag === 'model' ? this.#around.inputs.all('lora') : [];
      if (!lora) return plain;
      return { name: `${lora.name} on ${name}`, ...(await this.#adapted(lora, plain)) };
    });
  }

  async #adapted(adapter: GivenFiles, base: GivenFolder): Promise<Omit<GivenFolder, 'name'>> {
    const { name: baseName, files } = base;
    const { signal } = this.#around;
    const stamp = `${adapter.stamp} ${base.stamp}`;
    return { stamp, files: await adapterFolder(files, adapter.files, { baseName, signal }) };
  }

  /** What an adapter given in place of a checkpoint is put on: IN, else Base, whichever is a checkpoint of its own. */
  async #baseOf(flag: string): Promise<GivenFolder> {
    const whole = ['in', 'base'].find((role) => {
      const [given] = this.#around.inputs.all(role);
      return role !== flag && given && !isAdapter(given.files);
    });
    if (whole !== undefined) return this.folder(whole);
    throw new NamedError(
      'AdapterOnly',
      `the folder holds an adapter and not the model it adapts: ${ADAPTER_WEIGHTS}`,
      { field: `--${flag}` },
      'give its base, too: --base BASE, or --model BASE --lora ADAPTER',
    );
  }

  #given(flag: string, index: number): GivenFiles {
    const given = this.#around.inputs.all(flag)[index];
    if (given) return given;
    throw new NamedError(
      'MissingFlag',
      'the flag is required',
      { field: `--${flag}` },
      'give a checkpoint folder, or demo:NAME',
    );
  }

  /** Opens it in the engine, once however often it is asked for. @throws NamedError those of opening */
  open(flag: string, index = 0): Promise<OpenedCheckpoint> {
    return once(this.#opened, `${flag} ${index}`, () => this.#open(flag, index));
  }

  async #open(flag: string, index: number): Promise<OpenedCheckpoint> {
    const folder = await this.folder(flag, index);
    const opened = await this.#around.models().open(folder, this.#around.signal);
    this.tell(folder.name, opened.notices);
    return opened;
  }

  /**
   * Its headers, read on this page and once however often they are asked for: for work that runs no model.
   *
   * @throws NamedError those of `openWeights`
   */
  weights(flag: string, index = 0): Promise<Checkpoint> {
    return once(this.#weights, `${flag} ${index}`, () => this.#openWeights(flag, index));
  }

  async #openWeights(flag: string, index: number): Promise<Checkpoint> {
    const { name, files } = await this.folder(flag, index);
    const opened = await openWeights(files, { name, signal: this.#around.signal });
    this.tell(name, noticeLines(opened.notices));
    return opened;
  }

  /** Says each notice of a checkpoint once, however often and by whomever it is opened. */
  tell(name: string, notices: readonly string[]): void {
    for (const line of notices.map((notice) => `${name}: ${notice}`)) {
      if (!this.#told.has(line)) this.#around.notice(line);
      this.#told.add(line);
    }
  }

  /** Every checkpoint of a flag that may be repeated, in order. */
  openAll(flag: string): Promise<readonly OpenedCheckpoint[]> {
    return Promise.all(this.#around.inputs.all(flag).map((_, index) => this.open(flag, index)));
  }

  /** `--device` and `--dtype`, or what the machine prefers. */
  async loadOptions(): Promise<{ readonly device: Device; readonly dtype: WeightDtype }> {
    const device =
      this.#around.flags.choice('device', DEVICES) ?? (await this.#around.engine().capabilities()).preferred;
    return { device, dtype: this.#around.flags.choice('dtype', DTYPES) ?? 'f32' };
  }

  /** Opens it and loads it on `--device` in `--dtype`, once, unless an earlier request left it so; progress goes to the console, which the shell shows. */
  load(flag: string, index = 0): Promise<LoadedCheckpoint> {
    return once(this.#loads, `${flag} ${index}`, async () => this.#load(await this.open(flag, index)));
  }

  /** The same of a folder that no flag names. */
  async loadFolder(name: string, files: CheckpointFiles): Promise<LoadedCheckpoint> {
    const opened = await this.#around.models().open({ name, files, stamp: null }, this.#around.signal);
    this.tell(name, opened.notices);
    return this.#load(opened);
  }

  async #load(summary: OpenedCheckpoint): Promise<LoadedCheckpoint> {
    const memory = memoryBytes(this.#around.flags.text('memory') ?? '');
    const options = { ...(await this.loadOptions()), ...(memory === null ? {} : { memory }) };
    const job = `load ${summary.id}`;
    const cancel = (): void => void this.#around.engine().cancel(job);
    this.#around.signal.throwIfAborted();
    this.#around.signal.addEventListener('abort', cancel);
    try {
      const told = loadingLines((line) => console.info(line));
      const load = () => this.#around.engine().load(job, summary.id, options, told);
      const loaded = await this.#around.models().load(summary.id, options, load);
      const noted = await noteLoaded(this.#around.watch, summary, loaded, this.#loaded);
      this.#loaded.push(summary);
      this.tell(summary.name, noted.notices ?? []);
      return { summary, loaded: noted };
    } finally {
      this.#around.signal.removeEventListener('abort', cancel);
    }
  }

  /** Loads every checkpoint of a flag that may be repeated, one after the other. */
  async loadAll(flag: string): Promise<readonly LoadedCheckpoint[]> {
    const loaded: LoadedCheckpoint[] = [];
    for (let index = 0; index < this.count(flag); index++) loaded.push(await this.load(flag, index));
    return loaded;
  }
}
