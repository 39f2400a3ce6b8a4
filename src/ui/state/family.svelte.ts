import { stopFetching } from '../../checkpoint/served-file.ts';
import { ROLES } from '../../roles.mjs';
import { NamedError } from '../../named-error.ts';
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { otherKind } from '../../checkpoint/folder-kinds.ts';
import { isAdapter } from '../../checkpoint/formats/peft/is-adapter.ts';
import type { EngineApi } from '../../engine/protocol.ts';
import type { LoadProgress } from '../../engine/protocol/loading.ts';
import type { WeightsWatch } from '../../study/weights/watch.ts';
import { bodyOf, type Body } from '../layer-strip/layer-axis.ts';
import type { Folder } from '../files/folder.ts';
import { guessRole } from '../files/slot-guess.ts';
import { bytes, bytesPerSecond, duration } from '../format/quantity.ts';
import { t as formats } from '../format/texts.ts';
import { MOST_CHECKPOINTS } from '../theme/identity.ts';
import { failureOf } from './failure.ts';
import type { PageId } from './hash.ts';
import type { Jobs } from './jobs.svelte.ts';
import type { LoadChoice } from './load-choice.svelte.ts';
import type { Machine } from './machine.svelte.ts';
import { named } from '../../named.ts';
import { ReadFolders } from './read-folders.ts';
import { freeName, nameFrom } from '../../analyses/model-name.ts';
import { Slot, type LoadedSlot } from './slot.svelte.ts';
import { t } from './texts.ts';
import { cancelled } from '../../work/cancel.ts';

/** Depth of Qwen2.5-VL-7B, the model the papers study: the body that is shown before anything is open. */
const STUDIED: Body = { visionBlocks: 32, layers: 28 };

/** "Reading 4.2 of 15.4 GiB · 812 MiB/s · 14 s left". */
export function progressText(progress: LoadProgress | null): string {
  if (!progress) return t.waiting;
  if (progress.phase === 'compiling') return t.compiling;
  const eta = progress.etaSeconds === null ? '' : ` · ${formats.left(duration(progress.etaSeconds))}`;
  const rate = progress.bytesPerSecond > 0 ? ` · ${bytesPerSecond(progress.bytesPerSecond)}` : '';
  return `${formats.amount.bytes(bytes(progress.bytesDone), bytes(progress.bytesTotal))}${rate}${eta}`;
}

/** As `readableFolder`; readers of formats, and what takes computed folders to workers, come with the first folder, not with the page. */
async function readable(files: CheckpointFiles, signal: AbortSignal): Promise<CheckpointFiles> {
  const [{ readableFolder }, { installFolderTransfer }] = await Promise.all([
    import('../../checkpoint/formats/open.ts'),
    import('../../merge/transfer.ts'),
  ]);
  installFolderTransfer();
  return readableFolder(files, signal);
}

/** An adapter as a checkpoint of its own. @throws NamedError `AdapterOnly` where there is nothing to put it on; those of `adapterFolder` */
async function onBase(
  { files }: Folder,
  base: Slot | undefined,
  signal: AbortSignal,
): Promise<CheckpointFiles> {
  const { folder, checkpoint } = base ?? {};
  if (folder && checkpoint) {
    const { adapterFolder } = await import('../../checkpoint/formats/peft/adapter-folder.ts');
    return adapterFolder(folder.files, files, { baseName: checkpoint.name, signal });
  }
  throw otherKind(files.keys()) ?? new RangeError('the folder holds no adapter');
}

/** What kept results are of: no engine has it. */
export interface StandIn {
  /** The one that shows them. */
  readonly page: PageId;
  /** None where only weights were compared. */
  readonly models: readonly LoadedSlot[];
  readonly body: Body;
  /** Said of what travels with the app; left out of what this browser keeps. */
  readonly carried?: string;
}

