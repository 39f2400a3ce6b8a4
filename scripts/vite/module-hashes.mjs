import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../paths.mjs';
import { COMPUTING_MODULES } from './computing-modules.mjs';
import { ModuleGraph } from './module-graph.mjs';

/** @import {Plugin} from 'vite' */

const NAME = 'virtual:module-hashes';
const RESOLVED = `\0${NAME}`;

/**
 * `import { moduleHashes, allModules } from 'virtual:module-hashes'` gives, by kind of work, a hash of the modules that compute
 * it, and one of them all. In development a changed module is read again, and the page is reloaded.
 * @returns {Plugin}
 */
export function moduleHashes() {
  return {
    name: 'frankenscope:module-hashes',
    resolveId: (id) => (id === NAME ? RESOLVED : null),
    load(id) {
      if (id !== RESOLVED) return null;
      const { hashes, all, files } = hashModules(readText);
      for (const file of files) this.addWatchFile(join(ROOT, file));
      return `export const moduleHashes = ${JSON.stringify(hashes)};\nexport const allModules = '${all}';`;
    },
  };
}

/**
 * @param {import('./module-graph.mjs').Read} read
 * @returns {{hashes: Record<string, string>, all: string, files: readonly string[]}}
 */
export function hashModules(read) {
  const graph = new ModuleGraph(read);
  const kinds = Object.entries(COMPUTING_MODULES);
  const entries = kinds.flatMap(([, modules]) => modules);
  return {
    hashes: Object.fromEntries(kinds.map(([kind, modules]) => [kind, graph.hash(modules)])),
    all: graph.hash(entries),
    files: graph.reached(entries).files,
  };
}

/** @type {import('./module-graph.mjs').Read} */
export function readText(path) {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    return null;
  }
}
