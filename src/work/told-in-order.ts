import { throwIfCancelled } from './cancel.ts';

/** Has pieces of work that come in any order told one at a time, in the order of their places. */
export class ToldInOrder {
  readonly #signal: AbortSignal;
  #next = 0;
  #waiting: (() => void)[] = [];

  /** @param signal ends all that waits */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  /** The place that is to be told next. */
  get next(): number {
    return this.#next;
  }

  /** Resolves once another place is the next. @throws NamedError `Cancelled` */
  async moved(): Promise<void> {
    throwIfCancelled(this.#signal);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    throwIfCancelled(this.#signal);
  }

  /**
   * Tells what has the `count` places from `at` on, once all before them are told.
   *
   * @throws NamedError `Cancelled`; what `work` throws: what comes after it is not told then
   */
  async tell(at: number, count: number, work: () => Promise<void>): Promise<void> {
    while (this.#next !== at) await this.moved();
    await work();
    this.#next += count;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
