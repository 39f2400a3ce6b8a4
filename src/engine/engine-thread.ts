/** A worker of the engine, from its start to its end. */
import type { Remote } from 'comlink';
import { proxy, transfer, wrap } from 'comlink';
import { NamedError } from '../named-error.ts';
import { plainReason } from '../plain-reason.ts';
import { PendingCalls } from '../work/pending-calls.ts';
import type { EngineHost } from './host.ts';
import type { Device } from './protocol/device.ts';
import type { EngineStarter } from './starter.ts';

export class EngineThread {
  readonly starter: Remote<EngineStarter>;
  #host: Remote<EngineHost> | undefined;
  readonly #worker: Worker;
  readonly #threads: number | undefined;
  readonly #calls = new PendingCalls();
  readonly #listening = new AbortController();
  /** Devices whose loss is watched. */
  readonly #watched = new Set<Device>();

  /** @param threads as of `EngineHost` */
  constructor(worker: Worker, threads?: number) {
    this.#worker = worker;
    this.#threads = threads;
    this.starter = wrap<EngineStarter>(worker);
    const failed = (event: ErrorEvent): void => {
      // Handled here: left alone it would count as an error of the page.
      event.preventDefault();
      this.fail('ModuleAborted', event.message || 'the engine worker could not be started');
    };
    worker.addEventListener('error', failed, { signal: this.#listening.signal });
  }

  /** The engine, whose modules come with the first call. */
  get host(): Remote<EngineHost> {
    return (this.#host ??= this.#start());
  }

  #start(): Remote<EngineHost> {
    const { port1, port2 } = new MessageChannel();
    this.starter
      .start(transfer(port2, [port2]), this.#threads)
      .catch((error: unknown) => this.fail('ModuleAborted', plainReason(error)));
    return wrap<EngineHost>(port1);
  }

  /** Settles as `work` does, or rejects once the worker or its device is gone. */
  guard<T>(work: Promise<T>): Promise<T> {
    return this.#calls.guard(work);
  }

  /** Rejects all calls under way, and all that come. */
  fail(
    name: 'ModuleAborted' | 'DeviceLost' | 'NotLoaded',
    reason: string,
    remedy = 'the engine restarts by itself',
  ): void {
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
    // Comlink holds a worker while its proxy lives: a listener that leads to the proxy would keep both for ever.
    this.#listening.abort();
  }
}
