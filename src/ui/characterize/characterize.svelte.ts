import { untrack } from 'svelte';
import { type Address, addressOf, analysisAt, valuesAt } from '../../analyses/address.ts';
import type { ValuesOf } from '../../analyses/declaration.ts';
import type { declaration as overlap } from '../../analyses/overlap/declaration.mjs';
import { readerOf } from '../../analyses/probe.ts';
import { UPDATES } from '../../analyses/registry.ts';
import type { SettingValues } from '../../analyses/setting-values.ts';
import type { Updates, UpdatesReader } from '../../analyses/updates.ts';
import { named } from '../../named.ts';
import { type Compared, comparisonAgain, keptComparison, type Shown } from '../../study/shown/comparison.ts';
import { deltasOf } from '../../spectra/deltas/delta-spec.ts';
import { sameWork } from '../../identity/work-identity.ts';
import type { CheckpointSet } from '../../spectra/deltas/pairing.ts';
import type { Donors } from '../state/donors.svelte.ts';
import type { Family, StandIn } from '../state/family.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import type { Machine } from '../state/machine.svelte.ts';
import { carriedOf } from '../state/stand-in.ts';
import { type ListedWork, sameValues, unreadable } from '../state/shown-part.ts';
import { t } from '../state/texts.ts';
import type { StudySurroundings } from '../state/study-surroundings.ts';
import type { View } from '../state/view.svelte.ts';
import { Comparison, labelOf, type ShownDelta, shownDeltas } from './comparison.svelte.ts';
import { Merges } from './merges.svelte.ts';
import type { ResultFile } from './signed.ts';
import { UpdatesStore } from './updates-store.svelte.ts';

const FIRST = [...UPDATES.keys()][0] ?? '';

export type SpectrumDevice = 'webgpu' | 'cpu';

/** What the page takes of the app. */
interface Stores {
  readonly family: Family;
  readonly machine: Machine;
  readonly view: View;
  readonly jobs: Jobs;
}

/** The analyses of the opened checkpoints' updates: which is shown, of what is compared, and where it is computed. */
export class Characterize {
  /** Name of the analysis that is shown. */
  measure = $state<string>(FIRST);
  /** ‖Δ‖/‖W‖, or ‖Δ‖. */
  scale = $state<'relative' | 'absolute'>('relative');
  /** Whether what papers printed is drawn beside. */
  published = $state(false);
  /** Where spectra are to be computed. Null: on the GPU where there is a real one. */
  chosenDevice = $state<SpectrumDevice | null>(null);
  /** Merges that are compared beside the opened checkpoints. */
  readonly merges: Merges;
  readonly stores: ReadonlyMap<string, UpdatesStore>;
  /** By their names in results, how the compared checkpoints are shown. */
  identities = $state.raw<ReadonlyMap<string, Shown>>(new Map());
  readonly #app: Stores;
  readonly #surroundings: StudySurroundings;
  readonly #comparison: Comparison;
  /** What the work was laid out for. */
  #compared: CheckpointSet | null = null;
  /** A device is being made ready for spectra. */
  #starting = $state(false);
  #kept = $state.raw<{ readonly standIn: StandIn; readonly compared: Compared } | null>(null);
  /** The latest call of `prepare`: an earlier one that is slower says nothing any more. */
  #latest = 0;
  #preparing: Promise<void> = Promise.resolve();

  constructor(app: Stores, donors: Donors, surroundings: StudySurroundings) {
    const { family, view, jobs } = app;
    this.merges = new Merges(family, donors, view, jobs);
    this.#app = app;
    this.#comparison = new Comparison(family.folders);
    this.#surroundings = surroundings;
    this.stores = new Map(
      [...UPDATES].map(([name, analysis]) => [
        name,
        new UpdatesStore(
          analysis as Updates<SettingValues, unknown, ResultFile>,
          (role) => labelOf(this.identities, role),
          view,
          surroundings.journals,
          jobs,
        ),
      ]),
    );
  }

  /** Of the analysis that is shown. */
  get store(): UpdatesStore {
    return this.stores.get(this.measure) as UpdatesStore;
  }

  /** Of an analysis, with its own types. */
  of<Values, Record, File extends ResultFile>(
    analysis: Updates<Values, Record, File>,
  ): UpdatesStore<Values, Record, File> {
    const store: unknown = this.stores.get(analysis.declaration.name);
    return store as UpdatesStore<Values, Record, File>;
  }

