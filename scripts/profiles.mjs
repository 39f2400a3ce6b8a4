import { lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskRefusal } from './disk-words.mjs';
import { NamedError } from './named-error.mjs';
import { ownedName, ownerOf, ownerState } from './run-owner.mjs';

const PREFIX = 'frankenscope-profile-';

/**
 * A folder for a browser's profile that says whose it is. Those that killed runs of this user left are removed first; one that
 * cannot be removed waits for the next run.
 * @param {string} [parent]
 * @throws {NamedError} those of `diskRefusal`
 */
export function makeProfile(parent = tmpdir()) {
  for (const name of ls(parent)) {
    const folder = join(parent, name);
    try {
      if (isLeft(name, folder)) rmSync(folder, { recursive: true, force: true, maxRetries: 2 });
    } catch {
      // Still in use, as Windows says: the next run finds it.
    }
  }
  const profile = join(parent, ownedName(PREFIX));
  try {
    mkdirSync(profile, { mode: 0o700 });
  } catch (error) {
    const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
    const refusal = diskRefusal(code, { place: parent, choice: 'name another folder in TMPDIR' });
    if (!refusal) throw error;
    throw new NamedError(refusal.name, refusal.what, 'the temporary folder', refusal.remedy);
  }
  return profile;
}

/** @param {string} parent */
function ls(parent) {
  try {
    return readdirSync(parent);
  } catch {
    return [];
  }
}

/**
 * @param {string} name
 * @param {string} folder
 */
function isLeft(name, folder) {
  const owner = ownerOf(PREFIX, name);
  if (!owner || ownerState(owner) !== 'gone') return false;
  const found = lstatSync(folder);
  if (!found.isDirectory() || (process.getuid && found.uid !== process.getuid())) return false;
  return !hasBrowser(folder, owner.machine);
}

/**
 * A browser may outlive, for a moment, who started it: on Linux and macOS its profile holds a link to HOST-PROCESS.
 * @param {string} folder
 * @param {string} machine
 */
function hasBrowser(folder, machine) {
  try {
    const process = Number(/-(\d+)$/.exec(readlinkSync(join(folder, 'SingletonLock')))?.[1]);
    return Number.isSafeInteger(process) && ownerState({ machine, process, start: '0' }) === 'alive';
  } catch {
    return false;
  }
}
