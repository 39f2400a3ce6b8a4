/** Ranges of one file on a server: checked, resumed, and all of one version of it. */
import { NamedError } from '../named-error.ts';
import { Passing } from '../remote/retry.ts';
import { cancelled } from '../work/cancel.ts';
import { type Answer, checkStatus, EXPOSED, type Server } from './server.ts';

/** What tells one version of a file from the next; null where the server does not say, or does not let a page see it. */
export interface Version {
  readonly etag: string | null;
  readonly modified: string | null;
}

/** Answers that say that a redirect's target is no longer good: its ticket has run out, or the file has moved on. */
const STALE: ReadonlySet<number> = new Set([401, 403, 404, 410]);

export class RangedFile {
  /** Of this one among all. */
  readonly id = crypto.randomUUID();
  readonly name: string;
  readonly url: URL;
  /** Bytes. */
  readonly size: number;
  readonly #server: Server;
  #version: Version | undefined;
  /** Where redirects led: asked directly from then on, so that a hub is asked once and not for every range. */
  #direct: URL | null = null;

  /** @param version of the file that is meant; undefined: that of the first answer */
  constructor(name: string, url: URL, size: number, server: Server, version?: Version) {
    this.name = name;
    this.url = url;
    this.size = size;
    this.#server = server;
    this.#version = version;
  }

  /**
   * Bytes `[start, end)`. Where a connection breaks, what came of it is kept, and the rest is asked for. No `If-Range` is sent: it
   * would make the browser ask for leave first, which the stores behind hubs do not give; instead every answer is held against the
   * first one's version and length.
   *
   * @throws NamedError `FileChanged` where version or length is another than before, `RangeRefused` where the server does not
   * answer with just the range, and those of `Server.ask` and `checkStatus`
   */
  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(end - start);
    let came = 0;
    const more = async (answer: Answer): Promise<void> => {
      this.#check(answer.response, start + came, end);
      const before = came;
      for await (const part of parts(answer.response, signal)) {
        if (came + part.length > bytes.length) throw this.#refused('more bytes came than were asked for');
        bytes.set(part, came);
        came += part.length;
        answer.heard(part.length);
      }
      if (came < bytes.length) {
        throw new Passing(`${came} of ${bytes.length} bytes came`, undefined, came > before);
      }
    };
    const request = () => ({
      url: this.#direct ?? this.url,
      headers: { Range: `bytes=${start + came}-${end - 1}` },
    });
    if (start < end) await this.#server.ask(request, more, this.name, signal);
    return bytes;
  }

  #check(response: Response, start: number, end: number): void {
    if (this.#direct && STALE.has(response.status)) {
      this.#direct = null;
      throw new Passing(`the redirect's target answered HTTP ${response.status}`, undefined, true);
    }
    if (response.status === 416) throw this.#changed(`bytes ${start} to ${end} are not in it any more`);
    checkStatus(response, this.name);
    if (response.status === 206) this.#checkRange(response.headers.get('content-range'), start, end);
    else this.#checkWhole(response, start, end);
    this.#checkVersion(response);
    const reached = new URL(response.url);
    if (response.redirected && reached.origin !== this.url.origin) this.#direct = reached;
  }

  #checkRange(range: string | null, start: number, end: number): void {
    const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(range ?? '') ?? [];
    if (range === null)
      throw this.#refused('its Content-Range is missing, or hidden from pages of other sites');
    // It may give less at a time; the rest is asked for.
    if (Number(first) !== start || !(Number(last) < end))
      throw this.#refused(`"${range}" came for bytes ${start} to ${end - 1}`);
    if (total !== '*' && Number(total) !== this.size)
      throw this.#changed(`it has ${total ?? ''} bytes now, and had ${this.size}`);
  }

  /** A server that knows no ranges may still give a file whole where all of it was asked for. */
  #checkWhole({ status, headers }: Response, start: number, end: number): void {
    const length = headers.get('content-length');
    if (start > 0 || end < this.size)
      throw this.#refused(`HTTP ${status} with the whole file came for bytes ${start} to ${end - 1}`);
    if (length !== null && headers.get('content-encoding') === null && Number(length) !== this.size)
      throw this.#changed(`it has ${length} bytes now, and had ${this.size}`);
  }

  #checkVersion(response: Response): void {
    const now = versionOf(response);
    this.#version ??= now;
    for (const field of ['etag', 'modified'] as const) {
      const [before, after] = [this.#version[field], now[field]];
      if (before !== null && after !== null && before !== after)
        throw this.#changed(`its ${field === 'etag' ? 'ETag' : 'date'} is ${after} now, and was ${before}`);
    }
  }

  #changed(what: string): NamedError {
    const remedy = 'the file changed on the server since it was opened: open it from the server again';
    return new NamedError('FileChanged', what, { file: this.name }, remedy);
  }

  #refused(what: string): NamedError {
    return new NamedError(
      'RangeRefused',
      what,
      { file: this.name },
      `use a server that answers Range requests with 206 and, to pages of other sites, sends Access-Control-Expose-Headers: ${EXPOSED}`,
    );
  }
}

export function versionOf({ headers }: Response): Version {
  return { etag: headers.get('etag'), modified: headers.get('last-modified') };
}

/** The parts of a body as they come; a connection that breaks ends them, and what is missing is asked for again. */
export async function* parts(
  { body }: Response,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body?.getReader();
  while (reader) {
    // A break is no error here: whoever counts the bytes sees it.
    const read = await reader.read().catch(() => null);
    if (signal?.aborted) throw cancelled();
    if (!read || read.done) return;
    yield read.value;
  }
}
