import { mkdirSync, renameSync, rmSync, rmdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NamedError } from './named-error.mjs';

/** What a file is called while it is not whole. */
const PARTIAL = '.partial';

/**
 * Files below a folder that are written piece by piece. Until `commit` each has a partial name, so that nobody
 * takes half a result for a result; `discard` leaves the folder as it was.
 */
export class PartialFiles {
  /** @type {Map<string, {handle: import('node:fs/promises').FileHandle, bytes: number}>} */
  #files = new Map();
  /** Folders made for this, outermost first. @type {string[]} */
  #made = [];
  #folder;

  /** @param {string} folder made when the first file is; its parent exists */
  constructor(folder) {
    this.#folder = folder;
  }

  /**
   * Begins a file anew.
   * @param {string} path below the folder, with slashes
   * @throws {NamedError} BadPath
   */
  async create(path) {
    const parts = path.split('/');
    if (parts.some((part) => part === '' || part === '.' || part === '..' || /[\\:\0]/.test(part)))
      throw new NamedError('BadPath', `"${path}" does not lie below the folder`, '--out', 'report this');
    await this.#files.get(path)?.handle.close();
    const file = join(this.#folder, path);
    const outermost = mkdirSync(dirname(file), { recursive: true });
    if (outermost !== undefined) this.#made.push(...between(outermost, dirname(file)));
    this.#files.set(path, { handle: await open(file + PARTIAL, 'w'), bytes: 0 });
  }

  /**
   * Appends to a file that was begun; resolves when the operating system has the bytes.
   * @param {string} path
   * @param {AsyncIterable<Uint8Array>} chunks
   */
  async append(path, chunks) {
    const file = this.#files.get(path);
    if (!file) throw new NamedError('BadPath', `"${path}" was not begun`, '--out', 'report this');
    for await (const chunk of chunks) {
      for (let start = 0; start < chunk.length;) {
        const { bytesWritten } = await file.handle.write(chunk, start, chunk.length - start, file.bytes);
        start += bytesWritten;
        file.bytes += bytesWritten;
      }
    }
  }

  /** Gives every file its name, in the order in which they were begun. */
  async commit() {
    for (const { handle } of this.#files.values()) {
      await handle.sync();
      await handle.close();
    }
    for (const path of this.#files.keys()) {
      const file = join(this.#folder, path);
      renameSync(file + PARTIAL, file);
    }
    this.#files.clear();
    this.#made = [];
  }

  /** Removes every file that was not committed, and the folders made for them. */
  async discard() {
    for (const [path, { handle }] of this.#files) {
      await handle.close();
      rmSync(join(this.#folder, path) + PARTIAL, { force: true });
    }
    this.#files.clear();
    for (const folder of this.#made.reverse()) {
      try {
        rmdirSync(folder);
      } catch {
        // Somebody else has put something there: it stays.
      }
    }
    this.#made = [];
  }
}

/**
 * `outermost` and every folder from it down to `innermost`.
 * @param {string} outermost
 * @param {string} innermost
 */
function between(outermost, innermost) {
  const folders = [innermost];
  for (let folder = innermost; folder !== outermost && folder !== dirname(folder);) {
    folder = dirname(folder);
    folders.unshift(folder);
  }
  return folders;
}
