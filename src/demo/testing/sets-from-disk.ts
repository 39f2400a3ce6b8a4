import { archive } from '../../../scripts/vite/data-sets.mjs';
import { readSetArchive } from '../set-archive.ts';
import type { ReadSet } from '../sets.ts';

/** The committed sets in Node, through the very archives a build carries. */
export const setFromDisk: ReadSet = (name) =>
  readSetArchive(
    new Blob([Uint8Array.from(archive([name.replace(/^(pairs|minimal-pairs)-/, '$1/')]))]),
    `${name}.zip`,
  );
