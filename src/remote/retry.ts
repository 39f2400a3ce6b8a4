/** When a request that failed is sent again. */

/** How patient a client is. */
export interface Patience {
  /** A request without an answer for so long is given up and counts as failed. */
  readonly timeoutMs: number;
  /** Requests of one question, the first among them. */
  readonly attempts: number;
  /** Of the waits that double, the first. */
  readonly firstWaitMs: number;
  /** No wait is longer; a service that asks for more is given up. */
  readonly longestWaitMs: number;
}

export const PATIENCE: Patience = {
  timeoutMs: 300_000,
  attempts: 6,
  firstWaitMs: 1000,
  longestWaitMs: 120_000,
};

/** Request timeout, conflict, too early, too many requests; and whatever is the server's fault. */
export function isPassing(status: number): boolean {
  return [408, 409, 425, 429].includes(status) || status >= 500;
}

/** Milliseconds that a `retry-after` header asks for: seconds, or a date (RFC 9110 §10.2.3). Undefined for neither. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * How long to wait before attempt `attempt + 1`: what the service asks for, else twice as long each time, with up to half
 * of it taken off at random so that parallel requests part. Undefined when no further attempt is due.
 *
 * @param attempt how many were made, from 1
 * @param random in [0, 1)
 */
export function waitBeforeNext(
  attempt: number,
  asked: number | undefined,
  { attempts, firstWaitMs, longestWaitMs }: Patience,
  random: number,
): number | undefined {
  if (attempt >= attempts) return undefined;
  if (asked !== undefined) return asked <= longestWaitMs ? asked : undefined;
  return Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1)) * (1 - random / 2);
}
