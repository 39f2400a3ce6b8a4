import type { DemoCheckpoint, DemoIndex, DemoRecipe } from '../../demo/index-file.ts';
import { fetchDemoCheckpoint, fetchDemoExample, openDemoIndex } from '../../demo/family.ts';
import { pageSite, type DemoSite } from '../../demo/site.ts';
import { NamedError } from '../../named-error.ts';
import { bytes } from '../format/quantity.ts';
import type { Asking } from '../state/asking.svelte.ts';
import { failureOf } from '../state/failure.ts';
import type { Family } from '../state/family.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import type { Slot } from '../state/slot.svelte.ts';
import type { View } from '../state/view.svelte.ts';
import { t } from './texts.ts';

type DemoPhase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'opening'; readonly what: string; readonly share: number | null }
  | { readonly kind: 'failed'; readonly error: NamedError };

const JOB = 'demo';
const POSITION = { base: 0, in: 1, rl: 2 } as const;

/** What a slot calls it, the command line too. */
const nameOf = ({ name }: Pick<DemoCheckpoint, 'name'>) => `demo:${name}`;

/** The bundled family on its way into the slots: Base, IN and RL ready to answer, the frozen runs opened after them. */
export class Demo {
  phase = $state.raw<DemoPhase>({ kind: 'idle' });
  /** Known once the index was read. */
  index = $state.raw<DemoIndex | null>(null);
  /** Whether all that was fetched will be there without a network; null before anything was. */
  kept = $state<boolean | null>(null);
  readonly #site: () => DemoSite;
  readonly #family: Family;
  readonly #asking: Asking;
  readonly #view: View;
  readonly #jobs: Jobs;

  constructor(family: Family, asking: Asking, view: View, jobs: Jobs, site: () => DemoSite = pageSite) {
    this.#family = family;
    this.#asking = asking;
    this.#view = view;
    this.#jobs = jobs;
    this.#site = site;
  }

  /** Whether there is something to open and nothing of the user's own in the way. */
  get offered(): boolean {
    const [base, , rl] = this.#family.slots;
    if (!base || !rl || this.phase.kind === 'opening') return false;
    const others = this.#family.opened.some(({ checkpoint }) => !checkpoint?.name.startsWith('demo:'));
    return !others && (this.begun ? this.missing.length > 0 : true);
  }

  /** Whether a part of it is open. */
  get begun(): boolean {
    return this.#family.opened.some(({ checkpoint }) => checkpoint?.name.startsWith('demo:'));
  }

  /** Its checkpoints that are in no slot. */
  get missing(): readonly DemoCheckpoint[] {
    return (this.index?.checkpoints ?? []).filter((checkpoint) => !this.#slotOf(checkpoint));
  }

  get recipe(): DemoRecipe | null {
    return this.index?.recipe ?? null;
  }

  /**
   * Fetches what is missing, opens it, loads Base, IN and RL, and lays an example ready in Try it as soon as Base can answer. The
   * frozen runs come last and are opened only; they are loaded on demand.
   */
  async open(): Promise<void> {
    if (this.phase.kind === 'opening') return;
    const controller = new AbortController();
    const { signal } = controller;
    const cancel = () => controller.abort();
    this.#say(t.readingIndex, null, cancel);
    try {
      const site = this.#site();
      const index = (this.index = await openDemoIndex(site));
      const first = index.checkpoints.filter(({ role }) => role !== 'frozen');
      let loading = Promise.resolve();
      const bring = async (checkpoints: readonly DemoCheckpoint[], load: boolean) => {
        const total = checkpoints.reduce((sum, checkpoint) => sum + checkpoint.bytes, 0);
        let before = 0;
        for (const checkpoint of checkpoints) {
          await this.#bring(checkpoint, site, signal, (done) =>
            this.#say(
              t.fetching(checkpoint.title, bytes(before + done), bytes(total)),
              (before + done) / total,
              cancel,
            ),
          );
          before += checkpoint.bytes;
          const slot = this.#slotOf(checkpoint);
          if (!load || !slot) continue;
          loading = loading
            .then(() => this.#load(slot, signal))
            .then(() => this.#fillExample(index, site, signal));
          // Awaited below, unless fetching fails first; then that failure is the one told.
          loading.catch(() => undefined);
        }
      };
      await bring(first, true);
      this.#say(t.loading, null, cancel);
      await loading;
      await bring(
        index.checkpoints.filter(({ role }) => role === 'frozen'),
        false,
      );
      this.phase = { kind: 'idle' };
    } catch (thrown) {
      const error = failureOf(thrown);
      this.phase = error ? { kind: 'failed', error } : { kind: 'idle' };
    } finally {
      this.#jobs.end(JOB);
    }
  }

  async #bring(
    checkpoint: DemoCheckpoint,
    site: DemoSite,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): Promise<void> {
    if (this.#slotOf(checkpoint)) return;
    const folder = await fetchDemoCheckpoint(checkpoint, {
      site,
      signal,
      onProgress: ({ bytesDone }) => onBytes(bytesDone),
    });
    this.kept = (this.kept ?? true) && folder.kept;
    await this.#family.open(this.#freeSlot(checkpoint), { name: nameOf(checkpoint), files: folder.files });
  }

  async #load(slot: Slot, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await this.#family.load(slot);
  }

  /** Puts the first example into Try it, once a model can answer; leaves alone what a person has begun to write. */
  async #fillExample(index: DemoIndex, site: DemoSite, signal: AbortSignal): Promise<void> {
    const [example] = index.examples;
    const { recipe } = index;
    if (this.#family.loaded.length !== 1 || !example || signal.aborted) return;
    const asking = this.#asking;
    asking.maxNewTokens = recipe.maxNewTokens;
    asking.temperature = recipe.temperature;
    asking.system = recipe.system;
    if (asking.question === '' && asking.images.length === 0) {
      const picture = await fetchDemoExample(example, { site, signal });
      asking.put(recipe.prefix + example.question, [picture]);
    }
    // Where it was opened for an analysis, or in a talk, that is what is to be seen.
    if (this.#view.page === 'open' && !this.#view.talk) this.#view.toggleTryIt(true);
  }

  #slotOf(checkpoint: DemoCheckpoint): Slot | undefined {
    return this.#family.slots.find((slot) => slot.checkpoint?.name === nameOf(checkpoint));
  }

  #freeSlot(checkpoint: DemoCheckpoint): Slot {
    const family = this.#family;
    const free = (slot: Slot | undefined): slot is Slot =>
      slot?.state.kind === 'empty' || slot?.state.kind === 'wrong';
    if (checkpoint.role !== 'frozen') {
      const slot = family.slots[POSITION[checkpoint.role]];
      if (free(slot)) return slot;
    } else {
      const slot = family.slots.slice(3).find(free);
      if (slot) return slot;
      if (family.canAdd) {
        family.add();
        const added = family.slots.at(-1);
        if (added) return added;
      }
    }
    throw new NamedError(
      'NoSlotLeft',
      `${checkpoint.title} has no slot: another checkpoint lies there`,
      {},
      'Close that checkpoint and press again.',
    );
  }

  #say(what: string, share: number | null, cancel: () => void): void {
    this.phase = { kind: 'opening', what, share };
    this.#jobs.report({ id: JOB, title: t.opening, detail: what, share, cancel });
  }
}
