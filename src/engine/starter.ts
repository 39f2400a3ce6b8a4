/** What the engine's worker begins with: what this machine can do, and keeps. The rest comes with the first call of the engine. */
import { surveyCapabilities } from './capabilities.ts';
import type { Capabilities } from './protocol/capabilities.ts';
import type { StoredWeights } from './protocol/loading.ts';
import { OpfsKeptWeights } from './weights/kept-opfs.ts';

export class EngineStarter {
  readonly #serve: (port: MessagePort, threads?: number) => Promise<void>;
  readonly #kept = new OpfsKeptWeights();

  /** @param serve fetches the engine */
  constructor(serve: (port: MessagePort, threads?: number) => Promise<void>) {
    this.#serve = serve;
  }

  capabilities(): Promise<Capabilities> {
    return surveyCapabilities();
  }

  storedWeights(): Promise<readonly StoredWeights[]> {
    return this.#kept.list();
  }

  deleteStoredWeights(key: string): Promise<void> {
    return this.#kept.delete(key);
  }

  /** Has the engine answer on `port`, where calls wait until its modules have come. @param threads as of `EngineHost` */
  start(port: MessagePort, threads?: number): Promise<void> {
    return this.#serve(port, threads);
  }
}
