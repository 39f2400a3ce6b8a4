import { basename, dirname, join } from 'node:path';
import { ownedName, ownerOf, ownerState } from './run-owner.mjs';

/** @import {FileSystem} from './partial-files.mjs' */

const PREFIX = '.frankenscope-';

/** How often a run says that it is alive, for runs of other machines that see the same disk, and how long they believe it. */
const BEAT_MS = 20_000;
const SILENT_MS = 120_000;

/**
 * The folder, inside a folder of results, in which a run keeps what is not whole yet. It says whose it is: those of runs that
 * are gone are removed when another is opened.
 */
export class Staging {
  folder;
  #parent;
  #fs;
  #open = false;
  /** @type {NodeJS.Timeout | undefined} */
  #beat;

  /**
   * @param {string} parent the folder of results
   * @param {FileSystem} fs
   * @param {import('./run-owner.mjs').Owner} owner
   */
  constructor(parent, fs, owner) {
    this.#parent = parent;
    this.#fs = fs;
    this.folder = join(parent, ownedName(PREFIX, owner));
  }

  /**
   * Makes it, with its parents, and removes those of runs that are gone. A second call does nothing.
   * @returns {Promise<string[]>} the folders above it that were made, outermost first
   */
  async open() {
    if (this.#open) return [];
    const above = await this.#makeParent();
    await this.#fs.mkdir(this.folder);
    this.#open = true;
    this.#beat = setInterval(() => {
      const now = new Date();
      this.#fs.utimes(this.folder, now, now).catch(() => {});
    }, BEAT_MS).unref();
    for (const name of await this.#fs.readdir(this.#parent)) {
      if (isStaging(name) && (await this.#isLeft(name)))
        await this.#fs.rm(join(this.#parent, name), { recursive: true, force: true });
    }
    return above === undefined ? [] : upTo(above, this.#parent);
  }

  /**
   * Node's recursive call says of a disk that can only be read that the folder is not there: the plain one comes first.
   * @returns {Promise<string | undefined>} the outermost folder that was made
   */
  async #makeParent() {
    try {
      await this.#fs.mkdir(this.#parent);
      return this.#parent;
    } catch (error) {
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      if (code === 'EEXIST') return undefined;
      if (code !== 'ENOENT') throw error;
      return this.#fs.mkdir(this.#parent, { recursive: true });
    }
  }

  async remove() {
    clearInterval(this.#beat);
    if (!this.#open) return;
    await this.#fs.rm(this.folder, { recursive: true, force: true });
    this.#open = false;
  }

  /** @param {string} name */
  async #isLeft(name) {
    if (basename(this.folder) === name) return false;
    const owner = ownerOf(PREFIX, name);
    const state = owner ? ownerState(owner) : 'alive';
    if (state !== 'unknown') return state === 'gone';
    const [theirs, ours] = await Promise.all(
      [join(this.#parent, name), this.folder].map((folder) => this.#fs.stat(folder).catch(() => null)),
    );
    // Both by the clock of the disk; where it does not tell, the other run is left alone.
    return !!theirs && !!ours && ours.mtimeMs - theirs.mtimeMs > SILENT_MS;
  }
}

/**
 * `outermost` and every folder from it down to `innermost`.
 * @param {string} outermost
 * @param {string} innermost
 */
export function upTo(outermost, innermost) {
  const folders = [innermost];
  for (let folder = innermost; folder !== outermost && folder !== dirname(folder);) {
    folder = dirname(folder);
    folders.unshift(folder);
  }
  return folders;
}

/** Whether a name is that of such a folder. @param {string} name */
export function isStaging(name) {
  return ownerOf(PREFIX, name) !== null;
}
