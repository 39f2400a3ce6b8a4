/** Keeps a copy of a folder on a server: piece by piece, so that it goes on after a reload, and checked. */
import { NamedError } from '../../named-error.ts';
import { throwIfCancelled } from '../../work/cancel.ts';
import { mapInFlight } from '../../work/in-flight.ts';
import type { WorkProgress } from '../../work/long-work.ts';
import { sha256Hex } from '../../work/sha256.ts';
import type { ListedFile, ListedFolder } from '../listing.ts';
import { rangedFile } from '../served-folder.ts';
import type { Server } from '../server.ts';
import {
  copyKey,
  copyOf,
  damaged,
  markWhole,
  type Piece,
  piecesOf,
  readCopy,
  storedPieces,
  writeCopy,
} from './copy.ts';
import type { CopyStore } from './store.ts';

/** SHA-256 of a file in hex; told how many bytes of it were read with each part. */
export type DigestFile = (
  file: Blob,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
) => Promise<string>;

/** Large enough that what a request costs is nothing, small enough to hold some, and to lose one. */
const PIECE_BYTES = 16 * 2 ** 20;

export interface Keeping {
  readonly digest: DigestFile;
  /** Of a new copy; default 16 MiB. */
  readonly pieceBytes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: WorkProgress) => void;
}

/**
 * Fetches what is not there yet, in pieces of 16 MiB of which each is written whole with its SHA-256; then files whose SHA-256 the
 * server's listing says are read through and held against it. A copy that was cut off goes on with its next piece, and the pieces
 * that it has are held against their digests first.
 *
 * @returns the copy's key
 * @throws NamedError `StorageFull`; `CopyDamaged` for a file that is not what the listing says (its pieces are removed);
 * `Cancelled`; those of `RangedFile.read`
 */
export async function keepCopy(
  store: CopyStore,
  folder: ListedFolder,
  server: Server,
  { digest, pieceBytes = PIECE_BYTES, signal, onProgress }: Keeping,
): Promise<string> {
  const key = await copyKey(folder);
  const copy = (await readCopy(store, key)) ?? copyOf(folder, Date.now(), pieceBytes);
  await stored(() => writeCopy(store, key, copy));
  const pieces = piecesOf(copy);
  const kept = await soundPieces(store, key, pieces, signal, onProgress);
  const total = folder.bytes;
  let done = pieces.reduce((sum, piece) => sum + (kept.has(piece.name) ? piece.end - piece.start : 0), 0);
  const report = (): void => onProgress?.({ phase: 'fetching', done, total, unit: 'bytes' });
  report();
  const files = folder.files.map((file) => rangedFile(file, server));
  const own = new AbortController();
  const both = signal ? AbortSignal.any([signal, own.signal]) : own.signal;
  const fetchPiece = async ({ file, start, end, name }: Piece): Promise<void> => {
    const bytes = await files[file]?.read(start, end, both);
    if (!bytes) return;
    const as = `${name}-${await sha256Hex(bytes)}`;
    throwIfCancelled(both);
    await stored(() => store.write(key, as, bytes));
    kept.set(name, as);
    done += end - start;
    report();
  };
  const lacking = pieces.filter(({ name }) => !kept.has(name));
  // Where one cannot be had, the others under way are not waited for either.
  await mapInFlight(lacking, fetchPiece, signal).finally(() => own.abort());
  await checkFiles(store, key, folder.files, pieces, kept, {
    digest,
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress } : {}),
  });
  await stored(() => markWhole(store, key));
  return key;
}

/** Pieces that are there, and are what their names say; others are removed. */
async function soundPieces(
  store: CopyStore,
  key: string,
  pieces: readonly Piece[],
  signal: AbortSignal | undefined,
  onProgress: Keeping['onProgress'],
): Promise<Map<string, string>> {
  const found = [...storedPieces(pieces, await store.list(key))];
  const sound = new Map<string, string>();
  const lengths = new Map(pieces.map(({ name, start, end }) => [name, end - start]));
  const total = found.reduce((sum, [name]) => sum + (lengths.get(name) ?? 0), 0);
  let done = 0;
  const check = async ([name, as]: readonly [string, string]): Promise<void> => {
    const bytes = await (await store.read(key, as))?.arrayBuffer();
    if (bytes && as === `${name}-${await sha256Hex(bytes)}`) sound.set(name, as);
    else await store.remove(key, as);
    done += lengths.get(name) ?? 0;
    onProgress?.({ phase: 'checking what is there', done, total, unit: 'bytes' });
  };
  await mapInFlight(found, check, signal);
  return sound;
}

async function checkFiles(
  store: CopyStore,
  key: string,
  files: readonly ListedFile[],
  pieces: readonly Piece[],
  kept: ReadonlyMap<string, string>,
  { digest, signal, onProgress }: Keeping,
): Promise<void> {
  const total = files.reduce((sum, { bytes, sha256 }) => sum + (sha256 === undefined ? 0 : bytes), 0);
  let done = 0;
  for (const [index, { path, sha256 }] of files.entries()) {
    if (sha256 === undefined) continue;
    const names = pieces.filter(({ file }) => file === index).map(({ name }) => kept.get(name) ?? name);
    const parts = await Promise.all(names.map((name) => store.read(key, name)));
    const whole = new Blob(parts.filter((part) => part !== null));
    const found = await digest(
      whole,
      (bytes) => {
        done += bytes;
        onProgress?.({ phase: 'checking', done, total, unit: 'bytes' });
      },
      signal,
    );
    if (found === sha256) continue;
    for (const name of names) await store.remove(key, name);
    throw damaged(
      `its SHA-256 is ${found}, and the listing says ${sha256}; what came of it was removed`,
      path,
    );
  }
}

/** @throws NamedError `StorageFull` */
async function stored(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    if (!(cause instanceof DOMException) || cause.name !== 'QuotaExceededError') throw cause;
    throw new NamedError(
      'StorageFull',
      'the browser gives no more room',
      {},
      'delete kept copies or weights, or free space on the disk, and keep it again: what is there stays',
      { cause },
    );
  }
}
