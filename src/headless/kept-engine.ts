/** The engine of a page that runs one request after another. */
import { connectEngine, type EngineClient } from '../engine/client.ts';
import { KeptModels } from './kept-models.ts';

/** Engines beside the first are no more: `src/engine/lane-count.ts`. */
const MOST_LANES = 16;

/** What makes an engine what it is: with another value of any there is another engine. */
export interface EngineFlags {
  readonly lanes: number | undefined;
  readonly memory: string | undefined;
  readonly device: string | undefined;
}

interface Engine {
  readonly key: string;
  readonly client: EngineClient;
  readonly models: KeptModels;
}

export class KeptEngine {
  readonly #connect: (lanes: number | undefined) => EngineClient;
  #now: Engine | null = null;

  /** @param connect starts an engine */
  constructor(
    connect: (lanes: number | undefined) => EngineClient = (lanes) => connectEngine(undefined, lanes),
  ) {
    this.#connect = connect;
  }

  /** The engine of these flags; an earlier one of others ends. @param alone whether an earlier one ends in any case */
  of(flags: EngineFlags, alone: boolean): Pick<Engine, 'client' | 'models'> {
    const key = JSON.stringify([flags.lanes ?? null, flags.memory ?? null, flags.device ?? null]);
    if (alone || this.#now?.key !== key) {
      this.end();
      const client = this.#connect(flags.lanes);
      const lanes = flags.lanes ?? Math.min(MOST_LANES, navigator.hardwareConcurrency);
      this.#now = { key, client, models: new KeptModels(client, lanes) };
    }
    return this.#now as Engine;
  }

  /** A request has ended. @param isWhole whether what the engine holds can be gone on with: else the next request has another */
  async endRequest(isWhole: boolean): Promise<void> {
    if (!isWhole) return this.end();
    await this.#now?.models.endRequest().catch(() => this.end());
  }

  /** Ends the engine, if there is one; its memory is free when its workers have ended. */
  end(): void {
    const { client } = this.#now ?? {};
    this.#now = null;
    void client?.end();
  }
}
