import * as nodeFs from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DiskRefused, freeOn } from './disk-refused.mjs';
import { NamedError } from './named-error.mjs';
import { thisProcess } from './run-owner.mjs';
import { Staging, isStaging, upTo } from './staging.mjs';

/**
 * The calls that files of results are written by: Node's own, or, in tests, some that fail.
 * @typedef {Pick<typeof import('node:fs/promises'),
 *   'mkdir' | 'open' | 'rename' | 'unlink' | 'rm' | 'rmdir' | 'readdir' | 'stat' | 'statfs' | 'utimes'>} FileSystem
 */

/**
 * Files below a folder that are written piece by piece. Until they are whole they lie in a folder of this run's own, so that
 * nobody takes half a result for a result; `commit` gives all their names, `finish` one. `discard` leaves the folder
 * as it was. What a killed run left is removed by the next.
 */
export class PartialFiles {
  /** @type {Map<string, {handle: import('node:fs/promises').FileHandle, bytes: number}>} */
  #files = new Map();
  /** Folders made for this, outermost first. @type {string[]} */
  #made = [];
  #folder;
  #fs;
  #staging;
  /** One call after the other: nothing is removed under a write. @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * @param {string} folder made when the first file is; its parent exists
   * @param {FileSystem} [fs]
   * @param {import('./run-owner.mjs').Owner} [owner] whose files they are while they are not whole
   */
  constructor(folder, fs = nodeFs, owner = thisProcess()) {
    this.#folder = folder;
    this.#fs = fs;
    this.#staging = new Staging(folder, fs, owner);
  }

