import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NamedError } from './named-error.mjs';
import { ROOT } from './paths.mjs';

/** npm writes this file last, so that its age is the age of a finished installation. */
const INSTALLED = join(ROOT, 'node_modules', '.package-lock.json');
const LOCK = join(ROOT, 'package-lock.json');

/**
 * Whether node_modules is missing, unfinished, or older than the lock file.
 * @param {string} [installed]
 * @param {string} [lock]
 */
export function packagesAreStale(installed = INSTALLED, lock = LOCK) {
  return !existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs;
}

/**
 * Installs exactly what the lock file names, when that is not there already. npm's words go to stderr.
 * @throws {NamedError} InstallFailed
 */
export function ensurePackages() {
  if (!packagesAreStale()) return;
  console.error('Installing packages (npm ci).');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    // On Windows npm is a .cmd file, which only a shell can start.
    shell: process.platform === 'win32',
    // Under `CI=true NODE_ENV=production` npm would leave the development packages out.
    env: { ...process.env, NODE_ENV: 'development' },
  });
  if (npm.status !== 0)
    throw new NamedError(
      'InstallFailed',
      `npm ci ended with ${npm.status ?? npm.error?.message ?? npm.signal}`,
      '',
      'see its words above; it needs the npm registry and nothing else',
    );
}
