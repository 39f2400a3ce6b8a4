/** What the page and the command say of the Hugging Face cache, in the same words. */

/**
 * How to get at a checkpoint of which only links, or not all files, can be seen.
 * @param {string} [repository] OWNER/NAME, where it is known
 */
export function cacheRemedy(repository = 'OWNER/NAME') {
  return (
    `copy the snapshot with its files ("cp -rL SNAPSHOT COPY"), or download it into a folder of its own ` +
    `("hf download ${repository} --local-dir FOLDER"), or choose the files themselves`
  );
}

/**
 * @param {string} repository OWNER/NAME
 * @param {readonly string[]} commits
 */
export function severalSnapshots(repository, commits) {
  return `the cache holds ${commits.length} snapshots of ${repository}: ${[...commits].sort().join(', ')}`;
}

/**
 * OWNER/NAME of a folder that the cache calls `models--OWNER--NAME`; undefined where the folder is none.
 * @param {string} folder its own name
 * @returns {string | undefined}
 */
export function repositoryOf(folder) {
  return /^models--(.+)$/.exec(folder)?.[1]?.replace('--', '/');
}
