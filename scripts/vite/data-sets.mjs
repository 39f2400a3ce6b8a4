import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { ROOT } from '../paths.mjs';

/** @import {Plugin} from 'vite' */

const DATA = join(ROOT, 'dataset', 'data');

/** The archives, by name, and the folder of `dataset/data` each holds. Paths within are relative to `dataset/data`. */
const SETS = Object.fromEntries(
  ['pairs', 'minimal-pairs']
    .flatMap((kind) => ['counting', 'ocr', 'grounding', 'recognition'].map((task) => `${kind}/${task}`))
    .concat('items')
    .map((folder) => [`data/${folder.replace('/', '-')}.zip`, folder]),
);

/**
 * The committed sets as static files, `data/<set>.zip` beside the pages: some hundred pictures of 2 kB come in one
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
        response.setHeader('Content-Type', 'application/zip');
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
 * A folder's files as a ZIP archive: the same bytes wherever it is made. Pictures are packed already.
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
  /** @type {import('fflate').Zippable} */
  const files = {};
  for (const path of paths)
    files[path] = [readFileSync(join(DATA, path)), { level: path.endsWith('.png') ? 0 : 9 }];
  // The first day that ZIP knows, by whatever clock.
  return zipSync(files, { mtime: new Date(1980, 0, 1) });
}
