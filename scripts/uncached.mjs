import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NamedError } from './named-error.mjs';

/** Smaller files are read in no time. */
const LARGE_BYTES = 2 ** 24;

/**
 * Puts the large files of a profile's origin-private storage out of the page cache: the next read comes from the disk.
 * @param {string} profile
 * @throws {NamedError} UncachedFailed where there is no dd of GNU
 */
export function dropCached(profile) {
  const storage = join(profile, 'Default', 'File System');
  for (const entry of readdirSync(storage, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile() || statSync(file).size < LARGE_BYTES) continue;
    try {
      // What is not written yet stays in memory, so that it is written first.
      execFileSync('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], {
        stdio: 'pipe',
      });
    } catch (error) {
      const what = `dd could not put a file out of memory: ${/** @type {Error} */ (error).message}`;
      throw new NamedError('UncachedFailed', what, '--uncached', 'run without it; it needs GNU dd, on Linux');
    }
  }
}
