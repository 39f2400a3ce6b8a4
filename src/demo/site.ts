/** Where the demo family lies, and what keeps it for times without a network. Replaced in tests. */
export interface DemoSite {
  /** The `demo/` folder beside the page; ends with a slash. */
  readonly base: URL;
  readonly fetch: (url: URL, init?: RequestInit) => Promise<Response>;
  /** Opens the cache; null where the browser gives none (plain http, some private windows). */
  readonly cache: () => Promise<DemoCache | null>;
}

/** The part of the browser's `Cache` that is used. */
export type DemoCache = Pick<Cache, 'match' | 'put' | 'delete' | 'keys'>;

const CACHE_NAME = 'frankenscope-demo';

/** The site of the page at hand, in whatever folder it is hosted. */
export function pageSite(): DemoSite {
  return {
    base: new URL('demo/', document.baseURI),
    fetch: (url, init) => fetch(url, init),
    // `caches` itself throws in some private windows; then nothing is kept, and the answer says so.
    cache: () =>
      Promise.resolve()
        .then(() => caches.open(CACHE_NAME))
        .catch(() => null),
  };
}
