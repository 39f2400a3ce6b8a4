/** A server on this machine that gives files in ranges and misbehaves as it is told, for tests. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request asked for. */
export interface SeenRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** What the server does instead of giving the range; undefined: it gives it. */
export type Fault =
  | { readonly status: number; readonly headers?: Record<string, string> }
  /** So many bytes, then the line is cut. */
  | { readonly dropAfter: number }
  /** Milliseconds between pieces of `slowBytes`. */
  | { readonly slow: number; readonly slowBytes: number }
  | { readonly whole: true }
  | { readonly headers: Record<string, string> }
  /** The range, and so many bytes behind it. */
  | { readonly excess: number }
  | { readonly redirect: string }
  | 'hang'
  | undefined;

export interface FileServer {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Bytes of bodies that were sent. */
  readonly sent: number;
  /** Requests under way. */
  readonly atOnce: number;
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

const COMMIT = 'c0ffee0000000000000000000000000000000000';

/**
 * Gives `files` by path below `/files/`, and as the repository `org/tiny` of a hub: `api/models/…/revision`, `…/tree` (two
 * entries a page), and `resolve`. `misbehave` decides for each request, told how many came before it.
 */
export async function fileServer(
  files: ReadonlyMap<string, Uint8Array>,
  misbehave: (request: SeenRequest, before: number) => Fault = () => undefined,
): Promise<FileServer> {
  const seen: SeenRequest[] = [];
  let [sent, atOnce, mostAtOnce] = [0, 0, 0];
  const server = createServer((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', 'authorization, range');
    response.setHeader('Access-Control-Expose-Headers', 'content-range, etag, link, retry-after');
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    response.on('close', () => (atOnce -= 1));
    const what = seenOf(request);
    const fault = misbehave(what, seen.length);
    seen.push(what);
    void answer(what, fault, response);
  });
  const write = (response: ServerResponse, bytes: Uint8Array): void => {
    sent += bytes.length;
    response.write(bytes);
  };

  async function answer({ path, range }: SeenRequest, fault: Fault, response: ServerResponse): Promise<void> {
    if (fault === 'hang') return;
    if (fault && 'redirect' in fault) return void response.writeHead(302, { location: fault.redirect }).end();
    if (fault && 'status' in fault) return void response.writeHead(fault.status, fault.headers).end();
    const listed = hubAnswer(path, files, response);
    if (listed !== undefined) return void response.end(JSON.stringify(listed));
    const name = decodeURIComponent(path.replace(/^\/(?:files|org\/tiny\/resolve\/[0-9a-f]+)\//, ''));
    const bytes = files.get(name);
    if (!bytes) return void response.writeHead(404).end();
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
    const ranged = first !== undefined && !(fault && 'whole' in fault);
    const start = ranged ? Number(first) : 0;
    const end = ranged ? Math.min(bytes.length, Number(last) + 1) : bytes.length;
    if (ranged && start >= bytes.length)
      return void response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    response.writeHead(ranged ? 206 : 200, {
      ...(ranged ? { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` } : {}),
      etag: `"${sha256(bytes).slice(0, 16)}"`,
      ...(fault && 'excess' in fault ? {} : { 'content-length': String(end - start) }),
      ...(fault && 'headers' in fault ? fault.headers : {}),
    });
    if (fault && 'dropAfter' in fault) {
      write(response, bytes.subarray(start, Math.min(end, start + fault.dropAfter)));
      await new Promise((resolve) => setTimeout(resolve, 20));
      return void response.destroy();
    }
    const step = fault && 'slow' in fault ? fault.slowBytes : 2 ** 20;
    const upTo = fault && 'excess' in fault ? end + fault.excess : end;
    for (let at = start; at < upTo && !response.destroyed; at += step) {
      write(response, bytes.subarray(at, Math.min(upTo, at + step)));
      if (fault && 'slow' in fault) await new Promise((resolve) => setTimeout(resolve, fault.slow));
    }
    response.end();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    get sent() {
      return sent;
    },
    get atOnce() {
      return atOnce;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a hub says of the repository; undefined for what is a file. */
function hubAnswer(
  path: string,
  files: ReadonlyMap<string, Uint8Array>,
  response: ServerResponse,
): object | undefined {
  if (/^\/api\/models\/org\/tiny\/revision\/(?:main|v1)$/.test(path)) return { sha: COMMIT };
  const tree = /^\/api\/models\/org\/tiny\/tree\/[0-9a-f]+\?recursive=true(?:&cursor=(\d+))?$/.exec(path);
  if (!tree) return undefined;
  const from = Number(tree[1] ?? 0);
  if (from + 2 < files.size) {
    const next = `${path.split('&')[0] ?? ''}&cursor=${from + 2}`;
    response.setHeader('Link', `<${next}>; rel="next"`);
  }
  return [...files].slice(from, from + 2).map(([name, bytes]) => ({
    ...{ type: 'file', path: name, size: bytes.length, oid: '0' },
    ...(name.endsWith('.safetensors') ? { lfs: { oid: sha256(bytes), size: bytes.length } } : {}),
  }));
}

function seenOf({ url, headers }: IncomingMessage): SeenRequest {
  return { path: url ?? '', range: headers.range, authorization: headers.authorization };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
