import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream';
import { headersFor } from './headers.mjs';
import { NamedError } from './named-error.mjs';

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.jsonl': 'application/x-ndjson',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.zip': 'application/zip',
};

/**
 * Serves a folder on this machine alone, with the app's headers and single byte ranges (the demo family's
 * tensors are read by range).
 * @param {string} folder
 * @param {{port?: number, before?: (request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => boolean}} [options]
 *   port 0, the default, takes a free one; `before` is asked first, and true means that it answers
 * @returns {Promise<{url: string, close: () => Promise<void>}>} url ends with a slash
 * @throws {NamedError} PortInUse
 */
export async function serve(folder, { port = 0, before } = {}) {
  const server = createServer((request, response) => {
    if (!before?.(request, response)) void answer(folder, request, response);
  });
  await new Promise((resolve, reject) => {
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      reject(
        error.code === 'EADDRINUSE' || error.code === 'EACCES'
          ? new NamedError('PortInUse', `port ${port} cannot be used`, '--port', 'choose another, or none')
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {string} folder
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(folder, request, response) {
  const [path = '/'] = (request.url ?? '/').split(/[?#]/);
  for (const [name, value] of Object.entries(headersFor(path))) response.setHeader(name, value);
  response.setHeader('Cache-Control', 'no-cache');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405);

  const file = locate(folder, request.url ?? '/');
  const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
  if (file === undefined || !found?.isFile()) return refuse(response, 404);

  const range = byteRange(request.headers.range, found.size);
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${found.size}`);
    return refuse(response, 416);
  }
  response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
  response.setHeader('Accept-Ranges', 'bytes');
  const { start, end } = range ?? { start: 0, end: found.size - 1 };
  response.setHeader('Content-Length', end - start + 1);
  if (range) response.setHeader('Content-Range', `bytes ${start}-${end}/${found.size}`);
  response.writeHead(range ? 206 : 200);
  if (request.method === 'HEAD' || found.size === 0) return void response.end();
  // A browser that goes away mid-file is no fault of ours; pipeline closes the file.
  pipeline(createReadStream(file, { start, end }), response, () => {});
}

/**
 * The file a request path names; undefined where the path leaves the folder or is malformed.
 * @param {string} folder
 * @param {string} url
 */
export function locate(folder, url) {
  const [path = '/'] = url.split(/[?#]/);
  let decoded;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0')) return undefined;
  const file = normalize(join(folder, decoded.endsWith('/') ? `${decoded}index.html` : decoded));
  return file.startsWith(normalize(folder) + sep) ? file : undefined;
}

/**
 * A `Range` header of one range, as inclusive bounds; undefined where there is none or it is of another kind.
 * @param {string | undefined} header
 * @param {number} size bytes in the file
 * @returns {{start: number, end: number} | 'unsatisfiable' | undefined}
 */
export function byteRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start > end ? 'unsatisfiable' : { start, end };
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 */
function refuse(response, status) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${status}\n`);
}
