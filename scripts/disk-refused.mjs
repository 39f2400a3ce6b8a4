import * as nodeFs from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskRefusal } from './disk-messages.mjs';
import { NamedError } from './named-error.mjs';

const CHOICE = 'choose another place with --out';

/**
 * A disk that did not take a file: what the system said, with what is needed to say it to a reader.
 * @typedef {{code: string, folder: string, free: number | null}} DiskFacts
 */

/** A named error of a disk; its facts let others say it with what they know besides (how much is still to be written). */
export class DiskRefused extends NamedError {
  /**
   * @param {import('./disk-messages.mjs').Refusal} refusal
   * @param {string} file
   * @param {DiskFacts} facts
   */
  constructor(refusal, file, facts) {
    super(refusal.name, refusal.what, file, refusal.remedy);
    this.facts = facts;
  }

  /**
   * The error in a reader's words, where it speaks of the disk; else as it is.
   * @param {unknown} error
   * @param {{folder: string, file: string, free: () => Promise<number | null>, needed?: number}} where
   * @returns {Promise<unknown>}
   */
  static async from(error, { folder, file, free, needed }) {
    if (error instanceof NamedError) return error;
    const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    const facts = { code, folder, free: full ? await free() : null };
    const refusal = diskRefusal(code, {
      place: folder,
      file,
      free: facts.free,
      needed: needed ?? null,
      choice: CHOICE,
    });
    if (!refusal) return error;
    const refused = new DiskRefused(refusal, file, facts);
    refused.cause = error;
    return refused;
  }
}

/**
 * Bytes that the disk of a folder, or of the one it will be made in, still takes; null where it does not tell.
 * @param {string} folder
 * @param {Pick<typeof import('node:fs/promises'), 'statfs'>} [fs]
 * @returns {Promise<number | null>}
 */
export async function freeOn(folder, fs = nodeFs) {
  const found = await fs.statfs(folder).catch(() => fs.statfs(dirname(folder)).catch(() => null));
  // Some network drives count nothing.
  return found && found.blocks > 0 ? found.bavail * found.bsize : null;
}
