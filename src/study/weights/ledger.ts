/** What tensors held when they were read whole, by the fingerprint of their checkpoint. */
import { sha256OfText } from '../../work/sha256.ts';
import type { JournalStorage } from '../journal/storage.ts';

const FILE = 'tensors.txt';
const PREFIX = 'weights-';
/** `HASH CHECK "NAME"`, where the check is of the other two: a damaged line says nothing. */
const LINE = /^([0-9a-f]{64}) ([0-9a-f]{8}) (".*")$/;

/** Whether a folder of the storage is a ledger, and no piece of work. */
export const isLedger = (key: string): boolean => key.startsWith(PREFIX);

/**
 * A list of tensors and hashes for each fingerprint, beside the journals and in their storage. A storage that fails costs the
 * memory of later visits and stops nothing: this one remembers all the same.
 */
export class WeightsLedger {
  readonly #storage: JournalStorage;
  readonly #known = new Map<string, Promise<Map<string, string>>>();

  constructor(storage: JournalStorage) {
    this.#storage = storage;
  }

  /** What tensors held when they were last read whole, by canonical name. */
  async known(fingerprint: string): Promise<ReadonlyMap<string, string>> {
    return new Map(await (this.#known.get(fingerprint) ?? this.#load(fingerprint)));
  }

  /**
   * Notes what was read. Where a tensor was known with another hash the others that were known are of older weights, too, and
   * are forgotten with it.
   *
   * @param hashes by the tensor's canonical name
   * @returns the tensors that were known with another hash
   */
  async note(fingerprint: string, hashes: ReadonlyMap<string, string>): Promise<readonly string[]> {
    const known = await (this.#known.get(fingerprint) ?? this.#load(fingerprint));
    const other = [...hashes].filter(([tensor, hash]) => known.get(tensor) !== hash);
    const disagreeing = other.map(([tensor]) => tensor).filter((tensor) => known.has(tensor));
    if (disagreeing.length > 0) known.clear();
    const added = disagreeing.length > 0 ? [...hashes] : other;
    for (const [tensor, hash] of added) known.set(tensor, hash);
    await this.#keep(fingerprint, added, disagreeing.length > 0).catch(() => undefined);
    return disagreeing;
  }

  #load(fingerprint: string): Promise<Map<string, string>> {
    const loading = this.#read(fingerprint).catch(() => new Map<string, string>());
    this.#known.set(fingerprint, loading);
    return loading;
  }

  async #read(fingerprint: string): Promise<Map<string, string>> {
    const bytes = await this.#storage.read(keyOf(fingerprint), FILE);
    const known = new Map<string, string>();
    for (const line of new TextDecoder().decode(bytes ?? new Uint8Array(0)).split('\n')) {
      const [, hash = '', check, quoted = ''] = LINE.exec(line) ?? [];
      if (check !== undefined && check === (await checkOf(hash, quoted)))
        known.set(JSON.parse(quoted) as string, hash);
    }
    return known;
  }

  async #keep(
    fingerprint: string,
    hashes: readonly (readonly [string, string])[],
    inPlace: boolean,
  ): Promise<void> {
    if (hashes.length === 0) return;
    if (inPlace) await this.#storage.remove(keyOf(fingerprint));
    const lines = hashes.map(async ([tensor, hash]) => {
      const quoted = JSON.stringify(tensor);
      return `${hash} ${await checkOf(hash, quoted)} ${quoted}`;
    });
    // It begins a line of its own: the last one may have been cut off while it was written.
    const text = `\n${(await Promise.all(lines)).join('\n')}\n`;
    await this.#storage.append(keyOf(fingerprint), FILE, new TextEncoder().encode(text));
  }
}

const keyOf = (fingerprint: string): string => PREFIX + fingerprint.slice(0, 32);

async function checkOf(hash: string, quoted: string): Promise<string> {
  return (await sha256OfText(`${hash} ${quoted}`)).slice(0, 8);
}
