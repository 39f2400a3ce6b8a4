/** Writes a folder of results as one file that every system can open: a ZIP archive, nothing compressed. */
import { NamedError } from '../../named-error.ts';
import { crc32 } from '../samples/crc32.ts';

const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_END = 0x06054b50;
const VERSION = 20;
/** Names are UTF-8. */
const UTF8 = 0x0800;
/** 1 January 1980, the first day that ZIP knows: the same results give the same bytes. */
const DATE = 0x0021;
const LOCAL_BYTES = 30;
const ENTRY_BYTES = 46;
const END_BYTES = 22;
/** Beyond, ZIP has other headers; and a browser holds no more bytes in one piece. */
const MOST_FILES = 65_535;
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Texts by path as a ZIP archive (APPNOTE 6.3, method "stored"); of up to 65 535 files and 2 GiB.
 *
 * @throws RangeError for a path that would not lie below the folder into which the archive is unpacked
 * @throws NamedError `ArchiveTooLarge`
 */
export function zipTexts(files: ReadonlyMap<string, string>): Uint8Array<ArrayBuffer> {
  for (const path of files.keys()) {
    const leadsOut = path.split('/').some((part) => part === '' || part === '.' || part === '..');
    if (leadsOut || /[\\:\0]/.test(path)) throw new RangeError(`"${path}" does not lie below its folder`);
  }
  const encoder = new TextEncoder();
  const entries = [...files].map(([path, text]) => ({
    name: encoder.encode(path),
    content: encoder.encode(text),
  }));
  const size = entries.reduce(
    (sum, { name, content }) => sum + LOCAL_BYTES + ENTRY_BYTES + 2 * name.length + content.length,
    END_BYTES,
  );
  if (entries.length > MOST_FILES || size > MOST_BYTES) {
    const what = `${entries.length} files of ${size} bytes; a ZIP file holds ${MOST_FILES} files and ${MOST_BYTES} bytes`;
    throw new NamedError('ArchiveTooLarge', what, {}, 'save fewer results at a time');
  }
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const u16 = (value: number): void => {
    view.setUint16(at, value, true);
    at += 2;
  };
  const u32 = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const raw = (part: Uint8Array): void => {
    bytes.set(part, at);
    at += part.length;
  };
  const placed = entries.map((entry) => ({ ...entry, crc: crc32(entry.content), offset: 0 }));
  for (const entry of placed) {
    entry.offset = at;
    u32(LOCAL_HEADER);
    described(entry, u16, u32);
    raw(entry.name);
    raw(entry.content);
  }
  const directory = at;
  for (const entry of placed) {
    u32(DIRECTORY_ENTRY);
    u16(VERSION);
    described(entry, u16, u32);
    // Comment, disk, attributes: none.
    for (let i = 0; i < 3; i++) u16(0);
    u32(0);
    u32(entry.offset);
    raw(entry.name);
  }
  const directoryBytes = at - directory;
  u32(DIRECTORY_END);
  u16(0);
  u16(0);
  u16(placed.length);
  u16(placed.length);
  u32(directoryBytes);
  u32(directory);
  u16(0);
  return bytes;
}

type Put = (value: number) => void;

/** The fields that local header and directory share: from the version needed to the length of extra fields. */
function described(
  entry: { readonly name: Uint8Array; readonly content: Uint8Array; readonly crc: number },
  u16: Put,
  u32: Put,
): void {
  u16(VERSION);
  u16(UTF8);
  u16(0);
  u16(0);
  u16(DATE);
  u32(entry.crc);
  u32(entry.content.length);
  u32(entry.content.length);
  u16(entry.name.length);
  u16(0);
}
