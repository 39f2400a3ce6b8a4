/** Calls to something that may die: once it has, they reject instead of waiting for ever. */
export class PendingCalls {
  readonly #rejections = new Set<(reason: Error) => void>();
  #reason: Error | null = null;

  /**
   * Settles as `work` does, or rejects with the reason of `rejectAll`. No race against a promise that may never settle:
   * that one would hold on to every result it was ever raced against (the logits of a sweep, gigabytes).
   */
  guard<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#reason) reject(this.#reason);
      else this.#rejections.add(reject);
      work.then(resolve, reject).finally(() => this.#rejections.delete(reject));
    });
  }

  /** Rejects all calls under way, and all that come. The first reason counts. */
  rejectAll(reason: Error): void {
    this.#reason ??= reason;
    for (const reject of this.#rejections) reject(this.#reason);
    this.#rejections.clear();
  }
}
