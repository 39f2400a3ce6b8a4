/** How a server is asked: patiently, without anything of this page, and with a token only where the user gave it one. */
import { NamedError } from '../named-error.ts';
import { isPassing, Passing, patiently, retryAfterMs, type Patience } from '../remote/retry.ts';
import { throwIfCancelled } from '../work/cancel.ts';

/** What every answer must let a page of another site see. */
export const EXPOSED = 'Content-Range, ETag, Accept-Ranges, Link, Retry-After';

/** Requests under way at one time; over HTTP/1.1 a browser itself allows one host six. */
export const AT_ONCE = 16;

/** A request counts as failed once nothing came for so long, and is made again six times. */
const SERVED_PATIENCE: Patience = {
  timeoutMs: 30_000,
  attempts: 6,
  firstWaitMs: 500,
  longestWaitMs: 60_000,
};

export interface Token {
  /** Scheme, host and port that it was given for; it goes nowhere else. */
  readonly origin: string;
  readonly value: string;
}

/** What was asked for so far. */
export interface Traffic {
  readonly requests: number;
  readonly bytes: number;
}

interface ServerOptions {
  readonly patience?: Patience;
  /** Told of each request, and of each part that comes. */
  readonly onTraffic?: (traffic: Traffic) => void;
}

/** A request under way. */
export interface Answer {
  readonly response: Response;
  /** To be called with each part of the body: silence ends the request. */
  heard(bytes: number): void;
}

export class Server {
  readonly #patience: Patience;
  readonly #onTraffic: ServerOptions['onTraffic'];
  #traffic: Traffic = { requests: 0, bytes: 0 };
  readonly #token: Token | undefined;
  #free = AT_ONCE;
  readonly #queue: (() => void)[] = [];

  constructor(token?: Token, { patience = SERVED_PATIENCE, onTraffic }: ServerOptions = {}) {
    this.#token = token;
    this.#patience = patience;
    this.#onTraffic = onTraffic;
  }

  #count(requests: number, bytes: number): void {
    this.#traffic = { requests: this.#traffic.requests + requests, bytes: this.#traffic.bytes + bytes };
    this.#onTraffic?.(this.#traffic);
  }

  /**
   * Asks until `take` has what it wants of the answer. `take` sees answers of any status but those that pass (429, 5xx) and
   * throws `Passing` for what may be asked again.
   *
   * @throws NamedError `ServerUnreachable` once patience is at its end; `Cancelled`; those of `take`
   */
  ask<T>(
    request: () => { readonly url: URL; readonly headers?: Readonly<Record<string, string>> },
    take: (answer: Answer) => Promise<T>,
    file: string,
    signal?: AbortSignal,
  ): Promise<T> {
    return patiently(() => this.#inTurn(() => this.#once(request(), take, signal), signal), {
      patience: this.#patience,
      signal,
      giveUp: (why, attempts) =>
        new NamedError(
          'ServerUnreachable',
          `nothing came in ${attempts} attempts, the last: ${why}`,
          { file },
          `check the address and the connection, and try again; a server of another site must send Access-Control-Allow-Origin, and Access-Control-Expose-Headers: ${EXPOSED}`,
        ),
    });
  }

  async #once<T>(
    { url, headers }: { readonly url: URL; readonly headers?: Readonly<Record<string, string>> },
    take: (answer: Answer) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const own = new AbortController();
    const silent = (): void =>
      own.abort(new Passing(`nothing came for ${this.#patience.timeoutMs / 1000} s`));
    let timer = setTimeout(silent, this.#patience.timeoutMs);
    const token = this.#token?.origin === url.origin ? this.#token.value : '';
    this.#count(1, 0);
    try {
      const response = await fetch(url, {
        headers: { ...headers, ...(token === '' ? {} : { Authorization: `Bearer ${token}` }) },
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        cache: 'no-store',
        signal: signal ? AbortSignal.any([signal, own.signal]) : own.signal,
      }).catch(() => {
        throw passingReason(
          own.signal,
          'the server could not be reached, or does not answer to pages of other sites (CORS)',
        );
      });
      if (isPassing(response.status)) {
        const after = retryAfterMs(response.headers.get('retry-after'), Date.now());
        throw new Passing(`HTTP ${response.status}`, after);
      }
      return await take({
        response,
        heard: (bytes) => {
          this.#count(0, bytes);
          clearTimeout(timer);
          timer = setTimeout(silent, this.#patience.timeoutMs);
        },
      });
    } finally {
      clearTimeout(timer);
      // Whatever of the body nobody wants is not sent either.
      own.abort();
    }
  }

  /** At most `AT_ONCE` at a time, in the order in which they came. */
  async #inTurn<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#queue.push(resolve));
    else this.#free -= 1;
    try {
      throwIfCancelled(signal);
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}

/** Why a request broke off: our own patience, or the line. */
function passingReason(own: AbortSignal, otherwise: string): Passing {
  return own.reason instanceof Passing ? own.reason : new Passing(otherwise);
}

/**
 * Lets an answer with the wanted bytes through.
 *
 * @throws NamedError `AccessDenied` (401, 403), `NotOnServer` (404, 410), `RemoteRejected` (any other that is no success)
 */
export function checkStatus({ status }: Response, file: string): void {
  if (status >= 200 && status < 300) return;
  if (status === 401 || status === 403) {
    throw new NamedError(
      'AccessDenied',
      `the server answered HTTP ${status}`,
      { file },
      'give a token that may read it, and accept the conditions of a gated repository on its own page first; a hub also says this of what does not exist',
    );
  }
  if (status === 404 || status === 410) {
    const remedy = 'check the address, the name and the revision';
    throw new NamedError('NotOnServer', `the server answered HTTP ${status}`, { file }, remedy);
  }
  throw new NamedError('RemoteRejected', `the server answered HTTP ${status}`, { file }, 'check the address');
}