/** The checkpoints at hand: Base, IN, RL and more. */
export class Family {
  slots = $state<Slot[]>([new Slot(0), new Slot(1), new Slot(2)]);
  /** What came of a drop that could not be placed at all. */
  dropError = $state.raw<NamedError | null>(null);
  opened = $derived(this.slots.filter((slot) => slot.checkpoint !== null));
  /** Those that could be loaded now. */
  loadable = $derived(
    this.slots.filter(({ state }) => state.kind === 'found' && state.checkpoint.weightsOnly === undefined),
  );
  /** Why none of the open checkpoints can run, where all are open for their weights alone; null otherwise. */
  weightsOnly = $derived.by((): string | null => {
    const [first, ...others] = this.opened.map(({ checkpoint }) => checkpoint?.weightsOnly);
    return first !== undefined && others.every((why) => why !== undefined) ? first : null;
  });
  loaded = $derived.by(() =>
    this.slots.flatMap(({ identity, state }): LoadedSlot[] =>
      state.kind === 'loaded' ? [{ identity, checkpoint: state.checkpoint, model: state.model }] : [],
    ),
  );
  /** What kept results are of, while these are shown in place of what is loaded. */
  standIn = $state.raw<StandIn | null>(null);
  /** What pages show: what is loaded, or what stands in for it. */
  present: readonly LoadedSlot[] = $derived.by(() => {
    const models = this.standIn?.models ?? [];
    return models.length > 0 ? models : this.loaded;
  });
  /** What is missing before anything can be computed of what kept results are of; null where what is loaded is shown. */
  standInNeeds = $derived.by((): string | null => {
    if (!this.standIn) return null;
    return t.openToCompute(this.standIn.models.map(({ identity }) => identity.label));
  });
  /** The layer axis of the app: the first open checkpoint's. */
  body = $derived.by((): Body => {
    const first = this.standIn?.body ?? this.opened[0]?.checkpoint;
    return first ? bodyOf(first) : STUDIED;
  });
  /** What was read of the opened folders. */
  readonly folders: ReadFolders;
  readonly #engine: EngineApi;
  readonly #choice: LoadChoice;
  readonly #machine: Machine;
  readonly #jobs: Jobs;
  readonly #watch: () => Promise<WeightsWatch>;
  /** Loads under way. */
  readonly #loading = new WeakMap<Slot, Promise<unknown>>();

  /** @param watch what was read of weights: where it is not there yet, it comes with the first folder */
  constructor(
    engine: EngineApi,
    choice: LoadChoice,
    machine: Machine,
    jobs: Jobs,
    watch: WeightsWatch | (() => Promise<WeightsWatch>),
  ) {
    this.folders = new ReadFolders(engine);
    this.#engine = engine;
    this.#choice = choice;
    this.#machine = machine;
    this.#jobs = jobs;
    this.#watch = typeof watch === 'function' ? watch : () => Promise.resolve(watch);
  }

  /** Of a checkpoint, by its name. */
  colourOf(name: string): string {
    const named = ({ identity }: Pick<LoadedSlot, 'identity'>): boolean => identity.label === name;
    return (this.present.find(named) ?? this.slots.find(named))?.identity.colour ?? 'var(--ink)';
  }

  get canAdd(): boolean {
    return this.slots.length < MOST_CHECKPOINTS;
  }

  add(): void {
    if (this.canAdd) this.slots.push(new Slot(this.slots.length));
  }

  /** Gives each folder the slot its name speaks of, else the first empty one, else a new one; says what was `refused`. */
  async place(folders: readonly Folder[], refused: NamedError | null = null): Promise<void> {
    this.dropError = refused;
    const adapters = folders.filter(({ files }) => isAdapter(files));
    await this.#placeAll(folders.filter((folder) => !adapters.includes(folder)));
    // Their bases may have come with them.
    await this.#placeAll(adapters);
  }

