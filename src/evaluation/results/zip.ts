/**
 * Writes a folder of results as one file that every system can open: a ZIP archive. Its files are compressed, not stored: sizes
 * come behind each file, and readers that take an archive as it comes in (Java's `ZipInputStream`) refuse that of stored files.
 */
import { Zip, ZipDeflate } from 'fflate';
import { NamedError } from '../../named-error.ts';
import { yieldToEvents } from '../../work/turns.ts';
import type { ResultPieces } from './write.ts';

/** Beyond, ZIP has other headers (ZIP64), which fflate does not write. */
const MOST_FILES = 65_535;
/** Less than the 4 GiB of ZIP by more than headers, and texts that cannot be compressed, add. */
const MOST_BYTES = 4e9;
/** Text that is compressed at once: some milliseconds' work. */
const SLICE_BYTES = 2 ** 16;
/** The page is let at its events after this long. */
const BUSY_MS = 10;
/** Of the archive, held until they become one piece of the blob, which the browser may keep on disk. */
const PIECE_BYTES = 2 ** 22;

/**
 * Texts by path as a ZIP archive, of up to 65,535 files and 4 GB: the same texts give the same bytes. It is written little by
 * little, so that a page can do so where its reader works on.
 *
 * @throws RangeError for a path that would not lie below the folder into which the archive is unpacked
 * @throws NamedError `ArchiveTooLarge`
 */
export async function zipOf(files: ResultPieces, mostBytes = MOST_BYTES): Promise<Blob> {
  for (const path of files.keys()) {
    const leadsOut = path.split('/').some((part) => part === '' || part === '.' || part === '..');
    if (leadsOut || /[\\:\0]/.test(path)) throw new RangeError(`"${path}" does not lie below its folder`);
  }
  if (files.size > MOST_FILES) throw tooLarge(`${files.size} files; a ZIP file holds ${MOST_FILES}`);
  const archive = new GrowingBlob();
  const zip = new Zip((error, bytes) => {
    if (error) throw error;
    archive.add(bytes);
  });
  // The first day that ZIP knows, by whatever clock.
  const date = new Date(1980, 0, 1);
  let [written, since] = [0, performance.now()];
  for (const [path, pieces] of files) {
    const file = Object.assign(new ZipDeflate(path), { mtime: date });
    zip.add(file);
    for (const bytes of slices(pieces)) {
      written += bytes.length;
      if (written > mostBytes) throw tooLarge(`more than ${mostBytes} bytes, which a ZIP file holds`);
      file.push(bytes);
      if (performance.now() - since < BUSY_MS) continue;
      await yieldToEvents();
      since = performance.now();
    }
    file.push(new Uint8Array(0), true);
  }
  zip.end();
  return archive.blob();
}

/** The pieces' UTF-8, in slices of one size but for the last. */
function* slices(pieces: Iterable<string>): Generator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const slice = new Uint8Array(SLICE_BYTES);
  let filled = 0;
  for (const piece of pieces) {
    for (let rest = piece; rest !== '';) {
      const { read, written } = encoder.encodeInto(rest, slice.subarray(filled));
      filled += written;
      rest = rest.slice(read);
      if (rest === '') break;
      yield slice.slice(0, filled);
      filled = 0;
    }
  }
  yield slice.slice(0, filled);
}

class GrowingBlob {
  readonly #pieces: Blob[] = [];
  #held: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  add(bytes: Uint8Array<ArrayBuffer>): void {
    this.#held.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= PIECE_BYTES) this.#close();
  }

  blob(): Blob {
    this.#close();
    return new Blob(this.#pieces, { type: 'application/zip' });
  }

  #close(): void {
    this.#pieces.push(new Blob(this.#held));
    this.#held = [];
    this.#bytes = 0;
  }
}

function tooLarge(what: string): NamedError {
  return new NamedError('ArchiveTooLarge', what, {}, 'save fewer results at a time');
}
