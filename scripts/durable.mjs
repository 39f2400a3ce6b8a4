import * as disk from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * What of `node:fs` journals and results are written with; tests bring disks that fail.
 * @typedef {Pick<typeof import('node:fs'), 'closeSync' | 'fstatSync' | 'fsyncSync' | 'mkdirSync' | 'openSync' | 'readSync'
 *   | 'renameSync' | 'rmSync' | 'statSync' | 'writeSync'> & {
 *   readFileSync(path: string): Buffer,
 *   readdirSync(path: string): string[],
 * }} Disk
 */

/**
 * A file with this text, all at once: whoever waits for it never sees half of it, and it is on the disk when this returns,
 * also after a power cut.
 * @param {string} path
 * @param {string} text
 * @param {Disk} [fs]
 */
export function writeDurably(path, text, fs = disk) {
  const partial = `${path}.partial`;
  const handle = fs.openSync(partial, 'w');
  try {
    writeAll(fs, handle, Buffer.from(text));
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(partial, path);
  syncFolder(fs, dirname(resolve(path)));
}

/**
 * @param {Disk} fs
 * @param {number} handle
 * @param {Uint8Array} bytes
 */
export function writeAll(fs, handle, bytes) {
  for (let done = 0; done < bytes.length;) done += fs.writeSync(handle, bytes, done, bytes.length - done);
}

/**
 * Names in a folder reach the disk with the folder, not with the files.
 * @param {Disk} fs
 * @param {string} folder
 */
export function syncFolder(fs, folder) {
  // Windows opens no folders, and needs none of this.
  if (process.platform === 'win32') return;
  const handle = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

/**
 * The error of a full disk says which one; others are left as they are.
 * @param {unknown} error
 * @param {string} folder
 */
export function noRoom(error, folder) {
  if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOSPC') return error;
  return Object.assign(new Error(`no room on the disk of "${folder}"`, { cause: error }), { code: 'ENOSPC' });
}
