import type { NamedError } from '../../named-error.ts';
import type { EngineApi, EngineStatus } from '../../engine/protocol.ts';
import type { Capabilities } from '../../engine/protocol/capabilities.ts';
import type { StoredWeights } from '../../engine/protocol/loading.ts';
import { named } from '../../named.ts';
import { DeviceChecking, type GivenCheck } from '../check/device-checking.svelte.ts';

/** What this machine can do, how the engine is, and what is kept in its storage. */
export class Machine {
  capabilities = $state.raw<Capabilities | null>(null);
  status = $state.raw<EngineStatus>({ state: 'ready' });
  stored = $state.raw<readonly StoredWeights[]>([]);
  error = $state.raw<NamedError | null>(null);
  readonly checking: DeviceChecking;
  readonly #engine: EngineApi;

  constructor(engine: EngineApi, check: GivenCheck) {
    this.#engine = engine;
    this.checking = new DeviceChecking(engine, check);
  }

  async ask(): Promise<void> {
    try {
      await this.#engine.onStatus((status) => {
        this.status = status;
      });
      this.capabilities = await this.#engine.capabilities();
      this.stored = await this.#engine.storedWeights();
    } catch (error) {
      this.error = named(error);
    }
  }

  /** Storage changes with each kept load, and with it the room that is left. */
  async askStored(): Promise<void> {
    try {
      this.stored = await this.#engine.storedWeights();
      this.capabilities = await this.#engine.capabilities();
      this.error = null;
    } catch (error) {
      this.error = named(error);
    }
  }

  async deleteStored(key: string): Promise<void> {
    try {
      await this.#engine.deleteStoredWeights(key);
    } catch (error) {
      this.error = named(error);
      return;
    }
    await this.askStored();
  }
}
