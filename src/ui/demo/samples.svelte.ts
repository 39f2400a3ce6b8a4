import type { Sample, SampleSet } from '../../demo/samples.ts';
import { familiesOf, loadSamples } from '../../demo/samples.ts';
import type { NamedError } from '../../named-error.ts';
import type { Asking } from '../state/asking.svelte.ts';
import { named } from '../../named.ts';
import type { Stitch } from '../state/stitch.svelte.ts';
import type { View } from '../state/view.svelte.ts';

/** Samples as they lie in `dataset/data`, or drawn here and now. */
export type Origin = 'committed' | 'drawn';

/** A screenful; drawing goes on from there with the next seed. */
const DRAWN_AT_ONCE = 24;

/** A sample as the list shows it. */
export interface Listed {
  readonly sample: Sample;
  readonly url: string | null;
  readonly sourceUrl: string | null;
}

/** The sample browser: where one is in which set. It keeps its place while its sheet is closed. */
export class Samples {
  #set = $state<SampleSet>('pairs');
  #origin = $state<Origin>('committed');
  #family = $state<string | null>(null);
  /** Seed 0 draws the committed ones. */
  #seed = $state(1);
  #all = $state.raw<readonly Listed[]>([]);
  #drawnFamilies = $state.raw<readonly string[]>([]);
  #chosen = $state<string | null>(null);
  busy = $state(false);
  error = $state.raw<NamedError | null>(null);
  #work = new AbortController();
  #begun = false;
  readonly #asking: Asking;
  readonly #stitch: Stitch;
  readonly #view: View;

  constructor(asking: Asking, stitch: Stitch, view: View) {
    this.#asking = asking;
    this.#stitch = stitch;
    this.#view = view;
  }

  get set(): SampleSet {
    return this.#set;
  }

  set set(set: SampleSet) {
    this.#set = set;
    this.#family = null;
    void this.#fill();
  }

  get origin(): Origin {
    return this.#origin;
  }

  set origin(origin: Origin) {
    this.#origin = origin;
    this.#family = null;
    void this.#fill();
  }

  /** null: all of them. */
  get family(): string | null {
    return this.#family;
  }

  set family(family: string | null) {
    this.#family = family;
    if (this.#origin === 'drawn') void this.#fill();
  }

  get seed(): number {
    return this.#seed;
  }

  set seed(seed: number) {
    this.#seed = seed;
    void this.#fill();
  }

  get families(): readonly string[] {
    return this.#origin === 'drawn' ? this.#drawnFamilies : familiesOf(this.#all.map(({ sample }) => sample));
  }

  get list(): readonly Listed[] {
    if (this.#origin === 'drawn' || this.#family === null) return this.#all;
    return this.#all.filter(({ sample }) => sample.family === this.#family);
  }

  get chosen(): Listed | null {
    const { list } = this;
    return list.find(({ sample }) => sample.id === this.#chosen) ?? list[0] ?? null;
  }

  choose(listed: Listed): void {
    this.#chosen = listed.sample.id;
  }

  /** The sample `by` places further down. */
  move(by: number): void {
    const { list, chosen } = this;
    const at = chosen ? list.indexOf(chosen) : 0;
    const to = list[Math.min(list.length - 1, Math.max(0, at + by))];
    if (to) this.choose(to);
  }

  /** Fills the list the first time the sheet opens, or after it could not be filled. */
  begin(): void {
    if (!this.#begun || this.error) void this.#fill();
    this.#begun = true;
  }

  /** Puts the chosen sample (or its source picture) into Try it, and asks it where a model can answer. */
  ask(side: 'target' | 'source' = 'target'): void {
    const sample = this.chosen?.sample;
    if (!sample) return;
    const image = side === 'source' ? (sample.source?.image ?? null) : sample.image;
    const name = `${sample.id}${side === 'source' ? ' source' : ''}.png`;
    this.#asking.put(sample.prompt, image ? [new File([image], name, { type: 'image/png' })] : []);
    this.#view.sheet = null;
    this.#view.toggleTryIt(true);
    if (this.#stitch.model) void this.#asking.ask();
  }

  async #fill(): Promise<void> {
    this.#work.abort();
    const work = (this.#work = new AbortController());
    this.#show([]);
    this.error = null;
    this.busy = true;
    try {
      if (this.#origin === 'committed') {
        const samples = await loadSamples(this.#set);
        if (!work.signal.aborted) this.#show(samples.map(listed));
      } else await this.#draw(work.signal);
    } catch (error) {
      if (!work.signal.aborted) this.error = named(error);
    } finally {
      if (!work.signal.aborted) this.busy = false;
    }
  }

  async #draw(signal: AbortSignal): Promise<void> {
    // The generator is fetched when it is first used.
    const { drawSamples, DRAWN_FAMILIES } = await import('../../demo/drawn-samples.ts');
    if (signal.aborted) return;
    const families = DRAWN_FAMILIES[this.#set];
    this.#drawnFamilies = families.length > 1 ? families : [];
    const options = { set: this.#set, family: this.#family, seed: this.#seed, count: DRAWN_AT_ONCE, signal };
    for await (const sample of drawSamples(options)) {
      if (signal.aborted) return;
      this.#all = [...this.#all, listed(sample)];
    }
  }

  #show(all: readonly Listed[]): void {
    for (const { url, sourceUrl } of this.#all)
      for (const shown of [url, sourceUrl]) if (shown) URL.revokeObjectURL(shown);
    this.#all = all;
  }
}

function listed(sample: Sample): Listed {
  return {
    sample,
    url: sample.image && URL.createObjectURL(sample.image),
    sourceUrl: sample.source && URL.createObjectURL(sample.source.image),
  };
}
