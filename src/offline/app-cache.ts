/** What the service worker keeps of the app, and how it answers the app's requests. */
import { CacheFirst } from 'workbox-strategies/CacheFirst.js';
import { NetworkFirst } from 'workbox-strategies/NetworkFirst.js';
import type { StrategyOptions } from 'workbox-strategies/Strategy.js';
import { sha256Hex } from '../work/sha256.ts';
import {
  fileAt,
  groupOf,
  isNamedByHash,
  keyOf,
  type AppFile,
  type FileGroup,
  type KeptFile,
} from './app-files.ts';
import { isolated } from './isolated.ts';

const CACHE_NAME = 'frankenscope-app';

/** A host that takes longer is answered for by what is kept, where something is. */
const PATIENCE_SECONDS = 4;

/**
 * The files of one build. Those named by their hash are taken from the cache; pages and the others come from the host as long as it
 * answers, so that no cache hides a new build. Nothing is kept whose bytes are not those of the build: neither a later build's nor
 * the page of a network that wants a login.
 */
export class AppCache {
  readonly #files: ReadonlyMap<string, AppFile>;
  readonly #scope: string;
  readonly #named: CacheFirst;
  readonly #others: NetworkFirst;

  /** @param scope address of the app's folder, with its last slash */
  constructor(files: readonly AppFile[], scope: string) {
    this.#files = new Map(files.map((file) => [file.path, file]));
    this.#scope = scope;
    const plugins: StrategyOptions['plugins'] = [
      {
        cacheKeyWillBeUsed: ({ request }) => Promise.resolve(this.#keyAt(request.url)),
        cacheWillUpdate: async ({ request, response }) =>
          (await this.#isOfBuild(request.url, response)) ? response : null,
        // A read that failed is tried once more: without a network a page would be the browser's error.
        handlerDidError: ({ request }) => this.#kept(request.url),
        handlerWillRespond: ({ response }) => Promise.resolve(isolated(response)),
      },
    ];
    this.#named = new CacheFirst({ cacheName: CACHE_NAME, plugins });
    this.#others = new NetworkFirst({
      cacheName: CACHE_NAME,
      plugins,
      networkTimeoutSeconds: PATIENCE_SECONDS,
    });
  }

  /** The answer to a request of the app's own files; null where it is for the browser and the host alone. */
  answer(event: FetchEvent): Promise<Response> | null {
    const { request } = event;
    const file = fileAt(this.#files, this.#scope, request.url);
    // Parts of files are the host's to cut.
    if (!file || request.method !== 'GET' || request.headers.has('range')) return null;
    const [response, done] = this.#strategy(file).handleAll({ event, request });
    // What failed on the way shows in the answer.
    done.catch(() => undefined);
    return response;
  }

  /** Keeps a file, unless it is; whether it is now. */
  async keep(event: ExtendableEvent, path: string): Promise<boolean> {
    const file = this.#files.get(path);
    if (!file) return false;
    const cache = await caches.open(CACHE_NAME);
    const key = keyOf(file, this.#scope);
    if (await cache.match(key)) return true;
    const request = new Request(
      this.#scope + path,
      isNamedByHash(file) ? {} : { cache: 'no-cache', credentials: 'same-origin' },
    );
    const [response, done] = this.#strategy(file).handleAll({ event, request });
    await response.catch(() => undefined);
    await done.catch(() => undefined);
    return (await cache.match(key)) !== undefined;
  }

  async files(): Promise<readonly KeptFile[]> {
    const kept = await this.#keys();
    return [...this.#files.values()].map((file) => ({
      path: file.path,
      bytes: file.bytes,
      group: groupOf(file.path),
      kept: kept.has(keyOf(file, this.#scope)),
    }));
  }

  /**
   * Keeps what this build needs to stand in for the one before it: the app, and what was kept of other groups.
   *
   * @throws Error where a file cannot be kept: the build before it stays, and with it what it keeps
   */
  async succeed(event: ExtendableEvent): Promise<void> {
    const groups = new Set<FileGroup>(['app']);
    for (const key of await this.#keys())
      groups.add(groupOf(new URL(key).href.slice(this.#scope.length).split('?', 1)[0] ?? ''));
    for (const { path } of this.#files.values())
      if (groups.has(groupOf(path)) && !(await this.keep(event, path)))
        throw new Error(`${path} cannot be kept`);
  }

  /** Removes what belongs to other builds alone. */
  async removeOthers(): Promise<void> {
    const own = new Set([...this.#files.values()].map((file) => keyOf(file, this.#scope)));
    const cache = await caches.open(CACHE_NAME);
    for (const key of await this.#keys()) if (!own.has(key)) await cache.delete(key);
  }

  #strategy(file: AppFile): CacheFirst | NetworkFirst {
    return isNamedByHash(file) ? this.#named : this.#others;
  }

  async #kept(address: string): Promise<Response | undefined> {
    const cache = await caches.open(CACHE_NAME);
    return cache.match(this.#keyAt(address));
  }

  #keyAt(address: string): string {
    const file = fileAt(this.#files, this.#scope, address);
    return file ? keyOf(file, this.#scope) : address;
  }

  async #isOfBuild(address: string, response: Response): Promise<boolean> {
    const file = fileAt(this.#files, this.#scope, address);
    return (
      response.status === 200 && (await sha256Hex(await response.clone().arrayBuffer())) === file?.sha256
    );
  }

  /** The keys of this app's entries: other copies of it may lie in other folders of the host. */
  async #keys(): Promise<ReadonlySet<string>> {
    const cache = await caches.open(CACHE_NAME);
    return new Set((await cache.keys()).map(({ url }) => url).filter((url) => url.startsWith(this.#scope)));
  }
}
