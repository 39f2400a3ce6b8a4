/** What names a picture: its bytes, all of them. */
import { sha256Hex, sha256OfText } from '../../work/sha256.ts';
import { NamedError } from '../../named-error.ts';
import { openPicture, type Picture } from './picture.ts';

/** Read at once; a larger file is hashed as the list of its parts' hashes. */
const PART_BYTES = 2 ** 24;

/** A picture does not change while it is held: a browser refuses the bytes of a file that did. */
const known = new WeakMap<Picture, Promise<string>>();
/** Those without bytes. */
const gone = new WeakSet<Picture>();

/**
 * SHA-256 of a picture's bytes, in hex; read once for as long as the picture is held.
 *
 * @throws NamedError `BadPicture`; `FileUnreadable` when the browser no longer gives the bytes
 */
export function pictureHash(picture: Picture): Promise<string> {
  const before = known.get(picture);
  if (before) return before;
  const now = openPicture(picture).then((blob) =>
    blobHash(blob).catch((cause: unknown) => {
      throw unreadable(picture, cause);
    }),
  );
  known.set(picture, now);
  now.catch(() => known.delete(picture));
  return now;
}

/**
 * Stands for a picture that is not here any more, by its hash: it has no bytes, and names the same samples.
 *
 * @param head what of a file says its size, where that has to be known
 */
export function gonePicture(hash: string, head: Uint8Array<ArrayBuffer> = new Uint8Array(0)): Blob {
  const picture = new Blob([head]);
  known.set(picture, Promise.resolve(hash));
  gone.add(picture);
  return picture;
}

/** Whether it only stands for one that is not here. */
export function isGone(picture: Picture): boolean {
  return gone.has(picture);
}

async function blobHash(blob: Blob): Promise<string> {
  if (blob.size <= PART_BYTES) return sha256Hex(await blob.arrayBuffer());
  const parts: string[] = [];
  for (let start = 0; start < blob.size; start += PART_BYTES) {
    parts.push(await sha256Hex(await blob.slice(start, start + PART_BYTES).arrayBuffer()));
  }
  return sha256OfText(parts.join('\n'));
}

function unreadable(picture: Picture, cause: unknown): NamedError {
  const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new NamedError(
    'FileUnreadable',
    `a picture could not be read (${why})`,
    picture instanceof File ? { file: picture.name } : {},
    'the file was probably moved, deleted or changed since it was chosen: choose the folder again',
    { cause },
  );
}
