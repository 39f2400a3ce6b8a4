/** Ties work to what it runs on: once that is gone, the work rejects instead of waiting for ever. */
export class Lifeline {
  readonly #waiting = new Set<(reason: Error) => void>();
  #cut: Error | null = null;

  /**
   * Settles as `work` does, or rejects with the reason of `cut`. No race against a promise that may never settle:
   * that one would hold on to every result it was ever raced against (the logits of a sweep, gigabytes).
   */
  guard<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#cut) reject(this.#cut);
      else this.#waiting.add(reject);
      work.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }

  /** Rejects all work under way, and all that comes. The first reason counts. */
  cut(reason: Error): void {
    this.#cut ??= reason;
    for (const reject of this.#waiting) reject(this.#cut);
    this.#waiting.clear();
  }
}
