import type { WithVerifier } from '../../checkpoint/whole-hash/weight-verifier.ts';
import type { NamedError } from '../../named-error.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { workKey } from '../../identity/work-identity.ts';
import type { Journals } from '../../study/journal/journals.ts';
import type { Origin, OtherRecords } from '../../study/journal/other-builds.ts';
import { runJournalled } from '../../study/run-journalled.ts';
import type { LongWork } from '../../work/long-work.ts';
import { failureOf } from './failure.ts';
import type { Jobs } from './jobs.svelte.ts';
import type { ShownPart } from './shown-part.ts';
import { t } from './texts.ts';
import { named } from '../../named.ts';
import { cancelled } from '../../work/cancel.ts';

/** Charts are redrawn with new records at most this often. */
const SHOWN_EVERY_MS = 250;

/** Work as a page shows it. */
interface WorkShown {
  readonly identity: WorkIdentity;
  /** Records of the whole. */
  readonly total: number;
  readonly keys?: readonly string[];
}

/** Makes records ready to be shown, away from the page. */
export interface Preparing<Record> {
  prepare(records: readonly Record[]): Promise<void>;
}

/**
 * One piece of long work of a page, with what it has found so far: an interrupted run's records come back from its
 * journal, and running it again goes on behind them. It outlives the page's component.
 */
