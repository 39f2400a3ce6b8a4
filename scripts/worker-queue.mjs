import { EXIT, interruption, line as lineOf } from './run-command.mjs';
import { BadRequest, readRequest } from './worker-protocol.mjs';

/** @import {RunRequest, WorkerAnswer} from './worker-protocol.mjs' */

/**
 * Runs one request.
 * @typedef {(
 *   request: RunRequest,
 *   around: {signal: AbortSignal, progress: (text: string) => void},
 * ) => Promise<{exit: number, error: string | null}>} RunOne signal: its reason is what a cancelled request ends with
 */

/** The requests of a worker, one running at a time, in the order in which they came; each is answered once. */
export class WorkerQueue {
  /** Those that run or wait, by id. @type {Map<string, AbortController>} */
  #open = new Map();
  /** @type {Promise<void>} */
  #last = Promise.resolve();
  #run;
  #answer;

  /**
   * @param {RunOne} run never rejects
   * @param {(answer: WorkerAnswer) => void} answer
   */
  constructor(run, answer) {
    this.#run = run;
    this.#answer = answer;
  }

  /**
   * Takes a line: a request waits for its turn, a cancel is done at once, anything else is refused by name.
   * @param {Buffer | null} line null: one that was too long
   */
  take(line) {
    try {
      const request = readRequest(line);
      // What has ended meanwhile needs no cancel.
      if ('cancel' in request) this.#cancel(request.id, interruption('cancelled'));
      else this.#queue(request);
    } catch (error) {
      const { id = null } = /** @type {Partial<BadRequest>} */ (error);
      const isFree = id !== null && !this.#open.has(id);
      this.#answer({ id: isFree ? id : null, exit: EXIT.badInput, error: lineOf(error) });
    }
  }

  /** @param {RunRequest} request */
  #queue(request) {
    const { id } = request;
    if (this.#open.has(id))
      throw new BadRequest(`the id "${id}" is of a request that runs or waits`, 'give another', id);
    const controller = new AbortController();
    this.#open.set(id, controller);
    this.#last = this.#last.then(() => this.#runNext(request, controller));
  }

  /**
   * @param {RunRequest} request
   * @param {AbortController} controller
   */
  async #runNext(request, { signal }) {
    const { id } = request;
    const started = performance.now();
    let hasEnded = false;
    const progress = (/** @type {string} */ text) => {
      if (!hasEnded) this.#answer({ id, progress: text });
    };
    const { exit, error } = signal.aborted
      ? { exit: EXIT.interrupted, error: lineOf(signal.reason) }
      : await this.#run(request, { signal, progress });
    hasEnded = true;
    this.#open.delete(id);
    const seconds = Number(((performance.now() - started) / 1000).toFixed(3));
    this.#answer(/** @type {WorkerAnswer} */ ({ id, exit, seconds, ...(error === null ? {} : { error }) }));
  }

  /**
   * @param {string} id
   * @param {Error} reason
   */
  #cancel(id, reason) {
    this.#open.get(id)?.abort(reason);
  }

  /** Ends what runs and all that waits. @param {Error} reason */
  cancelAll(reason) {
    for (const id of this.#open.keys()) this.#cancel(id, reason);
  }

  /** Resolves once every request is answered. */
  async done() {
    while (this.#open.size > 0) await this.#last;
  }
}
