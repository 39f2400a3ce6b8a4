import * as disk from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { noRoom, syncFolder, writeAll } from './durable.mjs';

/** What a journal's folder and files may be called: hashes and plain names. */
const NAME = /^[\w-]+(\.[\w-]+)*$/;
const NEWLINE = 10;

/**
 * Where journals of interrupted runs wait for a rerun: `FRANKENSCOPE_CACHE`, else the user's cache folder.
 * @param {NodeJS.ProcessEnv} [env]
 * @param {NodeJS.Platform} [platform]
 */
export function cacheFolder(env = process.env, platform = process.platform) {
  if (env.FRANKENSCOPE_CACHE) return env.FRANKENSCOPE_CACHE;
  if (platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'frankenscope');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'frankenscope');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'frankenscope');
}

/** The files of journals, one folder a piece of work: `src/study/journal/storage.ts` over a disk. */
export class JournalFiles {
  #folder;
  #fs;
  /** Files whose place in their folders is on the disk. */
  #placed = new Set();

  /**
   * @param {string} [folder]
   * @param {import('./durable.mjs').Disk} [fs] the disk, or a test's
   */
  constructor(folder = join(cacheFolder(), 'journal'), fs = disk) {
    this.#folder = folder;
    this.#fs = fs;
  }

  get folder() {
    return this.#folder;
  }

  list() {
    const keys = this.#ls(this.#folder).filter((name) => NAME.test(name));
    return keys.map((key) => {
      const folder = join(this.#folder, key);
      // Another command may have removed one since.
      const sizes = this.#ls(folder).map(
        (file) => this.#fs.statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0,
      );
      return { key, bytes: sizes.reduce((sum, size) => sum + size, 0) };
    });
  }

  /**
   * @param {string} key
   * @param {string} file
   * @returns {Buffer | null}
   */
  read(key, file) {
    try {
      return this.#fs.readFileSync(this.#path(key, file));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /**
   * Bytes `[start, end)`; fewer where the file ends before, none where there is no such file.
   * @param {string} key
   * @param {string} file
   * @param {number} start
   * @param {number} end
   */
  readPart(key, file, start, end) {
    const path = this.#path(key, file);
    let handle;
    try {
      handle = this.#fs.openSync(path, 'r');
    } catch (error) {
      if (isMissing(error)) return Buffer.alloc(0);
      throw error;
    }
    try {
      const { size } = this.#fs.fstatSync(handle);
      const bytes = Buffer.alloc(Math.max(0, Math.min(end, size) - start));
      for (let at = 0; at < bytes.length;) {
        const read = this.#fs.readSync(handle, bytes, at, bytes.length - at, start + at);
        if (read === 0) return bytes.subarray(0, at);
        at += read;
      }
      return bytes;
    } finally {
      this.#fs.closeSync(handle);
    }
  }

  /**
   * On the disk, a power cut survived, when it returns. One write of whole lines, so that two commands may append to one file.
   * @param {string} key
   * @param {string} file
   * @param {Uint8Array} lines
   */
  append(key, file, lines) {
    const path = this.#path(key, file);
    try {
      this.#fs.mkdirSync(dirname(path), { recursive: true });
      const handle = this.#fs.openSync(path, 'a+');
      try {
        const { size } = this.#fs.fstatSync(handle);
        const last = Buffer.alloc(1);
        if (size > 0) this.#fs.readSync(handle, last, 0, 1, size - 1);
        const ended = size === 0 || last[0] === NEWLINE;
        writeAll(this.#fs, handle, ended ? lines : Buffer.concat([Buffer.of(NEWLINE), lines]));
        this.#fs.fsyncSync(handle);
      } finally {
        this.#fs.closeSync(handle);
      }
      if (this.#placed.has(path)) return;
      for (const folder of [dirname(path), this.#folder, dirname(this.#folder)]) syncFolder(this.#fs, folder);
      this.#placed.add(path);
    } catch (error) {
      throw noRoom(error, this.#folder);
    }
  }

  /**
   * Files in the order of their names, records before what describes them: half a removal can still be listed.
   * @param {string} key
   */
  remove(key) {
    if (!NAME.test(key)) return;
    const folder = join(this.#folder, key);
    for (const file of this.#ls(folder)) {
      this.#fs.rmSync(join(folder, file), { recursive: true, force: true });
      this.#placed.delete(join(folder, file));
    }
    try {
      this.#fs.rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** @param {string[]} keys */
  removeAll(keys) {
    for (const key of keys) this.remove(key);
  }

  /**
   * @param {string} key
   * @param {string} file
   */
  #path(key, file) {
    if (!NAME.test(key) || !NAME.test(file))
      throw new RangeError(`"${key}/${file}" is not the name of a journal`);
    return join(this.#folder, key, file);
  }

  /** @param {string} folder */
  #ls(folder) {
    try {
      return this.#fs.readdirSync(folder).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }
}

/**
 * Also where a file stands in place of the folder.
 * @param {unknown} error
 */
function isMissing(error) {
  const { code } = /** @type {NodeJS.ErrnoException} */ (error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
