import type { ByteSource } from '../../byte-source.ts';
import type { Drop, DroppedFile } from '../../dropped-folders.ts';
import { foldersOf } from '../../dropped-folders.ts';
import { source } from '../../testing/files.ts';
import { openCache } from '../open-cache.ts';

export const ROOT = 'hub/models--acme--tiny-vl-rl';
export const COMMIT = 'ab'.repeat(20);
export const OTHER = 'cd'.repeat(20);

export type Contents = Record<string, string | Uint8Array<ArrayBuffer>>;

/** 64 digits that stand for a SHA-256: FNV-1a from eight starts. */
export const hashOf = (content: string | Uint8Array): string => {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return Array.from({ length: 8 }, (_, start) => {
    let hash = 0x811c9dc5 ^ start;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, '0');
  }).join('');
};
export const file = (path: string, content: string | Uint8Array<ArrayBuffer>): DroppedFile => ({
  path,
  source: source(content, path.slice(path.lastIndexOf('/') + 1)),
});
/** What a browser sees of a repository in the cache: the snapshot's links are not listed. */
export const cached = (contents: Contents, root = ROOT, ref = COMMIT): DroppedFile[] => [
  ...Object.values(contents).map((content) => file(`${root}/blobs/${hashOf(content)}`, content)),
  file(`${root}/refs/main`, ref),
];
export const open = async (dropped: DroppedFile[], emptyFolders: string[] = []): Promise<Drop> => {
  const { files, refused } = await openCache(dropped, emptyFolders);
  if (refused[0]) throw refused[0];
  return foldersOf(files);
};
export const names = ({ folders }: Drop) =>
  folders.map(({ name, files }) => [name, [...files.keys()].sort()]);
export const bytesOf = async (opened: ByteSource | undefined): Promise<string | undefined> =>
  opened && hashOf(new Uint8Array(await opened.slice(0, opened.size).arrayBuffer()));
