import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What a journal's folder and files may be called: hashes and plain names. */
const NAME = /^[\w-]+(\.[\w-]+)*$/;

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

  /** @param {string} [folder] */
  constructor(folder = join(cacheFolder(), 'journal')) {
    this.#folder = folder;
  }

  list() {
    return ls(this.#folder).map((key) => {
      const sizes = ls(join(this.#folder, key)).map((file) => statSync(join(this.#folder, key, file)).size);
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
      return readFileSync(this.#path(key, file));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /**
   * @param {string} key
   * @param {string} file
   * @param {AsyncIterable<Uint8Array>} chunks
   * @param {'append' | 'replace'} how replacing is all or nothing
   */
  async write(key, file, chunks, how) {
    const path = this.#path(key, file);
    mkdirSync(join(this.#folder, key), { recursive: true });
    const target = how === 'append' ? path : `${path}.new`;
    const handle = await open(target, how === 'append' ? 'a' : 'w');
    try {
      for await (const chunk of chunks) await handle.writeFile(chunk);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    if (how === 'replace') renameSync(target, path);
  }

  /**
   * @param {string} key
   * @param {string} file
   * @param {number} bytes what is left
   */
  truncate(key, file, bytes) {
    truncateSync(this.#path(key, file), bytes);
  }

  /** @param {string} key */
  remove(key) {
    if (NAME.test(key)) rmSync(join(this.#folder, key), { recursive: true, force: true });
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
    if (!NAME.test(key) || !NAME.test(file)) throw new RangeError(`no journal "${key}/${file}"`);
    return join(this.#folder, key, file);
  }
}

/** @param {string} folder */
function ls(folder) {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** @param {unknown} error */
function isMissing(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT';
}