  /** Where spectra are computed. */
  get device(): SpectrumDevice {
    return this.chosenDevice ?? (this.#app.machine.capabilities?.preferred === 'webgpu' ? 'webgpu' : 'cpu');
  }

  /** The same, by the name that results have of it. */
  get computer(): string {
    if (this.#instead) return this.#instead.computer;
    return this.device === 'cpu' ? 'cpu' : (this.#app.machine.capabilities?.webgpu?.adapter ?? this.device);
  }

  /** Opened checkpoints, and merges that can be read. */
  get count(): number {
    if (this.#instead) return this.#instead.set.size;
    return this.#app.family.opened.length + this.merges.current.length;
  }

  get running(): boolean {
    return this.#starting || [...this.stores.values()].some(({ run }) => run.running);
  }

  /** What kept results compared, while these are shown. */
  get #instead(): Compared | null {
    const { standIn } = this.#app.family;
    return standIn && this.#kept?.standIn === standIn ? this.#kept.compared : null;
  }

  /** Whether kept work is of the analysis and the settings that are shown. */
  isOf({ analysis, given }: ListedWork): boolean {
    const values = analysis === this.measure ? comparisonAgain(given)?.values : undefined;
    return values !== undefined && sameValues(values, this.store.values);
  }

  /** Shows kept work as it was measured: nothing is opened for it. @throws NamedError `JournalDamaged` where another version kept it */
  async showKept(work: ListedWork): Promise<void> {
    const found = comparisonAgain(work.given);
    if (!found) throw unreadable(work);
    const { compared, values } = found;
    const standIn = { page: 'characterize', models: [], body: compared.body, ...carriedOf(work) } as const;
    this.#kept = { standIn, compared };
    this.restore(work.analysis, values);
    this.#app.family.standIn = standIn;
    const { measure } = this;
    const set = JSON.stringify(this.store.values);
    await this.prepare();
    // Something else may have been set, opened, or shown meanwhile.
    if (this.#app.family.standIn !== standIn || this.measure !== measure) return;
    const { next } = this.store;
    if (JSON.stringify(this.store.values) !== set || (next && sameWork(next.identity, work))) return;
    this.#app.family.standIn = null;
    throw unreadable(work);
  }

  /** What is missing before the analysis that is shown can run. */
  get needs(): string | null {
    const { words } = this.store.analysis;
    if (this.count < 2) return words.needs;
    const other = [...this.stores.values()].find((store) => store !== this.store && store.run.running);
    if (other) return t.updates.measured(other.analysis.words.title);
    return this.store.problem ? t.updates.notComparable : this.#app.family.standInNeeds;
  }

  /** How updates are shown: those that an analysis measures, or could. */
  shown(updates: Parameters<typeof shownDeltas>[0] = []): readonly ShownDelta[] {
    return shownDeltas(updates, this.identities);
  }

  /** What was found so far of the analysis that is shown, in sentences. */
  get findings(): readonly string[] {
    const { analysis, file, run } = this.store;
    const { plan, values } = this.store.shown;
    if (!plan || !file || run.records.size === 0) return [];
    const { layers } = plan.pairing;
    const { regions } = readerOf(this.#app.view.cuts(layers), layers);
    const formulas = new Map(this.shown(plan.deltas).map(({ key, formula }) => [key, formula]));
    const reader: UpdatesReader = { regions, formulas, scale: this.scale };
    return analysis.findings(file, plan, values, reader);
  }

  /** Sets one of the shown analysis's settings; one that several declare as the same is one for all. */
  set(name: string, value: unknown): void {
    const setting = this.store.analysis.declaration.settings[name];
    for (const store of this.stores.values())
      if (store.analysis.declaration.settings[name] === setting) store.set(name, value);
  }

  /** Shows an analysis with these settings, as far as they are valid. */
  restore(name: string, found: SettingValues): void {
    this.measure = name;
    for (const store of this.stores.values()) {
      const { settings } = store.analysis.declaration;
      const own = Object.entries(found).filter(([one]) => settings[one] === this.#settingsOf(name)[one]);
      store.restore(Object.fromEntries(own));
    }
  }

  /** What a link to it says: nothing of the first analysis as it begins. */
  get address(): Address {
    const { measure, store } = this;
    const address = addressOf(measure, this.#settingsOf(measure), store.values);
    return address.size > 1 || measure !== FIRST ? address : new Map();
  }

  /** Shows what a link names, with its settings, as far as these are valid. */
  follow(address: Address): void {
    const name = analysisAt(address);
    if (name !== null && this.stores.has(name)) this.restore(name, valuesAt(this.#settingsOf(name), address));
  }

  #settingsOf(name: string): Updates['declaration']['settings'] {
    return this.stores.get(name)?.analysis.declaration.settings ?? {};
  }

  /** Lays out the work for what is open and asked, and shows what journals hold of it. */
  prepare(): Promise<void> {
    return (this.#preparing = this.#prepare());
  }

  async #prepare(): Promise<void> {
    const stores = [...this.stores.values()];
    const slots = this.#app.family.opened;
    const merges = this.merges.current;
    // Read before anything is awaited: whoever shows the page lays out again when one of them changes.
    const asked = stores.map(({ values }) => values);
    const { computer } = this;
    const instead = this.#instead;
    const { body } = this.#app.family;
    if (this.running) return;
    const latest = ++this.#latest;
    const { count } = this;
    if (count < 2) {
      // What is shown then is not what decides it.
      untrack(() => stores.forEach((store) => store.fail(null, count > 0)));
      return;
    }
    try {
      const { set, identities } = instead ?? (await this.#comparison.checkpoints(slots, merges));
      if (this.running || latest !== this.#latest) return;
      // Those that were compared before are still spoken of where results of theirs are shown.
      const known = untrack(() => this.identities);
      this.identities = new Map([...known, ...identities]);
      this.#compared = set;
      const given = { checkpoints: set, computer };
      await Promise.all(
        stores.map((store, index) => {
          const values = fitting(asked[index] ?? {}, set);
          const kept = () => keptComparison({ body, set, identities, computer }, values);
          return store.prepare(given, values, instead ? null : kept);
        }),
      );
    } catch (error) {
      for (const store of stores) store.fail(named(error));
    }
  }

  /** Lays out, and waits for whoever asked for it later: the button may be quicker than the checkpoints' headers. */
  async #prepared(): Promise<void> {
    let seen = this.prepare();
    for (;;) {
      await seen;
      if (seen === this.#preparing) return;
      seen = this.#preparing;
    }
  }

  /**
   * Runs an analysis; the one that is shown unless told otherwise. Where spectra are computed by another device than was chosen, since
   * the GPU cannot be used, the choice follows: numbers of two devices are never put into one result.
   */
  async start(name: string = this.measure): Promise<void> {
    await this.#prepared();
    const store = this.stores.get(name);
    const checkpoints = this.#compared;
    if (!store?.next || !checkpoints || this.running) return;
    const usesGpu = store.analysis.declaration.computers === 'gpu';
    const wanted = usesGpu ? this.device : 'cpu';
    this.#starting = true;
    try {
      const notices: string[] = [];
      const computers = await this.#surroundings.computers(wanted, (notice) => notices.push(notice));
      try {
        if (computers.device !== wanted) this.chosenDevice = computers.device;
        const given = { checkpoints, computer: computers.computer };
        const values = fitting(store.values, checkpoints);
        const { identities } = this;
        const { body } = this.#app.family;
        const compared = { body, set: checkpoints, identities, computer: computers.computer };
        await store.prepare(given, values, () => keptComparison(compared, values));
        await store.start(computers, notices);
      } finally {
        computers.dispose();
      }
    } catch (error) {
      store.problem = named(error);
    } finally {
      this.#starting = false;
    }
  }
}

/** Settings without what was chosen among other checkpoints: a reference, and a pair of updates, that are not there any more. */
function fitting(values: SettingValues, set: CheckpointSet): SettingValues {
  const { reference, rlFrom, pair } = values as Partial<ValuesOf<typeof overlap.settings>>;
  const there = typeof reference === 'string' && set.has(reference) ? reference : null;
  const keys = deltasOf(set.keys(), {
    ...(rlFrom === undefined ? {} : { rlFrom }),
    ...(there === null ? {} : { reference: there }),
  }).map(({ key }) => key);
  const known = pair?.split(',').every((key) => keys.includes(key)) === true;
  return { ...values, reference: there, ...(known || pair === undefined ? {} : { pair: null }) };
}
