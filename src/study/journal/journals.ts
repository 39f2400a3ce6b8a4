/** All journals of this browser, or of this machine's headless runs. */
import type { Json, WorkIdentity } from '../../identity/work-identity.ts';
import { modulesOf } from '../../work/modules.ts';
import { workKey } from '../../identity/work-identity.ts';
import type { Progress } from './description.ts';
import { describe, readDescription } from './description.ts';
import { journalFailed } from './failure.ts';
import type { Origin, OtherRecords } from './other-builds.ts';
import { otherBuilds, recordsOf } from './other-builds.ts';
import type { JournalOptions, OpenedJournal } from './journal.ts';
import { openJournal } from './journal.ts';
import { journalFile } from './journal-file.ts';
import { headOf } from './journal-head.ts';
import type { KeptWork } from './kept-work.ts';
import { damageNotices, readRecords } from './records.ts';
import { ANYTHING, recordShape, shapeOf } from './shapes.ts';
import { keepShownPart, type ShownWork, shownWorks } from './shown-part.ts';
import { studyLines } from '../study-file.ts';
import type { StudyResult } from '../study-result.ts';
import type { JournalStorage } from './storage.ts';
import { takeOver, type TakenOver, type TakeOverOptions } from './take-over.ts';
import { isLedger, WeightsLedger } from '../weights/ledger.ts';
import { WeightsWatch } from '../weights/watch.ts';

export interface JournalsOptions extends Pick<JournalOptions, 'flushMs'> {
  /** How work that is begun here is run again. */
  readonly again?: string;
}

export class Journals {
  /** Results that travel with the app, where they are there: shown as such, and never gone on with. */
  carried: Journals | null = null;
  /** What weights held when they were read, and what is withdrawn when that changes. */
  readonly weights: WeightsWatch;
  readonly #storage: JournalStorage;
  readonly #ledger: WeightsLedger;
  readonly #options: JournalsOptions;
  readonly #removed = new Set<(key: string) => void>();
  readonly #taken = new Set<(key: string) => void>();

  constructor(storage: JournalStorage, options: JournalsOptions = {}) {
    this.#storage = storage;
    this.#options = options;
    this.#ledger = new WeightsLedger(storage);
    this.weights = new WeightsWatch(this.#ledger, (fingerprint) => this.withdraw(fingerprint));
  }

  /** Opens the journal of a piece of work, so that records can be appended. @throws NamedError `JournalFailed` */
  async open<Record>(
    work: WorkIdentity,
    total: number,
    onNotice?: (notice: string) => void,
  ): Promise<OpenedJournal<Record>> {
    const key = await workKey(work);
    const { flushMs } = this.#options;
    const opened = await openJournal<Record>(this.#storage, key, recordShape(work.kind), {
      ...(flushMs === undefined ? {} : { flushMs }),
      ...(onNotice ? { onNotice } : {}),
    });
    await this.#describe(key, work, { total });
    return opened;
  }

  /** Notes that a piece of work ran to its end. @throws NamedError `JournalFailed` */
  async complete(work: WorkIdentity, total: number): Promise<void> {
    await this.#describe(await workKey(work), work, { total, complete: true });
  }

