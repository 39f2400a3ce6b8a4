import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NamedError } from './named-error.mjs';
import { DIST, ROOT } from './paths.mjs';

/** Everything the built app is made of. */
const SOURCES = [
  ...['src', 'workers', 'public', 'dataset/generator', 'dataset/data'],
  ...['scripts/vite', 'scripts/headers.mjs', 'package-lock.json', 'tools/goldens/data'],
];
const SOURCE_ENDINGS = /\.(html)$|^vite\.config\.ts$|^svelte\.config\.js$/;

/** Vite writes the pages last. */
const BUILT = join(DIST, 'index.html');

/** Whether the built app is missing or older than a file it is made of. */
export function buildIsStale() {
  if (!existsSync(BUILT)) return true;
  const top = readdirSync(ROOT).filter((name) => SOURCE_ENDINGS.test(name));
  const built = statSync(BUILT).mtimeMs;
  return [...SOURCES, ...top].some((name) => newest(join(ROOT, name)) > built);
}

/**
 * Builds the app into `dist/` when that is not up to date. Vite's words go to stderr.
 * @param {{quiet?: boolean}} [options] quiet: only what goes wrong is shown
 * @throws {NamedError} BuildFailed
 */
export function ensureBuild({ quiet = false } = {}) {
  if (!buildIsStale()) return;
  if (!quiet) console.error('Building the app.');
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const done = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (!quiet || done.status !== 0) process.stderr.write(done.stdout + done.stderr);
  if (done.status !== 0)
    throw new NamedError('BuildFailed', 'the app did not build', '', 'see the words above');
}

/**
 * The latest change below a path, in milliseconds; 0 where it does not exist.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  if (!existsSync(path)) return 0;
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  // A folder's own time tells of files removed.
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), mtimeMs);
}
