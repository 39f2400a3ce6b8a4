import type { FileGroup, KeptFile } from '../../offline/app-files.ts';
import { ask } from '../../offline/messages.ts';

/** What a first visit shows comes before what is kept for the next. */
const KEEP_AFTER_MS = 2000;
const ASK_FOR_UPDATE_EVERY_MS = 10 * 60_000;
/** Files on their way at once. */
const LANES = 4;

export interface KeepOptions {
  readonly signal?: AbortSignal;
  /** Of what was missing. */
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void;
}

/** The part of the browser's registration that is used. */
export type Registration = Pick<
  ServiceWorkerRegistration,
  'active' | 'waiting' | 'installing' | 'update' | 'addEventListener'
>;

/** What the browser keeps of the app for times without a network, and whether its host has a later build. */
export class Offline {
  /** null where nothing is kept: no service worker, or none yet. */
  files = $state.raw<readonly KeptFile[] | null>(null);
  /** Whether a build later than this page's is ready. */
  newer = $state(false);
  readonly #ready: () => Promise<Registration>;
  readonly #build: string | undefined;
  #registration: Registration | null = null;

  /** @param ready where there is no service worker, it never resolves */
  constructor(
    ready: () => Promise<Registration> = pageRegistration,
    build = document.querySelector<HTMLMetaElement>('meta[name="frankenscope-build"]')?.content,
  ) {
    this.#ready = ready;
    this.#build = build;
  }

  /** Watches for later builds, and keeps the app once the page has had time for what it shows. */
  async start(): Promise<void> {
    const registration = (this.#registration = await this.#ready());
    registration.addEventListener('updatefound', () => {
      const { installing } = registration;
      installing?.addEventListener('statechange', () => void this.#look(installing));
    });
    void this.#look(registration.waiting);
    let asked = Date.now();
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden' || Date.now() - asked < ASK_FOR_UPDATE_EVERY_MS) return;
      asked = Date.now();
      // Without a network there is none.
      registration.update().catch(() => undefined);
    });
    await new Promise((resolve) => setTimeout(resolve, KEEP_AFTER_MS));
    // What did not come is shown as missing, and comes at the next visit.
    await this.keep(['app']).catch(() => undefined);
  }

  /** Asks again what is kept. */
  async look(): Promise<void> {
    const worker = this.#registration?.active;
    this.files = worker ? (await ask(worker, { kind: 'files' })).files : null;
  }

  /** Keeps all files of some groups; what cannot be kept shows in `files`. */
  async keep(groups: readonly FileGroup[], { signal, onProgress }: KeepOptions = {}): Promise<void> {
    await this.look();
    const missing = (this.files ?? []).filter(({ kept, group }) => !kept && groups.includes(group));
    const total = missing.reduce((sum, { bytes }) => sum + bytes, 0);
    let done = 0;
    const next = missing.values();
    const lane = async (): Promise<void> => {
      for (const { path, bytes } of next) {
        const worker = this.#registration?.active;
        if (signal?.aborted || !worker) return;
        await ask(worker, { kind: 'keep', path });
        onProgress?.((done += bytes), total);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    await this.look();
  }

  /** Shows the later build; other tabs go on with theirs. */
  async reload(): Promise<void> {
    const waiting = this.#registration?.waiting;
    if (waiting) await ask(waiting, { kind: 'take-over' });
    location.reload();
  }

  async #look(worker: ServiceWorker | null): Promise<void> {
    if (worker?.state !== 'installed' || !this.#registration?.active) return;
    const { build } = await ask(worker, { kind: 'files' });
    this.newer = build !== this.#build;
  }
}

/** Private windows of some browsers have none, nor has plain http. */
function pageRegistration(): Promise<Registration> {
  return 'serviceWorker' in navigator ? navigator.serviceWorker.ready : new Promise(() => undefined);
}
