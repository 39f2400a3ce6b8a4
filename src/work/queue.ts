/** Runs asynchronous tasks strictly one after another, in the order they were added. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();

  /**
   * Resolves or rejects as `task` does, once all earlier tasks have settled. A task whose `signal` is aborted before
   * its turn is passed over, and rejects with the signal's reason at once.
   */
  add<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      let begun = false;
      const result = this.#tail.then(() => {
        signal?.throwIfAborted();
        begun = true;
        return task();
      });
      this.#tail = result.catch(() => undefined);
      result.then(resolve, reject);
      signal?.addEventListener('abort', () => {
        if (!begun) reject(signal.reason as Error);
      });
    });
  }
}