  async #placeAll(folders: readonly Folder[]): Promise<void> {
    const opening = folders.map((folder) => {
      const slot = this.#slotFor(folder);
      if (slot) return this.open(slot, folder);
      this.dropError = new NamedError(
        'NoSlotLeft',
        `${folder.name} has no slot: ${MOST_CHECKPOINTS} checkpoints are open`,
        {},
        'Close one and drop the folder again.',
      );
      return Promise.resolve();
    });
    await Promise.all(opening);
  }

  /** What was dropped or chosen could not be told apart; nothing is said of what was cancelled. */
  refuse(error: unknown): void {
    this.dropError = failureOf(error);
  }

  #slotFor(folder: Folder): Slot | undefined {
    const free = (slot: Slot | undefined) => slot?.state.kind === 'empty' || slot?.state.kind === 'wrong';
    const role = guessRole(folder.name);
    const meant = role === null ? undefined : this.slots[ROLES.indexOf(role)];
    if (free(meant)) return meant;
    const empty = this.slots.find((slot) => slot.state.kind === 'empty');
    if (empty) return empty;
    if (!this.canAdd) return undefined;
    this.add();
    return this.slots.at(-1);
  }

  /** What an adapter in the slot can be put on: checkpoints of their own, the nearest to its left first. */
  basesFor(slot: Slot): readonly Slot[] {
    const at = this.slots.indexOf(slot);
    const whole = this.slots.filter(
      (other) => other !== slot && other.checkpoint !== null && other.adapter === null,
    );
    const before = whole.filter((other) => this.slots.indexOf(other) < at);
    return [...before.reverse(), ...whole.filter((other) => !before.includes(other))];
  }

  /** @param base what an adapter is put on */
  async open(slot: Slot, folder: Folder, base = this.basesFor(slot)[0]): Promise<void> {
    const before = slot.checkpoint;
    if (slot.state.kind === 'reading') slot.state.cancel();
    const opening = new AbortController();
    const cancel = (): void => {
      opening.abort(cancelled());
      stopFetching(folder.files);
    };
    const reading = { kind: 'reading', folder: folder.name, files: folder.files.size, cancel } as const;
    slot.state = reading;
    slot.folder = folder;
    slot.estimate = { kind: 'none' };
    try {
      if (before) await this.#engine.close(before.id);
      const adapted = isAdapter(folder.files);
      const files = adapted
        ? await onBase(folder, base, opening.signal)
        : await readable(folder.files, opening.signal);
      const [checkpoint, watch] = await Promise.all([
        this.#engine.open(folder.name, files, opening.signal),
        this.#watch(),
      ]);
      if (slot.state !== reading) return void this.#engine.close(checkpoint.id);
      this.standIn = null;
      slot.folder = { ...folder, files };
      slot.adapter = adapted && base ? { folder, base } : null;
      watch.opened(checkpoint.fingerprint);
      slot.state = { kind: 'found', checkpoint, error: null };
      this.rename(slot, nameFrom(folder.name));
      if (checkpoint.weightsOnly === undefined) this.#choice.suggestFor(checkpoint);
      await this.estimate();
    } catch (error) {
      if (slot.state !== reading) return;
      const failure = failureOf(error);
      slot.state = failure ? { kind: 'wrong', folder: folder.name, error: failure } : { kind: 'empty' };
    }
  }

  /** Calls a further checkpoint so, or nearly so where the name is taken; by its place in the row when it is left empty. */
  rename(slot: Slot, wanted: string): void {
    if (!slot.nameable) return;
    const others = this.slots.filter((other) => other !== slot).map(({ identity }) => identity.label);
    slot.call(freeName(wanted, others, slot.placeLabel));
  }

  /** What loading each found checkpoint would take, given the present choice and what is already held. */
  async estimate(): Promise<void> {
    const options = this.#choice.options;
    const current = () => JSON.stringify(options) === JSON.stringify(this.#choice.options);
    await Promise.all(
      this.loadable.map(async (slot) => {
        if (slot.state.kind !== 'found') return;
        try {
          const estimate = await this.#engine.estimate(slot.state.checkpoint.id, options);
          // A slower answer to an earlier choice is no longer what was asked.
          if (current()) slot.estimate = { kind: 'known', estimate };
        } catch (error) {
          if (current()) slot.estimate = { kind: 'wrong', error: named(error) };
        }
      }),
    );
  }

  async load(slot: Slot): Promise<void> {
    if (slot.state.kind !== 'found' || slot.state.checkpoint.weightsOnly !== undefined) return;
    const { checkpoint } = slot.state;
    const job = `load ${checkpoint.id}`;
    // Progress and the result come over different ports: the last report may arrive after it.
    let settled = false;
    /** The slot may have been closed, or given another checkpoint, in the meantime. */
    const still = () =>
      (slot.state.kind === 'found' || slot.state.kind === 'loading') &&
      slot.state.checkpoint.id === checkpoint.id;
    const report = (progress: LoadProgress | null) => {
      if (settled || !still() || (slot.state.kind === 'loading' && slot.state.cancelling)) return;
      slot.state = { kind: 'loading', checkpoint, progress, cancelling: false };
      this.#jobs.report({
        id: job,
        title: t.loading(slot.identity.label),
        detail: progressText(progress),
        share: progress && progress.phase === 'reading' ? progress.bytesDone / progress.bytesTotal : null,
        cancel: () => this.cancelLoad(slot),
      });
    };
    report(null);
    try {
      const loading = this.#engine.load(job, checkpoint.id, this.#choice.options, report).finally(() => {
        settled = true;
      });
      this.#loading.set(slot, loading);
      const [read, watch, { noteLoaded }] = await Promise.all([
        loading,
        this.#watch(),
        import('../../study/weights/loaded.ts'),
      ]);
      const beside = this.loaded.map((other) => other.checkpoint);
      const model = await noteLoaded(watch, checkpoint, read, beside).catch(async (error: unknown) => {
        await this.#engine.unload(checkpoint.id);
        throw error;
      });
      this.standIn = null;
      if (still()) slot.state = { kind: 'loaded', checkpoint, model, error: null };
      if (this.#choice.keep) void this.#machine.askStored();
    } catch (thrown) {
      if (still()) slot.state = { kind: 'found', checkpoint, error: failureOf(thrown) };
    } finally {
      this.#jobs.end(job);
    }
    await this.estimate();
  }

  async loadAll(): Promise<void> {
    for (const slot of this.loadable) await this.load(slot);
  }

  cancelLoad(slot: Slot): void {
    if (slot.state.kind !== 'loading') return;
    slot.state = { ...slot.state, cancelling: true };
    void this.#engine.cancel(`load ${slot.state.checkpoint.id}`);
    if (slot.folder) stopFetching(slot.folder.files, this.#loading.get(slot));
  }

  async unload(slot: Slot): Promise<void> {
    if (slot.state.kind !== 'loaded') return;
    const { checkpoint, model } = slot.state;
    try {
      await this.#engine.unload(checkpoint.id);
      slot.state = { kind: 'found', checkpoint, error: null };
    } catch (error) {
      slot.state = { kind: 'loaded', checkpoint, model, error: named(error) };
    }
    await this.estimate();
  }

  /** Empties the slot and lets the engine forget its folder. */
  async clear(slot: Slot): Promise<void> {
    const { checkpoint } = slot;
    if (slot.state.kind === 'reading') slot.state.cancel();
    slot.state = { kind: 'empty' };
    slot.adapter = null;
    this.rename(slot, '');
    slot.estimate = { kind: 'none' };
    if (!checkpoint) return;
    try {
      await this.#engine.close(checkpoint.id);
    } catch (error) {
      this.dropError = named(error);
    }
    await this.estimate();
  }
}
