/** Reads the archives in which the committed sets travel: plain ustar, regular files only. */
import { NamedError } from '../named-error.ts';

const BLOCK = 512;
/** Fields of a ustar header (POSIX.1-1988): offset and length in bytes. */
const NAME = [0, 100] as const;
const SIZE = [124, 12] as const;
const TYPE_AT = 156;
const MAGIC = [257, 5] as const;
const REGULAR_FILE = '0';

/**
 * The files of an archive by path, each a slice of it: nothing is copied.
 *
 * @throws NamedError `DamagedArchive` when a header is not ustar, a size is no octal number, or the end is missing.
 */
export async function readTar(archive: Blob, place: string): Promise<ReadonlyMap<string, Blob>> {
  const bytes = new Uint8Array(await archive.arrayBuffer());
  const files = new Map<string, Blob>();
  let at = 0;
  for (;;) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.length < BLOCK) throw damaged(`it ends at byte ${bytes.length}, within a header`, place);
    if (header.every((byte) => byte === 0)) return files;
    if (text(header, MAGIC) !== 'ustar') throw damaged(`no file header at byte ${at}`, place);
    const octal = text(header, SIZE);
    const size = Number.parseInt(octal, 8);
    if (!/^[0-7]+$/.test(octal) || at + BLOCK + size > bytes.length) {
      throw damaged(`the file at byte ${at} claims ${octal} (octal) bytes`, place);
    }
    if (String.fromCharCode(header[TYPE_AT] ?? 0) === REGULAR_FILE) {
      const name = text(header, NAME);
      files.set(name, archive.slice(at + BLOCK, at + BLOCK + size, mediaType(name)));
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function text(header: Uint8Array, [start, length]: readonly [number, number]): string {
  const field = new TextDecoder().decode(header.subarray(start, start + length));
  return field.replace(/[\0 ].*$/s, '');
}

function mediaType(name: string): string {
  return name.endsWith('.png') ? 'image/png' : 'application/x-ndjson';
}

function damaged(what: string, file: string): NamedError {
  return new NamedError(
    'DamagedArchive',
    what,
    { file },
    'reload the page; if it stays, build the app again',
  );
}
