import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { ROOT } from '../paths.mjs';

/** @import {Plugin} from 'vite' */

const DATA = join(ROOT, 'dataset', 'data');
const GOLDENS = join(ROOT, 'tools', 'goldens', 'data');

/**
 * The archives, by name: folders and files, and the folder that the paths within are relative to. The last is what a device is
 * checked by (`src/check`).
 * @type {Readonly<Record<string, readonly [paths: readonly string[], below: string]>>}
 */
const SETS = {
  ...Object.fromEntries(
    ['pairs', 'minimal-pairs']
      .flatMap((kind) => ['counting', 'ocr', 'grounding', 'recognition'].map((task) => `${kind}/${task}`))
      .concat('items')
      .map((folder) => [`data/${folder.replace('/', '-')}.zip`, [[folder], DATA]]),
  ),
  'data/device-check.zip': [deviceCheckPaths(), GOLDENS],
};

/** The golden checkpoint that the device check's expected values name, these, and their pictures. */
function deviceCheckPaths() {
  const text = readFileSync(join(GOLDENS, 'device-check', 'expected.json'), 'utf8');
  /** @type {{checkpoint: string, image: string, source: string}} */
  const { checkpoint, image, source } = JSON.parse(text);
  const pictures = [image, source].map((name) => `images/${name}.png`);
  return [`checkpoints/${checkpoint}`, 'device-check', ...pictures];
}

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
        const set = Object.hasOwn(SETS, path) ? SETS[path] : undefined;
        if (set === undefined) return next();
        response.setHeader('Content-Type', 'application/zip');
        response.end(archive(...set));
      });
    },
    generateBundle() {
      for (const [fileName, set] of Object.entries(SETS))
        this.emitFile({ type: 'asset', fileName, source: archive(...set) });
    },
  };
}

/**
 * Files as a ZIP archive: the same bytes wherever it is made. Pictures are packed already.
 * @param {readonly string[]} paths folders and files
 * @param {string} [below] the folder they lie in; `dataset/data` unless given
 */
export function archive(paths, below = DATA) {
  const files = paths
    .flatMap((path) => {
      const place = join(below, path);
      if (!statSync(place).isDirectory()) return [place];
      return readdirSync(place, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
    })
    .map((file) => file.slice(below.length + 1).replaceAll('\\', '/'))
    .sort();
  /** @type {import('fflate').Zippable} */
  const packed = {};
  for (const path of files)
    packed[path] = [readFileSync(join(below, path)), { level: path.endsWith('.png') ? 0 : 9 }];
  // The first day that ZIP knows, by whatever clock.
  return zipSync(packed, { mtime: new Date(1980, 0, 1) });
}
