/** When a request that failed is sent again. */
import { abortable, throwIfCancelled } from '../work/cancel.ts';

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

/** Why an attempt failed that may be repeated. */
export class Passing extends Error {
  /** Milliseconds that the service asks to be left alone for. */
  readonly retryAfter: number | undefined;
  /** Whether some of what was asked for came all the same: then attempts are counted anew. */
  readonly progressed: boolean;

  constructor(message: string, retryAfter?: number, progressed = false) {
    super(message);
    this.retryAfter = retryAfter;
    this.progressed = progressed;
  }
}

export interface Attempts {
  readonly patience: Patience;
  readonly signal?: AbortSignal | undefined;
  /** What is thrown once patience is at its end. */
  readonly giveUp: (why: string, attempts: number) => Error;
  /** Told of each wait: what failed, and for how long. */
  readonly onWait?: (why: string, milliseconds: number) => void;
}

/**
 * What `once` resolves to, made again after each `Passing` as `patience` says.
 *
 * @throws NamedError `Cancelled`; what `giveUp` makes; whatever else `once` throws, at once
 */
export async function patiently<T>(
  once: () => Promise<T>,
  { patience, signal, giveUp, onWait }: Attempts,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    throwIfCancelled(signal);
    try {
      return await once();
    } catch (error) {
      throwIfCancelled(signal);
      if (!(error instanceof Passing)) throw error;
      if (error.progressed) attempt = 1;
      const wait = waitBeforeNext(attempt, error.retryAfter, patience, Math.random());
      if (wait === undefined) throw giveUp(error.message, attempt);
      onWait?.(error.message, wait);
      await pause(wait, signal);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (): Promise<void> => new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)));
  return abortable(wait, signal, () => clearTimeout(timer));
}
