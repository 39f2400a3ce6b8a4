import { randomBytes } from 'node:crypto';
import { DiskRefused, freeOn } from './disk-refused.mjs';

/** @import {IncomingMessage, ServerResponse} from 'node:http' */
/** @import {PartialFiles} from './partial-files.mjs' */
/** @import {JournalFiles} from './journal-files.mjs' */

/**
 * What the headless page may write, over its own server: below `/session/TOKEN/`, the token known to the page alone.
 *
 * | request | does |
 * | --- | --- |
 * | `PUT out/PATH` | begins a file of the result |
 * | `POST out/PATH` | appends the body to it; answered once written, which holds a faster writer back |
 * | `PATCH out/PATH` | gives it its name, once it is on the disk |
 * | `DELETE out/PATH` | removes it: what was begun, or the file of that name |
 * | `GET out` | `{files: [{name, bytes}], writers: [name]}`: what the folder of the result holds |
 * | `GET out/PATH?start=A&end=B` | bytes A to B of a file that has its name |
 * | `GET space` | `{folder, free}`: its path, and bytes that its disk still takes or null |
 * | `GET journal` | `[{key, bytes}]` |
 * | `GET journal/KEY/FILE` | its bytes; no content where there is none |
 * | `GET journal/KEY/FILE?start=A&end=B` | bytes A to B of it; none where there is none |
 * | `POST journal/KEY/FILE` | appends the body, whole lines |
 * | `DELETE journal/KEY` | removes it |
 *
 * What fails is answered by 500 and one line of text; what the disk refused by 507 and its facts (`disk-refused.mjs`).
 */
export class Session {
  path = `/session/${randomBytes(16).toString('hex')}/`;
  #out;
  #journal;

  /**
   * @param {PartialFiles | null} out null for commands that write no folder
   * @param {JournalFiles} journal
   */
  constructor(out, journal) {
    this.#out = out;
    this.#journal = journal;
  }

  /**
   * Answers a request of the session's; false for any other.
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   */
  answer = (request, response) => {
    if (!request.url?.startsWith(this.path)) return false;
    this.#run(request)
      .then((body) => {
        // Nothing there is no failure: a 404 would be one in the browser's log.
        response.writeHead(body === undefined || body === null ? 204 : 200);
        response.end(body ?? undefined);
      })
      .catch((/** @type {Error} */ error) => {
        request.resume();
        if (error instanceof DiskRefused) {
          response.writeHead(507, { 'Content-Type': 'application/json' });
          return void response.end(JSON.stringify(error.facts));
        }
        response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' });
        response.end(error.message);
      });
    return true;
  };

  /**
   * @param {IncomingMessage} request
   * @returns {Promise<Buffer | string | null | void>} the answer's body; null: not there
   */
  async #run(request) {
    const { pathname, searchParams } = new URL((request.url ?? '').slice(this.path.length), 'http://x/');
    const [area, ...parts] = pathname.slice(1).split('/').map(decodeURIComponent);
    const method = request.method ?? '';
    const [start = 0, end = 0] = ['start', 'end'].map((name) => Number(searchParams.get(name)));
    if (area === 'out' && this.#out) {
      const path = parts.join('/');
      if (method === 'GET' && parts.length === 0) return JSON.stringify(await this.#out.list());
      if (method === 'GET') return this.#out.read(path, start, end);
      if (method === 'PATCH') return this.#out.finish(path);
      if (method === 'DELETE') return this.#out.remove(path);
      if (method === 'PUT') return this.#out.create(path);
      if (method === 'POST') return this.#out.append(path, request);
    }
    if (area === 'space' && this.#out) return JSON.stringify(await this.#out.space());
    if (area === 'journal') {
      const [key = '', file = ''] = parts;
      if (method === 'GET' && key === '') return JSON.stringify(this.#journal.list());
      if (method === 'GET' && searchParams.has('end')) return this.#journal.readPart(key, file, start, end);
      if (method === 'GET') return this.#journal.read(key, file);
      if (method === 'POST') return this.#append(key, file, await bodyOf(request));
      if (method === 'DELETE') return this.#journal.remove(key);
    }
    throw new RangeError(`${method} ${pathname} means nothing here`);
  }

  /**
   * @param {string} key
   * @param {string} file
   * @param {Buffer} lines
   */
  async #append(key, file, lines) {
    try {
      this.#journal.append(key, file, lines);
    } catch (error) {
      const { folder } = this.#journal;
      throw await DiskRefused.from(error, { folder, file, free: () => freeOn(folder) });
    }
  }
}

/**
 * The whole body: of a page that dies within it nothing is taken.
 * @param {IncomingMessage} request
 */
async function bodyOf(request) {
  /** @type {Buffer[]} */
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
