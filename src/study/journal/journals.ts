/** All journals of this browser, or of this machine's headless runs. */
import type { WorkIdentity } from './identity.ts';
import { workKey } from './identity.ts';
import type { OpenedJournal } from './journal.ts';
import { NEWLINE, openJournal, RECORDS } from './journal.ts';
import { version } from '../../../package.json';
import type { JournalStorage } from './storage.ts';

const WORK = 'work.json';

/** A piece of work that has a journal. */
export interface KeptWork {
  readonly key: string;
  readonly kind: string;
  readonly title: string;
  /** Bytes of its records. */
  readonly bytes: number;
  /** Records of the whole. */
  readonly total: number;
  /** Records it holds. */
  readonly done: number;
  /** Whether it ran to its end. */
  readonly complete: boolean;
  /** Of this version of the app, and so served or resumed; numbers of another may be computed otherwise. */
  readonly current: boolean;
}

export class Journals {
  readonly #storage: JournalStorage;
  readonly #removed = new Set<(key: string) => void>();

  constructor(storage: JournalStorage) {
    this.#storage = storage;
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
    const entries = await this.#storage.list();
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

  /** Tells of everything that is removed from here on, to whoever shows it. */
  onRemoved(tell: (key: string) => void): void {
    this.#removed.add(tell);
  }

  async #describe(
    key: string,
    { kind, title }: WorkIdentity,
    total: number,
    complete: boolean,
  ): Promise<void> {
    const text = JSON.stringify({ kind, title, total, complete, version });
    await this.#storage.replace(key, WORK, new TextEncoder().encode(text));
  }

  async #description(key: string): Promise<Omit<KeptWork, 'key' | 'bytes' | 'done'>> {
    const unknown = { kind: 'unknown', title: 'Unknown work', total: 0, complete: false, current: false };
    try {
      const bytes = await this.#storage.read(key, WORK);
      if (!bytes) return unknown;
      const { version: of, ...found } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<
        KeptWork & { version: string }
      >;
      return { ...unknown, ...found, current: of === version };
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
