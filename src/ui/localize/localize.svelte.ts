import * as v from 'valibot';
import { type Address, addressOf, analysisAt, valuesAt } from '../../analyses/address.ts';
import type { AskedModel } from '../../analyses/asked-model.ts';
import type { PairSet, Probe, QuestionList } from '../../analyses/probe.ts';
import { PROBES } from '../../analyses/registry.ts';
import type { EngineApi } from '../../engine/protocol.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import type { Journals } from '../../study/journal/journals.ts';
import { sameWork } from '../../identity/work-identity.ts';
import { givenAgain, shownProbe } from '../../study/shown/probe-given.ts';
import { bodyOf } from '../layer-strip/layer-axis.ts';
import type { Plan } from '../../analyses/plan.ts';
import type { LayerPick } from '../charts/layer-lines/series.ts';
import { asked } from '../state/asked-slot.ts';
import type { Family, StandIn } from '../state/family.svelte.ts';
import type { ImageChoice } from '../state/image-choice.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import {
  badNotice,
  keepSettings,
  keptSettings,
  type SettingShapes,
  validSettings,
} from '../state/kept-settings.ts';
import { asJobIfLong } from '../state/long-job.ts';
import type { LoadedSlot } from '../state/slot.svelte.ts';
import { carriedOf, shownModel, standIn } from '../state/stand-in.ts';
import { type ListedWork, sameValues, unreadable } from '../state/shown-part.ts';
import type { Preparing } from '../state/study-run.svelte.ts';
import { ProbeStore, type ShownWork } from './probe-store.svelte.ts';
import { t as states } from '../state/texts.ts';
import { isBrought, SampleSets } from './sample-sets.svelte.ts';
import { t } from './texts.ts';

/** Where the settings last run are kept, so that a reload finds its unfinished work again. */
const KEPT = 'localize';

const FIRST = [...PROBES.keys()][0] ?? '';

/** What of the page is kept beside the settings of each analysis. */
const CHOICES = {
  probe: v.picklist([...PROBES.keys()]),
  /** Name of a slot. */
  chosen: v.nullable(v.string()),
  pairSource: v.picklist(['pairs', 'minimal-pairs', 'dropped', 'own']),
  problemSource: v.picklist(['problems', 'general-vqa', 'math-targeted-vqa', 'dropped']),
  pictureSource: v.picklist(['general-vqa', 'math-targeted-vqa', 'dropped']),
  /** By analysis; each is checked by what that declares. */
  settings: v.record(v.string(), v.unknown()),
} satisfies SettingShapes;

/** The analyses that ask models: which is shown, of what, and about what. They outlive the page. */
export class Localize {
  probe = $state<string>(FIRST);
  /** Name of the slot that analyses of one model ask; the last loaded one where it is gone. */
  chosen = $state<string | null>(null);
  /** What of the settings of an earlier visit could not be taken over. */
  keptNotice = $state<string | null>(null);
  /** The point whose samples are shown. */
  pick = $state.raw<LayerPick | null>(null);
  readonly sets: SampleSets;
  readonly stores: ReadonlyMap<string, ProbeStore>;
  readonly engine: EngineApi;
  readonly #family: Family;
  readonly #images: ImageChoice;
  readonly #jobs: Jobs;
  #preparing: Promise<void> = Promise.resolve();
  /** Samples of kept work that is shown, in place of those that are chosen. */
  #instead: { readonly standIn: StandIn; readonly samples: PairSet | QuestionList } | null = null;
  /** Of all that was laid out. */
  #latest = 0;

  /** @param preparing by analysis, how its records are made ready to be shown, where that takes long */
  constructor(
    engine: EngineApi,
    family: Family,
    images: ImageChoice,
    jobs: Jobs,
    journals: Journals,
    preparing: ReadonlyMap<string, Preparing<unknown>> = new Map(),
  ) {
    this.engine = engine;
    this.#family = family;
    this.#images = images;
    this.#jobs = jobs;
    this.sets = new SampleSets(jobs);
    this.stores = new Map(
      [...PROBES].map(([name, probe]) => [
        name,
        new ProbeStore(probe, journals, jobs, preparing.get(name) ?? null),
      ]),
    );
    this.#restoreKept();
  }

  /** Of the analysis that is shown. */
  get store(): ProbeStore {
    return this.stores.get(this.probe) as ProbeStore;
  }

