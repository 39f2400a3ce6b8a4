/** What the page and the command say when a place does not take what is written, in the same words. */

/**
 * @typedef {{
 *   place: string,
 *   file?: string,
 *   needed?: number | null,
 *   free?: number | null,
 *   choice?: string,
 * }} Place `place`: the folder as a reader knows it; `file`: what was being written; `needed`: bytes still to be written;
 *   `free`: bytes that fit, null where nobody tells; `choice`: how another place is chosen
 */

/** @typedef {import('../src/error-name.ts').ErrorName} ErrorName */
/** @typedef {{name: ErrorName, what: string, remedy: string}} Refusal */

/** What the codes of Node and the names of a browser's DOMExceptions mean. @type {Readonly<Record<string, Kind>>} */
const KINDS = {
  ENOSPC: 'full',
  QuotaExceededError: 'full',
  EDQUOT: 'quota',
  EFBIG: 'large',
  EIO: 'broken',
  EROFS: 'read-only',
  EACCES: 'refused',
  EPERM: 'refused',
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  EBUSY: 'busy',
  NoModificationAllowedError: 'busy',
  InvalidStateError: 'busy',
  ENOENT: 'gone',
  ENOTDIR: 'gone',
  ESTALE: 'gone',
  NotFoundError: 'gone',
};

/** @typedef {'full' | 'quota' | 'large' | 'broken' | 'read-only' | 'refused' | 'busy' | 'gone'} Kind */

/**
 * Why a place refused to be written, and what to do; null for a reason that says nothing about the place.
 * @param {string} reason a code of Node (`ENOSPC`) or the name of a DOMException (`QuotaExceededError`)
 * @param {Place} where
 * @returns {Refusal | null}
 */
export function diskRefusal(reason, where) {
  const kind = Object.hasOwn(KINDS, reason) ? KINDS[reason] : undefined;
  if (kind === undefined) return null;
  const place = `"${where.place}"`;
  const other = where.choice ?? 'choose another place';
  switch (kind) {
    case 'full':
      return full(`no room on the disk of ${place}`, where, `free some space, or ${other}`);
    case 'quota':
      return full(
        `your quota on the disk of ${place} is used up`,
        where,
        `delete files of yours there, or ${other}`,
      );
    case 'large':
      return refusal(
        'FileTooLarge',
        `the disk of ${place} takes no file of that size (FAT32 takes up to 4 GB)`,
        `write smaller files (largest weight file), or ${other}`,
      );
    case 'broken':
      return refusal(
        'DiskFailed',
        `the disk of ${place} failed (${reason})`,
        `check the disk and its connection, or ${other}`,
      );
    case 'read-only':
      return refusal('FolderNotWritable', `the disk of ${place} can only be read (${reason})`, other);
    case 'refused':
      return refusal(
        'FolderNotWritable',
        `writing into ${place} is not allowed (${reason})`,
        `allow it, or ${other}`,
      );
    case 'busy':
      return refusal(
        'FolderNotWritable',
        `another program or tab is writing into ${place} (${reason})`,
        `wait until it has ended, or ${other}`,
      );
    case 'gone':
      return refusal(
        'FolderGone',
        `${place} is there no longer (${reason})`,
        `connect the disk or make the folder again, or ${other}`,
      );
  }
}

/**
 * @param {ErrorName} name
 * @param {string} what
 * @param {string} remedy
 * @returns {Refusal}
 */
const refusal = (name, what, remedy) => ({ name, what, remedy });

/**
 * @param {string} what
 * @param {Place} where
 * @param {string} remedy
 */
function full(what, { needed, free }, remedy) {
  const amounts = [
    ...(needed === undefined || needed === null ? [] : [`${amount(needed)} are to be written`]),
    ...(free === undefined || free === null ? [] : [`${amount(free)} are free`]),
  ];
  return refusal('DiskFull', [what, amounts.join(', ')].filter((part) => part !== '').join(': '), remedy);
}

/**
 * Bytes, and the same as disks are sold: `16600000000 bytes (16.6 GB)`.
 * @param {number} bytes
 */
export function amount(bytes) {
  const unit = [/** @type {const} */ (['GB', 1e9]), /** @type {const} */ (['MB', 1e6])].find(
    ([, size]) => bytes >= size,
  );
  const short = unit ? ` (${Number((bytes / unit[1]).toPrecision(3))} ${unit[0]})` : '';
  return `${bytes} bytes${short}`;
}
