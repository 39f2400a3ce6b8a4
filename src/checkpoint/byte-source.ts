import { checkNoLfsPointer } from '../lfs-pointer.ts';
import { NamedError } from '../named-error.ts';
import { plainReason } from '../plain-reason.ts';
import { askedAgain } from './asked-again.ts';

/** Bytes that can be read in ranges without holding the whole: a `File` or a `Blob` is one as it stands. */
export interface ByteSource {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** The range `[start, end)`; nothing is read before `arrayBuffer`. */
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
  /** The same range where it is read together with others: a view, to whoever asks first; null to all others. */
  once?(start: number, end: number): Promise<Uint8Array<ArrayBuffer> | null>;
}

/** A model folder. Keys are paths relative to it, plain file names in practice. */
export type CheckpointFiles = ReadonlyMap<string, ByteSource>;

/** When a source was last written, in milliseconds since 1970; null where its platform does not tell. */
export function dateOf(source: ByteSource): number | null {
  return 'lastModified' in source && typeof source.lastModified === 'number' ? source.lastModified : null;
}

/** Names and sizes, by name: browsers list a folder in an order of their own, which says nothing about it. */
export function listFiles(
  files: CheckpointFiles,
): readonly { readonly name: string; readonly bytes: number }[] {
  return [...files]
    .map(([name, { size }]) => ({ name, bytes: size }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * Reads `[start, end)` of a source, whole or not at all. `place` says for whom, should it fail.
 *
 * @throws NamedError `FileUnreadable` when the browser no longer gives the bytes (the file was moved, deleted,
 * changed, or its disk went away), `FileChanged` when it gives another number of them, `LfsPointer`.
 */
export async function readRange(
  source: ByteSource,
  start: number,
  end: number,
  place: { file: string; tensor?: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const view = await source.once?.(start, end);
  if (view) return view;
  let buffer: ArrayBuffer;
  try {
    const read = () => source.slice(start, end).arrayBuffer();
    buffer = await (source instanceof Blob ? askedAgain(read, end - start) : read());
  } catch (cause) {
    // A source whose bytes are computed says itself what went wrong.
    if (cause instanceof NamedError) throw cause;
    throw new NamedError(
      'FileUnreadable',
      `bytes ${start} to ${end} could not be read (${plainReason(cause)})`,
      place,
      'the file was probably moved, deleted or changed since it was chosen: choose the folder again',
      { cause },
    );
  }
  if (buffer.byteLength !== end - start) {
    throw new NamedError(
      'FileChanged',
      `${buffer.byteLength} bytes came back for the ${end - start} bytes from ${start} to ${end}`,
      place,
      'the file changed on disk since it was opened: choose the folder again',
    );
  }
  const bytes = new Uint8Array(buffer);
  if (start === 0) checkNoLfsPointer(bytes, source.size, place);
  return bytes;
}