  /**
   * What earlier runs of a piece of work kept, without beginning it; nothing is written.
   *
   * @throws NamedError `JournalFailed`
   */
  async read<Record>(
    work: WorkIdentity,
    onNotice?: (notice: string) => void,
  ): Promise<ReadonlyMap<string, Record>> {
    const found = await readRecords<Record>(this.#storage, await workKey(work), recordShape(work.kind));
    for (const notice of damageNotices(found)) onNotice?.(notice);
    return found.finished;
  }

  /** Who else computed the same work with other code, the latest first. @throws NamedError `JournalFailed` */
  otherBuilds(work: WorkIdentity): Promise<readonly Origin[]> {
    return otherBuilds(this.#storage, work);
  }

  /** What another build kept of a kind of work: to be shown as its own. @throws NamedError `JournalFailed` */
  ofOtherBuild<Record>(kind: string, origin: Origin): Promise<OtherRecords<Record>> {
    return recordsOf(this.#storage, kind, origin);
  }

  /** What travels with the app of the same work, computed by this build's code; null where that is nothing. @throws NamedError `JournalFailed` */
  async ofCarried<Record>(work: WorkIdentity): Promise<OtherRecords<Record> | null> {
    const origin = (await this.carried?.origin(await workKey(work))) ?? null;
    const found = origin && (await this.carried?.ofOtherBuild<Record>(work.kind, origin));
    return found ? { ...found, origin: { ...found.origin, carried: true } } : null;
  }

  /** Who computed the work of a key, and when; null where nothing says it. @throws NamedError `JournalFailed` */
  async origin(key: string): Promise<Origin | null> {
    const { last } = await readDescription(this.#storage, key);
    return last && { key, build: last.build, modules: last.modules, at: last.at };
  }

  /**
   * Keeps what showing a piece of work takes besides its records (`shown-part.ts`); nothing of work that has no journal.
   *
   * @throws NamedError `JournalFailed`
   */
  async keepShown(work: WorkIdentity, analysis: string, part: Json): Promise<void> {
    const key = await workKey(work);
    const { last } = await readDescription(this.#storage, key);
    if (last) await keepShownPart(this.#storage, key, analysis, part);
  }

  /** What can be shown without what it was computed from, the latest first. @throws NamedError `JournalFailed` */
  shown(): Promise<readonly ShownWork[]> {
    return shownWorks(this.#storage);
  }

  /** Every whole record under a key that `list` gave, as it stands there. @throws NamedError `JournalFailed` */
  async records(key: string): Promise<ReadonlyMap<string, unknown>> {
    return (await readRecords(this.#storage, key, ANYTHING)).finished;
  }

  /**
   * Claims a piece of work, where several pages share its journal.
   *
   * @returns what gives the claim back; null where another page runs it
   */
  async claim(work: WorkIdentity): Promise<(() => void) | null> {
    const { claim } = this.#storage;
    return claim ? claim(await workKey(work)) : () => undefined;
  }

  /** Everything kept, with its size. @throws NamedError `JournalFailed` where nothing can be listed */
  async list(): Promise<readonly KeptWork[]> {
    const kept: KeptWork[] = [];
    // One after another: the answers of a long evaluation are many megabytes.
    for (const { key, bytes } of await this.#storage.list()) {
      if (isLedger(key)) continue;
      try {
        const work = await this.#kept(key, bytes);
        if (work) kept.push(work);
      } catch (error) {
        kept.push({
          ...UNDESCRIBED,
          key,
          bytes,
          problems: [sentenceOf(error)],
        });
      }
    }
    return kept;
  }

  /**
   * A journal as one file, piece by piece (`journal-file.ts`).
   *
   * @param key that `list` gave
   * @throws NamedError `JournalFailed`, `JournalDamaged`
   */
  file(key: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    return journalFile(this.#storage, this.#ledger, key);
  }

  /** Several journals as the file of a study, piece by piece (`study-file.ts`). @throws NamedError `JournalFailed` */
  study(study: StudyResult): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    return studyLines(this.#storage, study);
  }

  /**
   * Takes over what a journal file holds, as if it had been computed here.
   *
   * @throws NamedError those of `headOf` and `takeOver`; the signal's reason
   */
  async takeOver(file: File, options: TakeOverOptions = {}): Promise<TakenOver> {
    const taken = await takeOver(
      this.#storage,
      this.#ledger,
      file,
      await headOf(file, options.signal),
      options,
    );
    for (const tell of this.#taken) tell(taken.key);
    return taken;
  }

  /** Forgets a piece of work, by its identity or the key that `list` gave. */
  async remove(work: WorkIdentity | string): Promise<void> {
    const key = typeof work === 'string' ? work : await workKey(work);
    await this.#storage.remove(key);
    for (const tell of this.#removed) tell(key);
  }

  /**
   * Forgets everything that was computed from an input, as a checkpoint whose weights turned out to be others than its
   * fingerprint was taken for. What no whole description speaks of may be computed from it, and goes with it.
   *
   * @param input as an identity names it: a fingerprint
   * @returns what was forgotten
   */
  async withdraw(input: string): Promise<readonly KeptWork[]> {
    const found = (await this.list()).filter(
      ({ inputs, described }) => !described || Object.values(inputs).includes(input),
    );
    for (const { key } of found) await this.remove(key);
    return found;
  }

  /** Tells of everything that is removed from here on, to whoever shows it. */
  onRemoved(tell: (key: string) => void): void {
    this.#removed.add(tell);
  }

  /** Tells of every journal that records were taken over into, to whoever shows it. */
  onTakenOver(tell: (key: string) => void): void {
    this.#taken.add(tell);
  }

  #describe(key: string, work: WorkIdentity, progress: Progress): Promise<void> {
    const { again } = this.#options;
    return describe(this.#storage, key, work, { ...progress, ...(again === undefined ? {} : { again }) });
  }

  /** Null where it is gone since it was listed. */
  async #kept(key: string, bytes: number): Promise<KeptWork | null> {
    const { last, begun, damaged } = await readDescription(this.#storage, key);
    const found = await readRecords(this.#storage, key, shapeOf(last?.kind ?? '') ?? ANYTHING);
    const done = found.finished.size;
    const problems = [
      ...damageNotices(found),
      ...(damaged > 0 ? ['A part of its description is damaged.'] : []),
    ];
    if (!last) return bytes === 0 ? null : { ...UNDESCRIBED, key, bytes, done, problems };
    const { kind, title, inputs, settings, total, complete, modules, build, again = null } = last;
    return {
      ...{ key, kind, title, inputs, settings, bytes, total, done, begun, build, again, problems },
      complete: complete && done >= total,
      current: modules === modulesOf(kind),
      described: true,
    };
  }
}

const UNDESCRIBED = {
  ...{ kind: '', title: 'Work whose description is damaged', inputs: {}, settings: null },
  ...{ total: 0, done: 0, complete: false, current: false, described: false },
  ...{ begun: null, build: null, again: null },
} satisfies Partial<KeptWork>;

function sentenceOf(error: unknown): string {
  const { what } = journalFailed(error, 'kept results cannot be read');
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}.`;
}
