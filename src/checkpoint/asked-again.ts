/** Reads that a browser leaves unanswered. */

/** A read that takes longer than this, and than its bytes at the slowest rate, is asked for again. */
const PATIENCE_MS = 1000;
/** Bytes a millisecond: 1 MB/s, slower than any disk that checkpoints lie on. */
const SLOWEST_RATE = 1000;

/**
 * What `read` resolves or rejects to first, asked for again while nothing comes: Firefox 153 at times never answers
 * `Blob.arrayBuffer()` in a worker that reads several at once, and answers the same question when it is put again.
 *
 * @param read gives the same bytes each time
 * @param bytes that it gives
 * @param patience milliseconds before it is asked again, the first time; twice as long each further time
 */
export async function askedAgain<T>(
  read: () => Promise<T>,
  bytes: number,
  patience = PATIENCE_MS + bytes / SLOWEST_RATE,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      const ask = (wait: number): void => {
        read().then(resolve, reject);
        timer = setTimeout(() => ask(2 * wait), wait);
      };
      ask(patience);
    });
  } finally {
    clearTimeout(timer);
  }
}
