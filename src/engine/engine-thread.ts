/** A worker of the engine, from its start to its end. */
import type { Remote } from 'comlink';
import { proxy, wrap } from 'comlink';
import { NamedError } from '../named-error.ts';
import { PendingCalls } from '../work/pending-calls.ts';
import type { EngineHost } from './host.ts';
import type { Device } from './protocol/device.ts';

export class EngineThread {
  readonly host: Remote<EngineHost>;
  readonly #worker: Worker;
  readonly #calls = new PendingCalls();
  /** Devices whose loss is watched. */
  readonly #watched = new Set<Device>();

  constructor(worker: Worker) {
    this.#worker = worker;
    this.host = wrap<EngineHost>(worker);
    worker.addEventListener('error', (event) => {
      // Handled here: left alone it would count as an error of the page.
      event.preventDefault();
      this.fail('ModuleAborted', event.message || 'the engine worker could not be started');
    });
  }

  /** Settles as `work` does, or rejects once the worker or its device is gone. */
  guard<T>(work: Promise<T>): Promise<T> {
    return this.#calls.guard(work);
  }

  /** Rejects all calls under way, and all that come. */
  fail(name: 'ModuleAborted' | 'DeviceLost', reason: string, remedy = 'the engine restarts by itself'): void {
    this.#calls.rejectAll(new NamedError(name, reason, {}, remedy));
  }

  /** Makes the device ready; once it is lost, all calls fail. */
  async watch(device: Device): Promise<void> {
    if (this.#watched.has(device)) return;
    this.#watched.add(device);
    try {
      await this.host.watch(
        device,
        proxy((reason: string) => this.fail('DeviceLost', reason)),
      );
    } catch (error) {
      this.#watched.delete(device);
      throw error;
    }
  }

  terminate(): void {
    this.#worker.terminate();
  }
}
