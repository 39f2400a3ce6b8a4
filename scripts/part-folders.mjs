import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { NamedError } from './named-error.mjs';

/** @import {Input} from './inputs.mjs' */

const PART = 'part.json';
const RECORDS = 'records';
/** Of all parts together. */
const MOST_FILES = 100_000;

/**
 * Of part folders what `combine` reads: `part.json` and the records, of a study those of its analyses too. Nothing else of a folder is looked
 * at. Below its number and its name as it was given, each part's files have their own paths.
 *
 * @param {string} flag
 * @param {readonly string[]} folders
 * @returns {Input[]} one
 * @throws {NamedError} FolderNotFound, NotAPart, LinkOutside, TooManyFiles
 */
export function partFolders(flag, folders) {
  /** @type {string[]} */
  const paths = [];
  /** @type {string[]} */
  const files = [];
  for (const [index, folder] of folders.entries()) {
    const top = resolve(folder);
    if (!statSync(top, { throwIfNoEntry: false })?.isDirectory())
      throw new NamedError(
        'FolderNotFound',
        `there is no folder "${folder}"`,
        `--${flag}`,
        'give folders that --shard wrote',
      );
    if (!existsSync(join(top, PART)))
      throw new NamedError(
        'NotAPart',
        `the folder has no ${PART}`,
        folder,
        'give folders that --shard wrote',
      );
    const within = realpathSync(top) + sep;
    for (const path of partFiles(top)) {
      const file = join(top, path);
      refuseLinkOutside(file, within, `${folder}/${path}`);
      paths.push(`${index}:${encodeURIComponent(folder)}/${path}`);
      files.push(file);
    }
    if (files.length > MOST_FILES)
      throw new NamedError(
        'TooManyFiles',
        `the parts have more than ${MOST_FILES} files`,
        `--${flag}`,
        'cut the work into fewer parts',
      );
  }
  return [{ name: folders.join(', '), demo: null, kind: 'parts', paths, files }];
}

/**
 * @param {string} top
 * @returns {string[]} with slashes
 */
function partFiles(top) {
  const analyses = entries(top).filter(
    (name) => name !== RECORDS && existsSync(join(top, name, PART)) && !name.startsWith('.'),
  );
  return ['', ...analyses.map((name) => `${name}/`)].flatMap((folder) => [
    ...(existsSync(join(top, folder, PART)) ? [`${folder}${PART}`] : []),
    ...entries(join(top, folder, RECORDS))
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => `${folder}${RECORDS}/${name}`),
  ]);
}

/** @param {string} folder */
function entries(folder) {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder).sort() : [];
}

/**
 * @param {string} file
 * @param {string} within the real path of its part, ended
 * @param {string} name
 */
function refuseLinkOutside(file, within, name) {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile())
    throw new NamedError('NotAPart', 'it is no file', name, 'give the folder as --shard wrote it');
  if (realpathSync(file).startsWith(within)) return;
  throw new NamedError(
    'LinkOutside',
    'it is a link that leads out of its part',
    name,
    'give the folder as --shard wrote it: copy it with what the link leads to, where that belongs to it',
  );
}