export class StudyRun<Record> {
  /** What was found so far, by key, in the plan's order where that is known: intervals are drawn from it. */
  records = $state.raw<ReadonlyMap<string, Record>>(new Map());
  /** The same, without their keys. */
  found: readonly Record[] = $derived([...this.records.values()]);
  running = $state(false);
  /** Records of the whole that is shown. */
  total: number = $derived.by(() => this.former?.total ?? this.#total);
  /** What is shown is not what is set: settings changed since, and of what they make nothing is kept yet. */
  former = $state.raw<{ readonly title: string; readonly total: number } | null>(null);
  /** Records of what is set. */
  #total = $state(0);
  error = $state.raw<NamedError | null>(null);
  notices = $state.raw<readonly string[]>([]);
  /** Who computed what is shown, where that is another build, or it travels with the app: it is never gone on with. Null: this one here, or nothing is shown. */
  origin = $state.raw<Origin | null>(null);
  readonly #journals: Journals;
  readonly #jobs: Jobs;
  readonly #id: string;
  #identity: WorkIdentity | null = null;
  /** Of its records, in the plan's order. */
  #keys: readonly string[] = [];
  #part: (() => Promise<ShownPart | null>) | null = null;
  #key = '';
  /** Of the journal that the records on show are of. */
  #shownKey = '';
  /** Nothing that it was computed from is open: kept work stands in for it. */
  #inPlace = false;
  #controller: AbortController | null = null;
  #pending: Map<string, Record> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  readonly #preparing: Preparing<Record> | null;
  /** Of the records that are shown next: what was on its way before them is not shown behind them. */
  #serial = 0;
  /** Times that work was to be shown, or left. */
  #asked = 0;
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
      if (key !== this.#shownKey || (this.running && this.#isOwn)) return;
      this.#serial += 1;
      this.records = new Map();
      this.former = null;
      this.#leaveOrigin();
    });
    journals.onTakenOver((key) => {
      if (this.running || !this.#identity || key !== this.#key) return;
      this.#key = '';
      void this.showWork({ identity: this.#identity, total: this.#total, keys: this.#keys });
    });
  }

  get done(): boolean {
    return this.total > 0 && this.records.size === this.total;
  }

  /** Begun and not ended: a run would go on with it. */
  get resumable(): boolean {
    return !this.running && this.#isOwn && this.records.size > 0 && !this.done;
  }

  /** All of what is set is there: nothing is left to be run. */
  get whole(): boolean {
    return this.#isOwn && this.done;
  }

  /** What is shown is of what is set, and of this build. */
  get #isOwn(): boolean {
    return this.origin === null && this.former === null;
  }

  /**
   * Shows a piece of work, as far as its journal holds it; where that is nothing, what another build computed of it, as that
   * build's; where that is nothing either, what was shown before stays, as `former`. Nothing happens while another runs.
   *
   * @param work what it is; `keys` of its records in the order in which they are drawn, in place of that in which they came
   * @param lay called before anything of it is shown, with whether it is another work than the one before
   * @param part what showing it again takes besides its records, kept as soon as there are some; null of what stands in for it: then
   *   what travels with the app is shown, too
   */
  async showWork(
    { identity, total, keys = [] }: WorkShown,
    lay: (other: boolean) => void = () => undefined,
    part: (() => Promise<ShownPart | null>) | null = null,
  ): Promise<void> {
    const asked = ++this.#asked;
    const key = await workKey(identity);
    // What was asked for later, or left, while the key was made is what counts.
    if (this.running || asked !== this.#asked) return;
    lay(key !== this.#key);
    this.#part = part;
    const inPlace = part === null;
    const other = key !== this.#key;
    if (!other && inPlace === this.#inPlace) return;
    this.#inPlace = inPlace;
    this.#key = key;
    if (other) this.#leaveFor(identity, total);
    this.#keys = keys;
    this.error = null;
    await this.#showKept(identity);
  }

  async #showKept(identity: WorkIdentity): Promise<void> {
    const serial = (this.#serial += 1);
    const removals = this.#removals;
    this.notices = [];
    const notices: string[] = [];
    try {
      const finished = await this.#journals.read<Record>(identity, (notice) => notices.push(notice));
      const carried =
        finished.size > 0 || !this.#inPlace ? null : await this.#journals.ofCarried<Record>(identity);
      const [latest] = finished.size > 0 || carried ? [] : await this.#journals.otherBuilds(identity);
      const other = carried ?? (latest && (await this.#journals.ofOtherBuild<Record>(identity.kind, latest)));
      if (this.#identity !== identity || this.running) return;
      // What was withdrawn while it was read is not shown.
      if (removals !== this.#removals) return await this.#showKept(identity);
      if (serial !== this.#serial) return;
      this.notices = notices;
      if (other) await this.#showOther(other);
      else if (finished.size > 0 || !this.former) await this.#showOwn(finished);
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
    this.former = null;
    this.#shownKey = origin.key;
    this.origin = origin;
    this.notices = [t.originNotice(origin, left)];
  }

  #leaveOrigin(): void {
    if (!this.origin) return;
    this.origin = null;
    this.notices = [];
  }

  /** Nothing is to be run any more. @param stays whether what was shown does, as `former`; not where nothing is open any more */
  leave(stays = true): void {
    if (this.running) return;
    this.#asked += 1;
    if (!stays) {
      // Left already, it changes nothing that is drawn.
      if (this.records.size > 0) this.records = new Map();
      this.former = null;
      this.origin = null;
    }
    this.#serial += 1;
    this.#key = '';
    this.#leaveFor(null, 0);
    this.error = null;
    if (this.notices.length > 0) this.notices = [];
  }

  /** Other work is set than what is shown. */
  #leaveFor(identity: WorkIdentity | null, total: number): void {
    if (this.records.size > 0 && this.#identity)
      this.former ??= { title: this.#identity.title, total: this.total };
    this.#identity = identity;
    this.#total = total;
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
    // What is not of this work stays in sight until there is something of it.
    this.#pending = this.#isOwn ? new Map(this.records) : new Map();
    const notice = (text: string): void => {
      this.notices = [...this.notices, text];
    };
    const onProgress = this.#jobs.track(this.#id, title, () => this.cancel());
    try {
      await runJournalled<Record, unknown>(
        this.#journals,
        identity,
        this.#total,
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
    if (this.running || this.records.size === 0) return;
    await this.#journals.remove(this.#shownKey);
  }

  #take(key: string, record: Record): void {
    this.#pending?.set(key, record);
    this.#timer ??= setTimeout(() => void this.#show(), SHOWN_EVERY_MS);
  }

  async #show(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#pending || (this.#pending.size === 0 && !this.#isOwn)) return;
    try {
      await this.#showOwn(new Map(this.#pending));
    } catch (error) {
      this.error = named(error);
    }
  }

  async #showOwn(records: ReadonlyMap<string, Record>): Promise<void> {
    if (!(await this.#showReady(records))) return;
    this.#shownKey = this.#key;
    this.former = null;
    this.origin = null;
    if (records.size > 0) await this.#keepPart();
  }

  /** Once for each work: then a later visit shows it without loading anything. */
  async #keepPart(): Promise<void> {
    const identity = this.#identity;
    const part = this.#part;
    this.#part = null;
    if (!identity || !part) return;
    try {
      const made = await part();
      if (made) await this.#journals.keepShown(identity, this.#id, made);
    } catch (error) {
      this.notices = [...this.notices, t.loadsAgain(named(error).what)];
    }
  }

  /** Resolves to whether they are what is shown: something else may have come in between. */
  async #showReady(records: ReadonlyMap<string, Record>): Promise<boolean> {
    const serial = ++this.#serial;
    await this.#preparing?.prepare([...records.values()]);
    if (serial !== this.#serial) return false;
    this.records = inOrderOf(this.#keys, records);
    return true;
  }
}

/** Those that the plan knows first, in its order. */
function inOrderOf<Record>(
  keys: readonly string[],
  records: ReadonlyMap<string, Record>,
): ReadonlyMap<string, Record> {
  const known = keys.flatMap((key) => {
    const record = records.get(key);
    return record === undefined ? [] : [[key, record] as const];
  });
  return new Map([...known, ...records]);
}
