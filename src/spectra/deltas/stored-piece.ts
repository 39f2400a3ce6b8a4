import type { ByteSource } from '../../checkpoint/byte-source.ts';
import type { Checkpoint, TensorEntry } from '../../checkpoint/checkpoint.ts';
import type { Dtype } from '../../checkpoint/dtype.ts';
import { DTYPE_BYTES } from '../../checkpoint/dtype.ts';
import { fromSent, toSent, type SentSource } from '../../checkpoint/formats/sent-source.ts';
import type { HashedPart } from '../../checkpoint/whole-hash/part.ts';

/** A run of a tensor's elements in its file. */
export interface StoredPiece {
  readonly source: ByteSource;
  readonly file: string;
  readonly tensor: string;
  readonly dtype: Dtype;
  /** Absolute byte offsets in the file. */
  readonly start: number;
  readonly end: number;
  /** Where the tensor begins in the file, and its bytes. */
  readonly tensorStart: number;
  readonly tensorBytes: number;
}

/** A piece as a message to a worker holds it. */
export type SentPiece = Omit<StoredPiece, 'source'> & { readonly source: SentSource };

/** Null where a piece has a source that cannot be sent (a merge that nobody wrote): then whoever has it reads. */
export function sentPieces(pieces: readonly StoredPiece[]): readonly SentPiece[] | null {
  const sent = pieces.flatMap((piece) => {
    const source = toSent(piece.source, piece.start);
    return source === null ? [] : [{ ...piece, source }];
  });
  return sent.length === pieces.length ? sent : null;
}

/** The pieces again, in the worker. */
export function receivedPieces(pieces: readonly SentPiece[]): readonly StoredPiece[] {
  return pieces.map((piece) => ({ ...piece, source: fromSent(piece.source) }));
}

/** A part of one of a task's pieces, by its index, that was read. */
export type OnRead = (piece: number, part: HashedPart) => void;

/**
 * Elements read at a time, of each checkpoint: 8 MiB of bfloat16. Large enough for the disk, small enough that several in
 * flight stay below 100 MB and a cancelled one ends soon.
 */
export const PIECE_ELEMENTS = 2 ** 22;

/** Elements `[first, first + count)` of a stored tensor. */
export function storedPiece(
  { files }: Pick<Checkpoint, 'files'>,
  entry: TensorEntry,
  first: number,
  count: number,
): StoredPiece {
  const { file, name: tensor, dtype } = entry;
  const size = DTYPE_BYTES[dtype];
  const start = entry.start + first * size;
  const source = files.get(file) as ByteSource;
  const { start: tensorStart, bytes: tensorBytes } = entry;
  return { source, file, tensor, dtype, start, end: start + count * size, tensorStart, tensorBytes };
}

/** A part of a piece, in elements. */
export function subPiece(piece: StoredPiece, first: number, count: number): StoredPiece {
  const size = DTYPE_BYTES[piece.dtype];
  const start = piece.start + first * size;
  return { ...piece, start, end: start + count * size };
}

export const elementsOf = ({ dtype, start, end }: StoredPiece): number => (end - start) / DTYPE_BYTES[dtype];