  /**
   * Starts a file over.
   * @param {string} path below the folder, with slashes
   * @throws {NamedError} BadPath; {DiskRefused}
   */
  create(path) {
    return this.#step(path, async () => {
      const parts = checked(path);
      await this.#drop(path);
      const file = join(await this.#stage(), ...parts);
      await this.#fs.mkdir(dirname(file), { recursive: true });
      this.#files.set(path, { handle: await this.#fs.open(file, 'w'), bytes: 0 });
    });
  }

  /**
   * Appends to a file that was begun; resolves when the operating system has the bytes.
   * @param {string} path
   * @param {AsyncIterable<Uint8Array>} chunks
   */
  append(path, chunks) {
    return this.#step(path, async () => {
      const file = this.#begun(path);
      for await (const chunk of chunks) {
        for (let start = 0; start < chunk.length;) {
          const { bytesWritten } = await file.handle.write(chunk, start, chunk.length - start, file.bytes);
          start += bytesWritten;
          file.bytes += bytesWritten;
        }
      }
    });
  }

  /**
   * Gives one file its name, once its bytes are on the disk.
   * @param {string} path
   */
  finish(path) {
    return this.#step(path, async () => {
      await this.#flush(path);
      await this.#name(path);
    });
  }

  /**
   * Removes a file: one that was begun, or one of that name. Missing ones are no error.
   * @param {string} path
   */
  remove(path) {
    return this.#step(path, async () => {
      if (await this.#drop(path)) return;
      const file = join(this.#folder, ...checked(path));
      await this.#fs.unlink(file).catch(unlessMissing);
      // A name that comes back with a power cut is removed again; nothing depends on its being away.
      await this.#settle(dirname(file)).catch(() => {});
    });
  }

  /** Gives every file its name, in the order in which they were begun, once all of them are on the disk. */
  async commit() {
    const paths = [...this.#files.keys()];
    for (const path of paths) await this.#step(path, () => this.#flush(path));
    for (const path of paths) await this.#step(path, () => this.#name(path));
    // What is left of it the next run removes.
    await this.#staging.remove().catch(() => {});
    this.#made = [];
  }

  /**
   * What lies in the folder itself, without what other runs have begun there, which is removed where they are gone.
   * @returns {Promise<{files: {name: string, bytes: number | null}[], writers: string[]}>} bytes null: a folder;
   *   writers: folders of runs that may be under way
   */
  list() {
    return this.#step('', async () => {
      const here = await this.#stage();
      const names = (await this.#fs.readdir(this.#folder)).filter((name) => name !== basename(here)).sort();
      const writers = names.filter((name) => isStaging(name));
      const files = [];
      for (const name of names.filter((name) => !writers.includes(name))) {
        const found = await this.#fs.stat(join(this.#folder, name)).catch(unlessMissing);
        files.push({ name, bytes: found?.isFile() ? found.size : null });
      }
      return { files, writers };
    });
  }

  /**
   * The bytes `[start, end)` of a file that has its name; fewer where it is shorter.
   * @param {string} path
   * @param {number} start
   * @param {number} end
   */
  read(path, start, end) {
    return this.#step(path, async () => {
      const handle = await this.#fs.open(join(this.#folder, ...checked(path)), 'r');
      try {
        const bytes = Buffer.alloc(Math.max(0, end - start));
        for (let at = 0; at < bytes.length;) {
          const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
          if (bytesRead === 0) return bytes.subarray(0, at);
          at += bytesRead;
        }
        return bytes;
      } finally {
        await handle.close().catch(() => {});
      }
    });
  }

  /** The folder's path, and the bytes that its disk still takes: null where it does not tell. */
  async space() {
    return { folder: this.#folder, free: await freeOn(this.#folder, this.#fs) };
  }

  /** Removes every file that has not got its name, and the folders made for them where they are empty. Never fails. */
  async discard() {
    const quietly = () => {};
    await this.#last.catch(quietly);
    for (const { handle } of this.#files.values()) await handle.close().catch(quietly);
    this.#files.clear();
    await this.#staging.remove().catch(quietly);
    // Where somebody else has put something it stays.
    for (const folder of this.#made.reverse()) await this.#fs.rmdir(folder).catch(quietly);
    this.#made = [];
  }

  async #stage() {
    this.#made.push(...(await this.#staging.open()));
    return this.#staging.folder;
  }

  /** @param {string} path */
  #begun(path) {
    const file = this.#files.get(path);
    if (!file) throw new NamedError('BadPath', `"${path}" was not begun`, '--out', 'report this');
    return file;
  }

  /** @param {string} path */
  async #flush(path) {
    const { handle } = this.#begun(path);
    await handle.sync();
    await handle.close();
  }

  /** @param {string} path */
  async #name(path) {
    const file = join(this.#folder, ...checked(path));
    const outermost = await this.#fs.mkdir(dirname(file), { recursive: true });
    if (outermost !== undefined) this.#made.push(...upTo(outermost, dirname(file)));
    await this.#fs.rename(join(this.#staging.folder, ...checked(path)), file);
    this.#files.delete(path);
    await this.#settle(dirname(file));
  }

  /** Whether there was one. @param {string} path */
  async #drop(path) {
    const file = this.#files.get(path);
    if (!file) return false;
    this.#files.delete(path);
    await file.handle.close().catch(() => {});
    await this.#fs.unlink(join(this.#staging.folder, ...checked(path))).catch(unlessMissing);
    return true;
  }

  /** Names are on the disk once their folder is. Windows keeps them by itself, and opens no folder. @param {string} folder */
  async #settle(folder) {
    const handle = await this.#fs.open(folder, 'r').catch(() => null);
    if (!handle) return;
    try {
      await handle.sync();
    } catch (error) {
      const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
      // Not every file system can flush a folder.
      if (!['EINVAL', 'EISDIR', 'EPERM', 'ENOTSUP', 'EBADF'].includes(code)) throw error;
    } finally {
      await handle.close().catch(() => {});
    }
  }

  /**
   * @template T
   * @param {string} path
   * @param {() => Promise<T>} step
   * @returns {Promise<T>}
   */
  #step(path, step) {
    const next = this.#last
      .catch(() => {})
      .then(step)
      .catch(async (error) => {
        throw await DiskRefused.from(error, {
          folder: this.#folder,
          file: path,
          free: () => freeOn(this.#folder, this.#fs),
        });
      });
    this.#last = next;
    // Whoever asked for it is told.
    next.catch(() => {});
    return next;
  }
}

/**
 * The parts of a path below the folder.
 * @param {string} path
 */
function checked(path) {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || /[\\:\0]/.test(part)))
    throw new NamedError('BadPath', `"${path}" does not lie below the folder`, '--out', 'report this');
  return parts;
}

/** @param {NodeJS.ErrnoException} error */
function unlessMissing(error) {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}
