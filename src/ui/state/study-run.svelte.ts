import type { Witnessed } from '../../checkpoint/whole-hash/witness.ts';
import { NamedError } from '../../named-error.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { workKey } from '../../identity/work-identity.ts';
import type { Journals } from '../../study/journal/journals.ts';
import { runJournalled } from '../../study/run-journalled.ts';
import type { LongWork } from '../../work/long-work.ts';
import type { Jobs } from './jobs.svelte.ts';
import { named } from './named.ts';
import { cancelled } from '../../work/cancel.ts';

/** Charts are redrawn with new records at most this often. */
const SHOWN_EVERY_MS = 250;

/**
 * One piece of long work of a page, with what it has found so far: an interrupted run's records come back from its
 * journal, and running it again goes on behind them. It outlives the page's component.
 */
export class StudyRun<Record> {
  /** What was found so far, by key. */
  records = $state.raw<ReadonlyMap<string, Record>>(new Map());
  /** The same, in the order they came. */
  found: readonly Record[] = $derived([...this.records.values()]);
  running = $state(false);
  /** Records of the whole. */
  total = $state(0);
  error = $state.raw<NamedError | null>(null);
  notices = $state.raw<readonly string[]>([]);
  readonly #journals: Journals;
  readonly #jobs: Jobs;
  readonly #id: string;
  #identity: WorkIdentity | null = null;
  #key = '';
  #controller: AbortController | null = null;
  #pending: Map<string, Record> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** @param id of the job, and of nothing else under way */
  constructor(id: string, journals: Journals, jobs: Jobs) {
    this.#id = id;
    this.#journals = journals;
    this.#jobs = jobs;
    journals.onRemoved((key) => {
      if (key === this.#key && !this.running) this.records = new Map();
    });
  }

  get done(): boolean {
    return this.total > 0 && this.records.size === this.total;
  }

  /** Names the piece of work it was turned to; empty before. */
  get key(): string {
    return this.#key;
  }

  /** Begun and not ended: a run would go on with it. */
  get resumable(): boolean {
    return !this.running && this.records.size > 0 && !this.done;
  }

  /**
   * Turns to a piece of work and shows what its journal holds. Nothing happens while another runs, or when it is the
   * same one.
   */
  async turnTo(identity: WorkIdentity, total: number): Promise<void> {
    const key = await workKey(identity);
    if (this.running || key === this.#key) return;
    this.#key = key;
    this.#identity = identity;
    this.total = total;
    this.records = new Map();
    this.error = null;
    this.notices = [];
    try {
      const notices: string[] = [];
      const finished = await this.#journals.read<Record>(identity, (notice) => notices.push(notice));
      if (this.#key !== key || this.running) return;
      this.records = finished;
      this.notices = notices;
    } catch (error) {
      this.notices = [`${named(error).what}.`];
    }
  }

  /** Nothing is to be run any more: a checkpoint was closed. */
  leave(): void {
    if (this.running) return;
    this.#key = '';
    this.#identity = null;
    this.records = new Map();
    this.total = 0;
    this.error = null;
    this.notices = [];
  }

  /** Runs what it was turned to; resolves when that is over, however it ended. */
  async run(
    title: string,
    work: (long: LongWork<Record> & Witnessed, notice: (text: string) => void) => Promise<unknown>,
  ): Promise<void> {
    const identity = this.#identity;
    if (this.running || !identity) return;
    const controller = (this.#controller = new AbortController());
    this.running = true;
    this.error = null;
    this.notices = [];
    this.#pending = new Map(this.records);
    const notice = (text: string): void => {
      this.notices = [...this.notices, text];
    };
    const onProgress = this.#jobs.track(this.#id, title, () => this.cancel());
    try {
      await runJournalled<Record, unknown>(
        this.#journals,
        identity,
        this.total,
        (long) => work(long, notice),
        {
          signal: controller.signal,
          onProgress,
          // In place of what was shown: work that begins anew, as weights changed, takes over nothing.
          onFinished: (records) => {
            this.#pending = new Map(records);
            this.#timer ??= setTimeout(() => this.#show(), SHOWN_EVERY_MS);
          },
          onRecord: (key, record) => this.#take(key, record),
          onNotice: notice,
        },
      );
    } catch (error) {
      if (!(error instanceof NamedError && error.name === 'Cancelled')) this.error = named(error);
    } finally {
      this.#show();
      this.#pending = null;
      this.#controller = null;
      this.running = false;
      this.#jobs.end(this.#id);
    }
  }

  cancel(): void {
    this.#controller?.abort(cancelled());
  }

  /** Forgets what was found, here and in the journal. */
  async forget(): Promise<void> {
    if (this.running || !this.#identity) return;
    await this.#journals.remove(this.#identity);
  }

  #take(key: string, record: Record): void {
    this.#pending?.set(key, record);
    this.#timer ??= setTimeout(() => this.#show(), SHOWN_EVERY_MS);
  }

  #show(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#pending) this.records = new Map(this.#pending);
  }
}
