/** Pages of files that were fetched, in memory: headers and configs are read several times, by several threads. */

export const PAGE_BYTES = 64 * 1024;
/** Of all files together. */
const MOST_BYTES = 64 * 2 ** 20;

/** The least recently used give way. */
export class Pages {
  readonly #pages = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  readonly #most: number;

  constructor(most = MOST_BYTES / PAGE_BYTES) {
    this.#most = most;
  }

  get count(): number {
    return this.#pages.size;
  }

  get(file: string, page: number): Promise<Uint8Array<ArrayBuffer>> | undefined {
    const key = `${page} ${file}`;
    const found = this.#pages.get(key);
    if (found) {
      this.#pages.delete(key);
      this.#pages.set(key, found);
    }
    return found;
  }

  /** What fails is asked for again. */
  set(file: string, page: number, bytes: Promise<Uint8Array<ArrayBuffer>>): void {
    const key = `${page} ${file}`;
    this.#pages.set(key, bytes);
    bytes.catch(() => this.#pages.get(key) === bytes && this.#pages.delete(key));
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > this.#most && oldest !== undefined) this.#pages.delete(oldest);
  }
}
