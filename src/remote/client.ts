/** Asks a remote model, patiently. */
import { NamedError } from '../named-error.ts';
import { ANTHROPIC } from './dialects/anthropic.ts';
import type { Dialect, RemoteQuestion, RemoteReply } from './dialects/dialect.ts';
import { errorOf } from './dialects/fields.ts';
import { OPENAI } from './dialects/openai.ts';
import { type DialectName, type Endpoint, requestAddress } from './endpoint.ts';
import { isPassing, Passing, PATIENCE, type Patience, patiently, retryAfterMs } from './retry.ts';

const DIALECT: Readonly<Record<DialectName, Dialect>> = { openai: OPENAI, anthropic: ANTHROPIC };

/** An endpoint with the user's own key. Only requests see the key. */
export interface Client {
  readonly endpoint: Endpoint;
  readonly key: string;
  readonly patience?: Patience;
  /** Told of each wait: what failed, and for how long. */
  onWait?(why: string, milliseconds: number): void;
}

/**
 * One question, one answer. Rate limits, server errors, timeouts and replies that cannot be read are tried again as
 * `patience` says; a refusal is an answer.
 *
 * @throws NamedError `Cancelled`; `RemoteUnavailable` once patience is at its end; `RemoteRejected` for what no repetition
 *   mends (key, model, request); `BadAddress`. No message contains the key.
 */
export async function askRemote(
  { endpoint, key, patience = PATIENCE, onWait }: Client,
  question: RemoteQuestion,
  signal?: AbortSignal,
): Promise<RemoteReply> {
  const url = requestAddress(endpoint);
  const dialect = DIALECT[endpoint.dialect];
  const request = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...dialect.headers(key) },
    body: JSON.stringify(dialect.body(endpoint, question)),
    // Nothing of this page goes along: no cookies, no address of it.
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    redirect: 'error',
  } as const;
  return patiently(() => once(url, request, dialect, patience, signal), {
    patience,
    signal,
    giveUp: (why, attempts) => unavailable(why, attempts, url),
    onWait: (why, wait) => onWait?.(hide(why, key), wait),
  }).catch((error: unknown) => {
    throw withoutKey(error, key);
  });
}

async function once(
  url: string,
  request: RequestInit,
  dialect: Dialect,
  { timeoutMs }: Patience,
  signal: AbortSignal | undefined,
): Promise<RemoteReply> {
  const timeout = AbortSignal.timeout(timeoutMs);
  let response: Response;
  let body: string;
  try {
    response = await fetch(url, {
      ...request,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    // The timeout holds for the body too.
    body = await response.text();
  } catch {
    if (timeout.aborted) throw new Passing(`the service gave no answer within ${timeoutMs / 1000} s`);
    throw new Passing('the service could not be reached, or does not answer to pages of other sites (CORS)');
  }
  const json = parsed(body);
  if (response.ok) {
    if (json === undefined) throw new Passing('the reply is not JSON');
    return readReply(dialect, json);
  }
  const refusal = dialect.refusal(json);
  if (refusal !== undefined) return { text: refusal, stop: 'refused' };
  const { message } = errorOf(json);
  const said = `HTTP ${response.status}${message === undefined ? '' : `: ${message}`}`;
  if (isPassing(response.status)) {
    throw new Passing(said, retryAfterMs(response.headers.get('retry-after'), Date.now()));
  }
  const keyIsWrong = response.status === 401 || response.status === 403;
  throw new NamedError(
    'RemoteRejected',
    said,
    {},
    keyIsWrong ? 'check the key and what it may be used for' : 'check address, model and settings',
  );
}

/** A reply of another form may be a passing fault of a proxy on the way. */
function readReply(dialect: Dialect, json: unknown): RemoteReply {
  try {
    return dialect.reply(json);
  } catch (error) {
    throw new Passing(error instanceof NamedError ? error.what : String(error));
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function unavailable(why: string, attempts: number, url: string): NamedError {
  const what = `${new URL(url).host} gave no answer in ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}, the last: ${why}`;
  return new NamedError('RemoteUnavailable', what, {}, 'run again later: what is answered is kept');
}

/** Services repeat a wrong key in their errors. */
function hide(text: string, key: string): string {
  return key.length < 4 ? text : text.replaceAll(key, '[key]');
}

function withoutKey(error: unknown, key: string): unknown {
  if (!(error instanceof NamedError)) return error;
  return new NamedError(error.name, hide(error.what, key), error.place, error.remedy);
}
