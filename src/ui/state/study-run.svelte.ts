import type { WithVerifier } from '../../checkpoint/whole-hash/weight-verifier.ts';
import type { NamedError } from '../../named-error.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { workKey } from '../../identity/work-identity.ts';
import type { Journals } from '../../study/journal/journals.ts';
import type { Origin, OtherRecords } from '../../study/journal/other-builds.ts';
import { originNotice } from '../../study/journal/other-builds.ts';
import { runJournalled } from '../../study/run-journalled.ts';
import type { LongWork } from '../../work/long-work.ts';
import { failureOf } from './failure.ts';
import type { Jobs } from './jobs.svelte.ts';
import { named } from '../../named.ts';
import { cancelled } from '../../work/cancel.ts';

/** Charts are redrawn with new records at most this often. */
const SHOWN_EVERY_MS = 250;

/** Makes records ready to be shown, away from the page. */
export interface Preparing<Record> {
  prepare(records: readonly Record[]): Promise<void>;
}

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
  /** Who computed what is shown, where that is another build: it is never gone on with. Null: this one, or nothing is shown. */
  origin = $state.raw<Origin | null>(null);
  readonly #journals: Journals;
  readonly #jobs: Jobs;
  readonly #id: string;
  #identity: WorkIdentity | null = null;
  #key = '';
  #controller: AbortController | null = null;
  #pending: Map<string, Record> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  readonly #preparing: Preparing<Record> | null;
  /** Of the records that are shown next: what was on its way before them is not shown behind them. */
  #serial = 0;
  /** Kept work that was removed: what was read before may have been of it. */
  #removals = 0;

  /**
   * @param id of the job, and of nothing else under way
   * @param preparing of records, before they are shown, where that takes long
   */
  constructor(id: string, journals: Journals, jobs: Jobs, preparing: Preparing<Record> | null = null) {
    this.#preparing = preparing;
    this.#id = id;
    this.#journals = journals;
    this.#jobs = jobs;
    journals.onRemoved((key) => {
      this.#removals += 1;
      if (this.running || key !== (this.origin?.key ?? this.#key)) return;
      this.#serial += 1;
      this.records = new Map();
      this.#leaveOrigin();
    });
    journals.onTakenOver((key) => {
      if (this.running || !this.#identity || key !== this.#key) return;
      this.#key = '';
      void this.showWork(this.#identity, this.total);
    });
  }

  get done(): boolean {
    return this.total > 0 && this.records.size === this.total;
  }

  /** Begun and not ended: a run would go on with it. */
  get resumable(): boolean {
    return !this.running && this.origin === null && this.records.size > 0 && !this.done;
  }

  /**
   * Shows a piece of work, as far as its journal holds it; where that is nothing, what another build computed of it, as that
   * build's. Nothing happens while another runs, or when it is the same one.
   */
  async showWork(identity: WorkIdentity, total: number): Promise<void> {
    const key = await workKey(identity);
    if (this.running || key === this.#key) return;
    this.#key = key;
    this.#identity = identity;
    this.total = total;
    this.error = null;
    await this.#showKept(identity);
  }

  async #showKept(identity: WorkIdentity): Promise<void> {
    const serial = (this.#serial += 1);
    const removals = this.#removals;
    this.records = new Map();
    this.notices = [];
    this.origin = null;
    const notices: string[] = [];
    try {
      const finished = await this.#journals.read<Record>(identity, (notice) => notices.push(notice));
      const [latest] = finished.size > 0 ? [] : await this.#journals.otherBuilds(identity);
      const other = latest && (await this.#journals.ofOtherBuild<Record>(identity.kind, latest));
      if (this.#identity !== identity || this.running) return;
      // What was withdrawn while it was read is not shown.
      if (removals !== this.#removals) return await this.#showKept(identity);
      if (serial !== this.#serial) return;
      this.notices = notices;
      if (other) await this.#showOther(other);
      else await this.#showReady(finished);
    } catch (error) {
      if (this.#identity === identity && !this.running) this.notices = [...notices, `${named(error).what}.`];
    }
  }

  /**
   * Shows what another build kept of the work that is shown, in place of this one's.
   *
   * @param key of that build's journal; nothing happens where it is none of this work
   * @throws NamedError `JournalFailed`
   */
  async showOther(key: string): Promise<void> {
    const identity = this.#identity;
    const origin =
      identity && (await this.#journals.otherBuilds(identity)).find((other) => other.key === key);
    if (!identity || !origin) return;
    const removals = this.#removals;
    const other = await this.#journals.ofOtherBuild<Record>(identity.kind, origin);
    if (this.#identity === identity && !this.running && removals === this.#removals)
      await this.#showOther(other);
  }

  async #showOther({ origin, records, left }: OtherRecords<Record>): Promise<void> {
    if (records.size === 0 || !(await this.#showReady(records))) return;
    this.origin = origin;
    this.notices = [originNotice(origin, left)];
  }

  #leaveOrigin(): void {
    if (!this.origin) return;
    this.origin = null;
    this.notices = [];
  }

  /** Nothing is to be run any more: a checkpoint was closed. */
  leave(): void {
    if (this.running) return;
    this.#serial += 1;
    this.#key = '';
    this.#identity = null;
    this.records = new Map();
    this.total = 0;
    this.error = null;
    this.notices = [];
    this.origin = null;
  }

  /** Runs the work that is shown; resolves when that is over, however it ended. */
  async run(
    title: string,
    work: (long: LongWork<Record> & WithVerifier, notice: (text: string) => void) => Promise<unknown>,
  ): Promise<void> {
    const identity = this.#identity;
    if (this.running || !identity) return;
    const controller = (this.#controller = new AbortController());
    this.running = true;
    this.#serial += 1;
    this.error = null;
    this.notices = [];
    if (this.origin) this.records = new Map();
    this.origin = null;
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
          // In place of what was shown: work that starts over, as weights changed, takes over nothing.
          onFinished: (records) => {
            this.#pending = new Map(records);
            this.#timer ??= setTimeout(() => void this.#show(), SHOWN_EVERY_MS);
          },
          onRecord: (key, record) => this.#take(key, record),
          onNotice: notice,
        },
      );
    } catch (error) {
      this.error = failureOf(error);
    } finally {
      await this.#show();
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
    await this.#journals.remove(this.origin?.key ?? this.#identity);
  }

  #take(key: string, record: Record): void {
    this.#pending?.set(key, record);
    this.#timer ??= setTimeout(() => void this.#show(), SHOWN_EVERY_MS);
  }

  async #show(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#pending) return;
    try {
      await this.#showReady(new Map(this.#pending));
    } catch (error) {
      this.error = named(error);
    }
  }

  /** Resolves to whether they are what is shown: something else may have come in between. */
  async #showReady(records: ReadonlyMap<string, Record>): Promise<boolean> {
    const serial = ++this.#serial;
    await this.#preparing?.prepare([...records.values()]);
    if (serial !== this.#serial) return false;
    this.records = records;
    return true;
  }
}
