/** All journals of this browser, or of this machine's headless runs. */
import type { WorkIdentity } from './identity.ts';
import { workKey } from './identity.ts';
import type { OpenedJournal } from './journal.ts';
import { openJournal } from './journal.ts';
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
  /** Whether it ran to its end. */
  readonly complete: boolean;
}

export class Journals {
  readonly #storage: JournalStorage;

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
      entries.map(async ({ key, bytes }) => ({ ...(await this.#description(key)), key, bytes })),
    );
  }

  /** Forgets a piece of work, by its identity or the key that `list` gave. */
  async remove(work: WorkIdentity | string): Promise<void> {
    await this.#storage.remove(typeof work === 'string' ? work : await workKey(work));
  }

  async #describe(
    key: string,
    { kind, title }: WorkIdentity,
    total: number,
    complete: boolean,
  ): Promise<void> {
    const text = JSON.stringify({ kind, title, total, complete });
    await this.#storage.replace(key, WORK, new TextEncoder().encode(text));
  }

  async #description(key: string): Promise<Omit<KeptWork, 'key' | 'bytes'>> {
    const unknown = { kind: 'unknown', title: 'Unknown work', total: 0, complete: false };
    try {
      const bytes = await this.#storage.read(key, WORK);
      if (!bytes) return unknown;
      return { ...unknown, ...(JSON.parse(new TextDecoder().decode(bytes)) as Partial<KeptWork>) };
    } catch {
      return unknown;
    }
  }
}
