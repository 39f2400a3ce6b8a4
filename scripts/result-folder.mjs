/** What may lie in a folder of results beside results, for the page and the command alike. */

/** The file by which an unfinished merge is known (`src/merge/output/manifest.ts`). */
export const MANIFEST_FILE = '.frankenscope-merge.json';

/**
 * Whether a file is one that systems put into folders that one looks at: nobody's result, and left alone.
 * @param {string} name
 */
export function isOfTheSystem(name) {
  return /^(?:\.DS_Store|\.localized|Thumbs\.db|desktop\.ini|\._.*)$/i.test(name);
}
