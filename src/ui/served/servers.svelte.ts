import type { NamedError } from '../../named-error.ts';
import { originOf, publicAddress } from '../../remote/public-address.ts';
import { HUB, placeOf, type Place } from '../../served/address.ts';
import { type KeptCopy, listCopies, openCopy } from '../../served/kept/copy.ts';
import { digestInWorker } from '../../served/kept/digest-file.ts';
import { keepCopy } from '../../served/kept/keep.ts';
import { type CopyStore, OpfsCopies } from '../../served/kept/store.ts';
import { listPlace } from '../../served/list.ts';
import type { ListedFolder } from '../../served/listing.ts';
import { servedFolder } from '../../served/served-folder.ts';
import { Server, type Traffic } from '../../served/server.ts';
import { failureOf } from '../state/failure.ts';
import type { Family } from '../state/family.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import { t } from './texts.ts';

type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'listing'; readonly cancel: () => void }
  | { readonly kind: 'listed'; readonly folders: readonly ListedFolder[]; readonly server: Server };

/** Checkpoints on servers, where the page may read them; and the copies of such that are kept, on any page. */
export class Servers {
  /** Whether this page's content policy lets it (`server.html`). */
  readonly allowed = document.documentElement.hasAttribute('data-servers');
  address = $state('');
  revision = $state('');
  hub = $state(HUB);
  /** In memory alone, and for the host that it was typed for. */
  token = $state('');
  phase = $state.raw<Phase>({ kind: 'idle' });
  error = $state.raw<NamedError | null>(null);
  notice = $state<string | null>(null);
  /** What came from the server that was listed last. */
  traffic = $state.raw<Traffic>({ requests: 0, bytes: 0 });
  copies = $state.raw<readonly KeptCopy[]>([]);
  #tokenOrigin: string | null = null;
  readonly #family: Family;
  readonly #jobs: Jobs;
  readonly #store: CopyStore;

  constructor(family: Family, jobs: Jobs, store: CopyStore = new OpfsCopies()) {
    this.#family = family;
    this.#jobs = jobs;
    this.#store = store;
  }

  /** Where the browser gives no storage, nothing is kept. */
  async askCopies(): Promise<void> {
    this.copies = await listCopies(this.#store).catch(() => []);
  }

  tokenTyped(): void {
    this.notice = null;
    this.#tokenOrigin = this.token.trim() === '' ? null : this.#origin();
  }

  /** The address is another: a token stays with the host that it was typed for. */
  moved(): void {
    this.phase = { kind: 'idle' };
    if (this.token === '' || this.#tokenOrigin === this.#origin()) return;
    this.token = '';
    this.notice = t.forgotten;
    this.#tokenOrigin = null;
  }

  /** Asks what lies there; no file is read whole. */
  async list(): Promise<void> {
    const stop = new AbortController();
    const listing: Phase = { kind: 'listing', cancel: () => stop.abort() };
    this.error = null;
    this.phase = listing;
    try {
      const place = placeOf(this);
      const value = this.token.trim();
      const origin = addressOf(place).origin;
      const token = value !== '' && origin === this.#tokenOrigin ? { origin, value } : undefined;
      const server = new Server(token, { onTraffic: (traffic) => (this.traffic = traffic) });
      const folders = await listPlace(place, server, stop.signal);
      if (this.phase === listing) this.phase = { kind: 'listed', folders, server };
    } catch (error) {
      if (this.phase !== listing) return;
      this.phase = { kind: 'idle' };
      this.error = failureOf(error);
    }
  }

  /** As a dropped folder: to the slot that its name speaks of. */
  open({ name, files }: ListedFolder, server: Server): Promise<void> {
    return this.#family.place([{ name, files: servedFolder(files, server) }]);
  }

  async keep(folder: ListedFolder, server: Server): Promise<void> {
    const stop = new AbortController();
    const job = `keep ${folder.name}`;
    const onProgress = this.#jobs.track(job, t.keeping(folder.name), () => stop.abort());
    this.error = null;
    try {
      await navigator.storage.persist();
      await keepCopy(this.#store, folder, server, {
        digest: digestInWorker,
        signal: stop.signal,
        onProgress,
      });
    } catch (error) {
      this.error = failureOf(error);
    } finally {
      this.#jobs.end(job);
    }
    await this.askCopies();
  }

  async openKept({ key, copy }: KeptCopy): Promise<void> {
    try {
      await this.#family.place([{ name: copy.name, files: await openCopy(this.#store, key) }]);
    } catch (error) {
      this.#family.refuse(error);
    }
  }

  async deleteKept({ key }: KeptCopy): Promise<void> {
    await this.#store.remove(key);
    await this.askCopies();
  }

  #origin(): string | null {
    try {
      return addressOf(placeOf(this)).origin;
    } catch {
      return originOf(publicAddress(this.address));
    }
  }
}

const addressOf = (place: Place): URL => (place.kind === 'repository' ? place.hub : place.base);
