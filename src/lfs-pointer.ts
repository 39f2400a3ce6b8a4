import { type ErrorPlace, NamedError } from './named-error.ts';

/** Every version of them begins so, https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md. */
const BEGIN = new TextEncoder().encode('version https://git-lfs.github.com/spec/');
/** Shorter than this they are, by the same page. */
const TOO_LONG = 1024;

/**
 * Refuses what git leaves in the place of a file where Git LFS is not installed.
 *
 * @param bytes the file's first
 * @param size of the file
 * @throws NamedError `LfsPointer`
 */
export function checkNoLfsPointer(bytes: Uint8Array, size: number, place: ErrorPlace): void {
  if (size < TOO_LONG && BEGIN.every((byte, index) => bytes[index] === byte)) throw lfsPointer(size, place);
}

export function lfsPointer(size: number, place: ErrorPlace): NamedError {
  return new NamedError(
    'LfsPointer',
    `the file holds a Git LFS pointer of ${size} bytes in place of its contents`,
    place,
    'fetch the contents with "git lfs pull"',
  );
}
