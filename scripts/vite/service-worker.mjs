import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { ROOT } from '../paths.mjs';
import { licences } from './licences.mjs';

/** @import {Plugin} from 'vite' */

/** Beside the pages: what lies there is in its scope. */
export const SERVICE_WORKER = 'service-worker.js';

/** Kept by its own hashes when it is opened (src/demo/download.ts), or of no use to a page. */
const NOT_LISTED = /^demo\/|^_headers$|^service-worker\.js$/;

/**
 * Builds the service worker, and lists in it every file of the app with its size and hash. Pages learn in a `<meta>` which build they
 * are, so that they know a worker of another.
 * @returns {Plugin}
 */
export function serviceWorker() {
  let publicDir = '';
  let code = '';
  return {
    name: 'frankenscope:service-worker',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      publicDir = config.publicDir;
    },
    async buildStart() {
      code = await workerCode();
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const pages = Object.values(bundle).filter(
          (file) => file.type === 'asset' && file.fileName.endsWith('.html'),
        );
        const others = Object.values(bundle)
          .filter((file) => !NOT_LISTED.test(file.fileName) && !pages.includes(file))
          .map((file) => listed(file.fileName, file.type === 'chunk' ? file.code : file.source))
          .concat(publicFiles(publicDir));
        const id = sha256(JSON.stringify(others.sort(byPath))).slice(0, 16);
        const meta = `<meta name="frankenscope-build" content="${id}" />`;
        const files = pages.map((page) => {
          if (page.type === 'asset') page.source = String(page.source).replace('</title>', `</title>${meta}`);
          return listed(page.fileName, page.type === 'asset' ? page.source : '');
        });
        const list = JSON.stringify({ build: id, files: [...files, ...others].sort(byPath) });
        this.emitFile({
          type: 'asset',
          fileName: SERVICE_WORKER,
          source: `self.APP_BUILD = ${list};\n${code}`,
        });
      },
    },
  };
}

/** One classic script: browsers that know no modules in service workers take it, too. */
async function workerCode() {
  const built = await build({
    configFile: false,
    root: ROOT,
    publicDir: false,
    logLevel: 'warn',
    plugins: [licences({ emit: false })],
    build: {
      write: false,
      target: 'es2023',
      rolldownOptions: {
        input: join(ROOT, 'workers/service-worker.ts'),
        output: { format: 'iife' },
      },
    },
  });
  const [{ output }] = /** @type {[import('vite').Rolldown.RolldownOutput]} */ ([built].flat());
  return output[0].code;
}

/** @param {string} folder */
function publicFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file, path: file.slice(folder.length + 1).replaceAll('\\', '/') }))
    .filter(({ path }) => !NOT_LISTED.test(path))
    .map(({ file, path }) => listed(path, readFileSync(file)));
}

/**
 * @param {string} path
 * @param {string | Uint8Array} content
 */
function listed(path, content) {
  return { path, bytes: Buffer.byteLength(content), sha256: sha256(content) };
}

/** @param {string | Uint8Array} content */
function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * @param {{path: string}} one
 * @param {{path: string}} other
 */
function byPath(one, other) {
  return one.path < other.path ? -1 : 1;
}
