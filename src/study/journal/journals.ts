/** All journals of this browser, or of this machine's headless runs. */
import type { Json, WorkIdentity } from '../identity/work-identity.ts';
import { modulesOf } from '../identity/modules.ts';
import { workKey } from '../identity/work-identity.ts';
import type { OpenedJournal } from './journal.ts';
import { NEWLINE, openJournal, RECORDS } from './journal.ts';
import type { JournalStorage } from './storage.ts';
import { isLedger, WeightsLedger } from '../weights/ledger.ts';
import { WeightsWatch } from '../weights/watch.ts';

const WORK = 'work.json';

/** A piece of work that has a journal. */
export interface KeptWork {
  readonly key: string;
  readonly kind: string;
  readonly title: string;
  /** By role, what identifies each input: the same that its identity names. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Everything else that decides its records. */
  readonly settings: Json;
  /** Bytes of its records. */
  readonly bytes: number;
  /** Records of the whole. */
  readonly total: number;
  /** Records it holds. */
  readonly done: number;
  /** Whether it ran to its end. */
  readonly complete: boolean;
  /** Of this code, and so served or resumed; numbers of other code may be computed otherwise. */
  readonly current: boolean;
}

export class Journals {
  /** What weights held when they were read, and what is withdrawn when that changes. */
  readonly weights: WeightsWatch;
  readonly #storage: JournalStorage;
  readonly #removed = new Set<(key: string) => void>();

  constructor(storage: JournalStorage) {
    this.#storage = storage;
    this.weights = new WeightsWatch(new WeightsLedger(storage), (fingerprint) => this.withdraw(fingerprint));
  }

  /** Opens the journal of a piece of work, so that records can be appended. @throws NamedError `JournalFailed` */
  async open<Record>(work: WorkIdentity, total: number): Promise<OpenedJournal<Record>> {
    const key = await workKey(work);
    const opened = await openJournal<Record>(this.#storage, key);
    await this.#describe(key, work, total, false);
    return opened;
  }

  /** Notes that a piece of work ran to its end. */
  async complete(work: WorkIdentity, total: number): Promise<void> {
    await this.#describe(await workKey(work), work, total, true);
  }

  /** What earlier runs of a piece of work kept, without beginning it. @throws NamedError `JournalFailed` */
  async read<Record>(work: WorkIdentity): Promise<ReadonlyMap<string, Record>> {
    return (await openJournal<Record>(this.#storage, await workKey(work))).finished;
  }

  /** Everything kept, with its size. */
  async list(): Promise<readonly KeptWork[]> {
    const entries = (await this.#storage.list()).filter(({ key }) => !isLedger(key));
    return Promise.all(
      entries.map(async ({ key, bytes }) => {
        const described = await this.#description(key);
        const done = described.complete ? described.total : await this.#count(key);
        return { ...described, done, key, bytes };
      }),
    );
  }

  /** Forgets a piece of work, by its identity or the key that `list` gave. */
  async remove(work: WorkIdentity | string): Promise<void> {
    const key = typeof work === 'string' ? work : await workKey(work);
    await this.#storage.remove(key);
    for (const tell of this.#removed) tell(key);
  }

  /**
   * Forgets everything that was computed from an input, as a checkpoint whose weights turned out to be others than its
   * fingerprint was taken for.
   *
   * @param input as an identity names it: a fingerprint
   * @returns what was forgotten
   */
  async withdraw(input: string): Promise<readonly KeptWork[]> {
    const found = (await this.list()).filter(({ inputs }) => Object.values(inputs).includes(input));
    for (const { key } of found) await this.remove(key);
    return found;
  }

  /** Tells of everything that is removed from here on, to whoever shows it. */
  onRemoved(tell: (key: string) => void): void {
    this.#removed.add(tell);
  }

  async #describe(
    key: string,
    { kind, title, inputs, settings }: WorkIdentity,
    total: number,
    complete: boolean,
  ): Promise<void> {
    const text = JSON.stringify({ kind, title, inputs, settings, total, complete, modules: modulesOf(kind) });
    await this.#storage.replace(key, WORK, new TextEncoder().encode(text));
  }

  async #description(key: string): Promise<Omit<KeptWork, 'key' | 'bytes' | 'done'>> {
    const unknown = {
      ...{ kind: 'unknown', title: 'Unknown work', inputs: {}, settings: null },
      ...{ total: 0, complete: false, current: false },
    };
    try {
      const bytes = await this.#storage.read(key, WORK);
      if (!bytes) return unknown;
      const { modules, ...found } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<
        KeptWork & { modules: string }
      >;
      return { ...unknown, ...found, current: modules === modulesOf(found.kind ?? '') };
    } catch {
      return unknown;
    }
  }

  /** Whole lines of the journal. */
  async #count(key: string): Promise<number> {
    const bytes = (await this.#storage.read(key, RECORDS)) ?? new Uint8Array(0);
    return bytes.reduce((lines, byte) => lines + Number(byte === NEWLINE), 0);
  }
}
