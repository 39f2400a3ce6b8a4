import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';

/**
 * Relative paths of a command line are of the folder in which it was typed: `npm run` starts a script in the folder of its package,
 * and says in `INIT_CWD` where it was called, in a folder below or, with `--prefix`, anywhere.
 * @param {string} script its name in package.json: what another script starts with Node is called where it is
 */
export function enterCallersFolder(script) {
  const { npm_lifecycle_event: event, npm_package_json: manifest, INIT_CWD: called } = process.env;
  if (event !== script || !manifest || !called || !existsSync(manifest) || !existsSync(called)) return;
  if (realpathSync(manifest) === realpathSync(join(ROOT, 'package.json'))) process.chdir(called);
}
