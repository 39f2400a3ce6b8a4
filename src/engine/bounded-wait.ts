/** Waiting that ends although what is waited for does not. */

/** Settles as `work` does; once `signal` is aborted, rejects at once with its reason, and `giveUp` is called. */
export function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  giveUp: () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => {
      reject(signal?.reason as Error);
      giveUp();
    };
    signal?.addEventListener('abort', aborted);
    work.then(resolve, reject).finally(() => signal?.removeEventListener('abort', aborted));
  });
}

/** Whether `work` settles, either way, within so many milliseconds. */
export function settlesWithin(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    work
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(timer);
        resolve(true);
      });
  });
}