  /** What is on show of an analysis, with its own types. */
  of<Samples extends PairSet | QuestionList, Values, Record, Sample>(
    probe: Probe<Samples, Values, Record, Sample>,
  ): ShownWork<Values, Record, Sample> {
    const store: unknown = this.stores.get(probe.declaration.name);
    return (store as ProbeStore<Values, Record, Sample>).shown;
  }

  /** The model that analyses of one model ask. */
  get model(): LoadedSlot | null {
    const { present } = this.#family;
    return present.find(({ identity }) => identity.label === this.chosen) ?? present.at(-1) ?? null;
  }

  /** What analyses of several compare: all that are loaded and of one shape. */
  get compared(): readonly LoadedSlot[] {
    const { present } = this.#family;
    const last = present.at(-1);
    return present.filter(({ checkpoint }) => checkpoint.layers === last?.checkpoint.layers);
  }

  /** What the analysis that is shown asks. */
  get #slots(): readonly LoadedSlot[] {
    const one = this.model ? [this.model] : [];
    return this.store.probe.declaration.compares ? this.compared : one;
  }

  get models(): readonly AskedModel[] {
    return this.#slots.map(asked);
  }

  /** As everywhere on the page: of a slot, by its name. */
  colourOf(name: string): string {
    return this.#family.colourOf(name);
  }

  /** What is missing before it can be laid out, and what is kept of it shown. */
  get missing(): string | null {
    const { probe } = this.store;
    const missing = probe.needs(this.models);
    if (this.#family.standIn) return missing;
    return this.#family.weightsOnly ?? missing ?? this.sets.needs(probe.declaration.asks);
  }

  /** What is missing before it can run. */
  get needs(): string | null {
    return this.missing ?? this.#family.standInNeeds;
  }

  /** How images are read, on this page as on all others. */
  get reading(): Required<ImageReading> {
    return this.#images.reading;
  }

  /** What a link to it says: nothing of the first analysis as it begins. */
  get address(): Address {
    const { probe, store } = this;
    const address = addressOf(probe, store.probe.declaration.settings, store.values);
    return address.size > 1 || probe !== FIRST ? address : new Map();
  }

  /** Shows what a link names, with its settings, as far as these are valid. */
  follow(address: Address): void {
    const name = analysisAt(address);
    const store = name === null ? undefined : this.stores.get(name);
    if (name === null || !store) return;
    this.restore({ probe: name, settings: { [name]: valuesAt(store.probe.declaration.settings, address) } });
  }

  /** What decides which work is shown, besides models, data and how images are read. */
  get settings(): v.InferOutput<v.ObjectSchema<typeof CHOICES, undefined>> {
    const { probe, chosen, sets, stores } = this;
    const { pairSource, problemSource, pictureSource } = sets;
    const settings = Object.fromEntries([...stores].map(([name, { values }]) => [name, values]));
    return { probe, chosen, pairSource, problemSource, pictureSource, settings };
  }

  /** Lays out the work of the present settings, and shows what is kept of it. @throws NamedError those of reading the sets */
  async prepare(): Promise<void> {
    let seen = (this.#preparing = this.#prepare());
    // Who asked for it last decides, and all wait for that: settings change while pictures are read.
    for (;;) {
      try {
        await seen;
      } catch (error) {
        if (seen === this.#preparing) throw error;
      }
      if (seen === this.#preparing) return;
      seen = this.#preparing;
    }
  }

  async #prepare(): Promise<void> {
    const { store, engine, models, reading } = this;
    const latest = ++this.#latest;
    const isWanted = (): boolean => latest === this.#latest;
    if (this.missing !== null) return;
    const { standIn } = this.#family;
    const { values } = store;
    const [slots, source, chosen] = [this.#slots, this.#source, this.chosen];
    try {
      const instead = standIn && this.#instead?.standIn === standIn ? this.#instead.samples : null;
      const samples = instead ?? (await this.sets.chosen(store.probe.declaration.asks));
      if (!samples) return;
      const kept = { models: slots.map(shownModel), chosen, source, values, reading, samples };
      const keep = (plan: Plan<unknown, unknown>) => shownProbe(store.probe, plan, kept);
      await asJobIfLong(this.#jobs, states.jobs.readingPictures, (work) =>
        store.prepare({ engine, models, samples, reading, work }, isWanted, standIn ? null : keep),
      );
    } catch (error) {
      if (isWanted() && !store.run.running) store.fail();
      throw error;
    }
  }

  /** Which set the analysis that is shown is asked about. */
  get #source(): string {
    const { pairSource, problemSource, pictureSource } = this.sets;
    const { asks } = this.store.probe.declaration;
    return asks === 'pairs' ? pairSource : asks === 'problems' ? problemSource : pictureSource;
  }

  /**
   * Whether kept work is of the analysis, the set and the settings that are shown. No later visit has what was brought along to choose:
   * that is shown over a committed set, too.
   */
  isOf({ analysis, given }: ListedWork): boolean {
    const again = analysis === this.probe ? givenAgain(given) : null;
    if (!again || !sameValues(again.values, this.store.values)) return false;
    return again.source === this.#source || (isBrought(again.source) && !isBrought(this.#source));
  }

  /**
   * Shows kept work as it was measured: nothing is loaded for it. Where its samples are none of the committed sets, their pictures are
   * gone.
   *
   * @param readsSets whether a committed set is read for its pictures; charts take none
   * @throws NamedError `JournalDamaged` where another version of the app kept it
   */
  async showKept(work: ListedWork, readsSets = true): Promise<void> {
    const given = givenAgain(work.given);
    const [first] = given?.models ?? [];
    if (!given || !first) throw unreadable(work);
    const { chosen, source, values, samples } = given;
    const models = given.models.map(standIn);
    const inPlace = { page: 'localize', models, body: bodyOf(first.checkpoint), ...carriedOf(work) } as const;
    this.#images.restore({ ...given.reading });
    this.pick = null;
    this.restore({ probe: work.analysis, chosen, settings: { [work.analysis]: values } });
    this.restore({ pairSource: source, problemSource: source, pictureSource: source });
    this.#instead = null;
    this.#family.standIn = inPlace;
    const isRead = readsSets && !isBrought(source);
    const set = JSON.stringify(this.settings);
    // It is shown, or something else was set, opened, or shown meanwhile.
    const isDone = (): boolean => {
      const { plan } = this.store;
      if (this.#family.standIn !== inPlace || JSON.stringify(this.settings) !== set) return true;
      return plan !== null && sameWork(plan.identity, work);
    };
    if (isRead) {
      await this.prepare().catch(() => undefined);
      if (isDone()) return;
    }
    this.#instead = { standIn: inPlace, samples };
    await this.prepare();
    if (isDone()) return;
    this.#family.standIn = null;
    throw unreadable(work);
  }

  async start(): Promise<void> {
    await this.sets.bring(async () => {
      if (!keepSettings(KEPT, this.settings)) this.keptNotice = t.keepsNothing;
      const { store } = this;
      await this.prepare();
      await store.start();
    });
  }

  /**
   * Takes settings over where they are valid.
   *
   * @param found by the names of `settings`; others are left out
   */
  restore(found: unknown): void {
    this.#take(validSettings(found, CHOICES).values);
  }

  /** Returns the names of what could not be taken over. */
  #take({ settings, pairSource, problemSource, pictureSource, ...own }: Choices): readonly string[] {
    Object.assign(this, own);
    const { sets } = this;
    sets.pairSource = pairSource ?? sets.pairSource;
    sets.problemSource = problemSource ?? sets.problemSource;
    sets.pictureSource = pictureSource ?? sets.pictureSource;
    return Object.entries(settings ?? {}).flatMap(
      ([name, values]) =>
        this.stores
          .get(name)
          ?.restore(values)
          .map((bad) => `${name} ${bad}`) ?? [],
    );
  }

  /** The settings of the last run; what was brought is gone with the page, so committed sets take its place. */
  #restoreKept(): void {
    const { values, bad } = keptSettings(KEPT, CHOICES);
    this.keptNotice = badNotice([...bad, ...this.#take(values)]);
    const { sets } = this;
    if (isBrought(sets.pairSource)) sets.pairSource = 'pairs';
    if (isBrought(sets.problemSource)) sets.problemSource = 'problems';
    if (isBrought(sets.pictureSource)) sets.pictureSource = 'general-vqa';
  }
}

type Choices = Partial<v.InferOutput<v.ObjectSchema<typeof CHOICES, undefined>>>;
