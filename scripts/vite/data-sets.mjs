import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../paths.mjs';

/** @import {Plugin} from 'vite' */

const DATA = join(ROOT, 'dataset', 'data');
const BLOCK = 512;

/** The archives, by name, and the folder of `dataset/data` each holds. Paths within are relative to `dataset/data`. */
const SETS = Object.fromEntries(
  ['pairs', 'minimal-pairs']
    .flatMap((kind) => ['counting', 'ocr', 'grounding', 'recognition'].map((task) => `${kind}/${task}`))
    .concat('items')
    .map((folder) => [`data/${folder.replace('/', '-')}.tar`, folder]),
);

/**
 * The committed sets as static files, `data/<set>.tar` beside the pages: some hundred pictures of 2 kB come in one
 * request, and only when they are asked for. Nothing of them is in the JavaScript.
 * @returns {Plugin}
 */
export function dataSets() {
  return {
    name: 'frankenscope:data-sets',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = decodeURI((request.url ?? '').replace(/^\//, '').split('?')[0] ?? '');
        const folder = Object.hasOwn(SETS, path) ? SETS[path] : undefined;
        if (folder === undefined) return next();
        response.setHeader('Content-Type', 'application/x-tar');
        response.end(archive(folder));
      });
    },
    generateBundle() {
      for (const [fileName, folder] of Object.entries(SETS))
        this.emitFile({ type: 'asset', fileName, source: archive(folder) });
    },
  };
}

/**
 * A folder's files as an ustar archive: the same bytes wherever it is made.
 * @param {string} folder below `dataset/data`
 */
export function archive(folder) {
  const paths = readdirSync(join(DATA, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(DATA.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
  const parts = paths.flatMap((path) => {
    const bytes = readFileSync(join(DATA, path));
    return [header(path, bytes.length), bytes, Buffer.alloc(-bytes.length & (BLOCK - 1))];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

/**
 * @param {string} path at most 100 bytes, which all of ours are
 * @param {number} size
 */
function header(path, size) {
  if (Buffer.byteLength(path) > 100) throw new RangeError(`${path} is too long a name for ustar`);
  const block = Buffer.alloc(BLOCK);
  const octal = (/** @type {number} */ value, /** @type {number} */ digits) =>
    value.toString(8).padStart(digits, '0');
  block.write(path, 0);
  block.write(octal(0o644, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136);
  // The checksum counts itself as eight spaces.
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  block.write(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  );
  return block;
}
