import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskRefusal } from './disk-messages.mjs';
import { NamedError } from './named-error.mjs';
import { ownedName, ownerOf, ownerState } from './run-owner.mjs';

const PROFILE = 'frankenscope-profile-';
const TESTS = 'frankenscope-tests-';

/** Browsers make a socket below the temporary folder; its path may have some hundred characters, and takes these. */
const SOCKET = '/org.chromium.Chromium.XXXXXX/SingletonSocket'.length;
const MOST_CHARACTERS = 103;

/**
 * A folder for a browser's profile that says whose it is. Those that killed runs of this user left are removed first; one that
 * cannot be removed waits for the next run.
 * @param {string} [parent]
 * @throws {NamedError} those of `diskRefusal`
 */
export function makeProfile(parent = tmpdir()) {
  return makeOwned(PROFILE, parent);
}

/**
 * The same for all that tests leave in the temporary folder, browsers of test runners included; null where paths in it would be
 * too long for a browser.
 * @param {string} [parent]
 */
export function makeTestFolder(parent = tmpdir()) {
  const length = join(parent, ownedName(TESTS)).length + SOCKET;
  if (length > MOST_CHARACTERS) return null;
  const made = makeOwned(TESTS, parent);
  // Others may pass through, and read no names: one test's browser runs as a user who is not root.
  chmodSync(made, 0o711);
  return made;
}

/**
 * The temporary folder for a browser: ours, unless paths in it would be too long for the browser's socket, where it would end at
 * once without a word of that.
 * @param {string} [own]
 * @param {NodeJS.Platform} [platform]
 * @returns {string}
 */
export function browserTemporary(own = tmpdir(), platform = process.platform) {
  if (platform === 'win32' || own.length + SOCKET <= MOST_CHARACTERS) return own;
  return ['/tmp', '/var/tmp'].find(isWritable) ?? own;
}

/** @param {string} path */
function isWritable(path) {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} prefix
 * @param {string} parent
 */
function makeOwned(prefix, parent) {
  for (const name of ls(parent)) {
    const folder = join(parent, name);
    try {
      if (isLeft(prefix, name, folder)) rmSync(folder, { recursive: true, force: true, maxRetries: 2 });
    } catch {
      // Still in use, as Windows says: the next run finds it.
    }
  }
  const made = join(parent, ownedName(prefix));
  try {
    mkdirSync(made, { mode: 0o700 });
  } catch (error) {
    const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
    const refusal = diskRefusal(code, { place: parent, choice: 'name another folder in TMPDIR' });
    if (!refusal) throw error;
    throw new NamedError(refusal.name, refusal.what, 'the temporary folder', refusal.remedy);
  }
  return made;
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
 * @param {string} prefix
 * @param {string} name
 * @param {string} folder
 */
function isLeft(prefix, name, folder) {
  const owner = ownerOf(prefix, name);
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
