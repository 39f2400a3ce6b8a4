/** The page's connection to the engine: a worker that is replaced when it, or its GPU, dies. */
import { NamedError } from '../named-error.ts';
import { plainReason } from '../plain-reason.ts';
import { FATAL_ERROR_NAMES } from './backend/module-error.ts';
import type { EngineThread } from './engine-thread.ts';
import type { EngineStatus } from './protocol.ts';

/** A call that kills the worker this often is the cause, not the victim. */
const MAX_ATTEMPTS = 3;

export class Connection {
  readonly #start: () => EngineThread;
  readonly #restore: (thread: EngineThread) => Promise<void>;
  readonly #onStatus: (status: EngineStatus) => void;
  #thread: Promise<EngineThread>;

  /**
   * @param start makes a worker
   * @param restore gives a new worker what the last one had
   */
  constructor(
    start: () => EngineThread,
    restore: (thread: EngineThread) => Promise<void>,
    onStatus: (status: EngineStatus) => void,
  ) {
    this.#start = start;
    this.#restore = restore;
    this.#onStatus = onStatus;
    this.#thread = Promise.resolve(start());
  }

  /** The present worker; where it is being replaced, the next one. */
  get thread(): Promise<EngineThread> {
    return this.#thread;
  }

  /** Ends the worker for good: calls under way, and all that come, reject with `NotLoaded`. */
  async end(): Promise<void> {
    const thread = await this.#thread;
    thread.fail('NotLoaded', 'the checkpoint was given back', 'load it again');
    thread.terminate();
  }

  /** Makes a call, and makes it again in a new worker when this one dies. @throws what the call or `beforeRetry` throws */
  async call<T>(
    work: (thread: EngineThread) => Promise<T>,
    beforeRetry: () => void = () => undefined,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const thread = await this.#thread;
      if (attempt > 1) beforeRetry();
      try {
        return await thread.guard(work(thread));
      } catch (error) {
        if (!isFatal(error)) throw error;
        this.#replace(thread, error);
        if (attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  /** Puts a new worker in the place of `thread`, unless that has happened already. */
  #replace(thread: EngineThread, reason: NamedError): void {
    const before = this.#thread;
    const after = before.then((current) => {
      if (current !== thread) return current;
      thread.terminate();
      return this.#rebuild(reason);
    });
    this.#thread = after;
    after.catch(() => undefined);
  }

  async #rebuild(reason: NamedError): Promise<EngineThread> {
    this.#onStatus({ state: 'rebuilding', reason: reason.what });
    const thread = this.#start();
    try {
      // A worker that dies meanwhile answers nothing any more.
      await thread.guard(this.#restore(thread));
    } catch (error) {
      const why = error instanceof NamedError ? error.message : plainReason(error);
      this.#onStatus({ state: 'failed', reason: why });
      // The next call starts over from the files.
      thread.fail('ModuleAborted', why, 'open the checkpoints again');
      return thread;
    }
    this.#onStatus({ state: 'ready' });
    return thread;
  }
}

function isFatal(error: unknown): error is NamedError {
  return error instanceof NamedError && FATAL_ERROR_NAMES.has(error.name);
}
