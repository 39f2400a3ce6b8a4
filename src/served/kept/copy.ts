/** What a kept copy is of: written first, so that what is cut off can be gone on with. */
import * as v from 'valibot';
import { object, readShape } from '../../json-shape.ts';
import { NamedError } from '../../named-error.ts';
import { publicAddress } from '../../remote/public-address.ts';
import { sha256OfText } from '../../work/sha256.ts';
import type { ListedFolder } from '../listing.ts';
import type { CopyStore } from './store.ts';

const MANIFEST = 'copy.json';
/** Stands beside the pieces once all are there and checked. */
const WHOLE = 'whole';

const COPY = object({
  version: v.literal(1),
  name: v.string(),
  from: v.string(),
  commit: v.nullable(v.string()),
  /** Milliseconds since 1970; the date of its files. */
  begun: v.number(),
  /** Of a file, as they are fetched, digested and written at one time. */
  pieceBytes: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  files: v.array(
    object({
      path: v.string(),
      bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
      sha256: v.nullable(v.string()),
    }),
  ),
});
export type Copy = v.InferOutput<typeof COPY>;

/** One of a file's pieces. Its name in the store goes on with its SHA-256. */
export interface Piece {
  readonly file: number;
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

export interface KeptCopy {
  readonly key: string;
  readonly copy: Copy;
  /** Of the files, as far as they are there. */
  readonly bytes: number;
  readonly totalBytes: number;
  readonly whole: boolean;
}

export function copyOf({ name, commit, files }: ListedFolder, begun: number, pieceBytes: number): Copy {
  const from = files[0] ? publicAddress(new URL('.', files[0].url).href) : '';
  const kept = files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256: sha256 ?? null }));
  return { version: 1, name, from, commit, begun, pieceBytes, files: kept };
}

/** Names a copy: another place, commit, length or version is another copy. */
export async function copyKey({ name, commit, files }: ListedFolder): Promise<string> {
  const facts = files.map(({ path, url, bytes, sha256, version }) => [
    ...[path, publicAddress(url.href), bytes, sha256 ?? null],
    ...[version?.etag ?? null, version?.modified ?? null],
  ]);
  return (await sha256OfText(JSON.stringify([name, commit, facts]))).slice(0, 32);
}

export function piecesOf({ files, pieceBytes }: Copy): readonly Piece[] {
  return files.flatMap(({ bytes }, file) =>
    Array.from({ length: Math.ceil(bytes / pieceBytes) }, (_, index) => ({
      file,
      start: index * pieceBytes,
      end: Math.min(bytes, (index + 1) * pieceBytes),
      name: `${file}-${index}`,
    })),
  );
}

/** The pieces that are there in their lengths, by name: under which name they are stored. */
export function storedPieces(
  pieces: readonly Piece[],
  listed: ReadonlyMap<string, number>,
): ReadonlyMap<string, string> {
  const lengths = new Map(pieces.map(({ name, start, end }) => [name, end - start]));
  const there = new Map<string, string>();
  for (const [stored, bytes] of listed) {
    const name = stored.slice(0, stored.lastIndexOf('-'));
    if (lengths.get(name) === bytes) there.set(name, stored);
  }
  return there;
}

/** Null where there is none, or none that can be read. */
export async function readCopy(store: CopyStore, key: string): Promise<Copy | null> {
  const text = await (await store.read(key, MANIFEST))?.text();
  try {
    return text === undefined ? null : readShape(COPY, JSON.parse(text), (what) => damaged(what, key));
  } catch {
    return null;
  }
}

export async function writeCopy(store: CopyStore, key: string, copy: Copy): Promise<void> {
  await store.write(key, MANIFEST, new TextEncoder().encode(JSON.stringify(copy)));
}

export async function markWhole(store: CopyStore, key: string): Promise<void> {
  await store.write(key, WHOLE, new TextEncoder().encode('checked'));
}

/** Stands for one that cannot be read. */
const UNREAD: Copy = {
  ...{ version: 1, name: 'damaged copy', from: '', commit: null },
  ...{ begun: 0, pieceBytes: 1, files: [] },
};

/** All that is kept, by name; folders whose description cannot be read count with what is in them. */
export async function listCopies(store: CopyStore): Promise<readonly KeptCopy[]> {
  const copies = await Promise.all(
    (await store.keys()).map(async (key): Promise<KeptCopy> => {
      const listed = await store.list(key);
      const copy = (await readCopy(store, key)) ?? UNREAD;
      const totalBytes = copy.files.reduce((sum, { bytes }) => sum + bytes, 0);
      const there = new Set(storedPieces(piecesOf(copy), listed).values());
      const bytes = [...listed].reduce((sum, [name, size]) => sum + (there.has(name) ? size : 0), 0);
      return {
        key,
        copy,
        bytes,
        totalBytes,
        whole: copy !== UNREAD && listed.has(WHOLE) && bytes === totalBytes,
      };
    }),
  );
  return copies.sort((one, other) => (one.copy.name < other.copy.name ? -1 : 1));
}

/**
 * A whole copy's files, as a chosen folder's would be: nothing is asked of any server. Their pieces stay where they are.
 *
 * @throws NamedError `CopyDamaged` where it is not whole
 */
export async function openCopy(store: CopyStore, key: string): Promise<ReadonlyMap<string, File>> {
  const copy = await readCopy(store, key);
  const listed = await store.list(key);
  if (!copy || !listed.has(WHOLE)) throw damaged('it is not whole', copy?.name ?? key);
  const pieces = piecesOf(copy);
  const there = storedPieces(pieces, listed);
  const files = new Map<string, File>();
  for (const [index, { path }] of copy.files.entries()) {
    const parts: Blob[] = [];
    for (const { name } of pieces.filter(({ file }) => file === index)) {
      const stored = there.get(name);
      const part = stored === undefined ? null : await store.read(key, stored);
      if (part === null) throw damaged(`piece ${name} is missing or has another length`, path);
      parts.push(part);
    }
    files.set(path, new File(parts, path.slice(path.lastIndexOf('/') + 1), { lastModified: copy.begun }));
  }
  return files;
}

export function damaged(what: string, file: string): NamedError {
  return new NamedError(
    'CopyDamaged',
    what,
    { file },
    'delete the copy and keep it again, or keep it again to fetch what is missing',
  );
}
