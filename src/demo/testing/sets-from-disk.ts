import { archive } from '../../../scripts/vite/data-sets.mjs';
import type { ReadSet } from '../sets.ts';
import { readTar } from '../tar.ts';

/** The committed sets in Node, through the very archives a build carries. */
export const setFromDisk: ReadSet = (name) =>
  readTar(
    new Blob([Uint8Array.from(archive(name.replace(/^(pairs|minimal-pairs)-/, '$1/')))]),
    `${name}.tar`,
  );
