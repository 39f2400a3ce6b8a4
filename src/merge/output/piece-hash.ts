/** A checksum of large files: SHA-256 over the SHA-256 of their pieces, so that it is taken while pieces pass, off this thread. */
import type { ByteSource } from '../../checkpoint/byte-source.ts';
import { readRange } from '../../checkpoint/byte-source.ts';
import { sha256Hex, sha256OfText } from '../../work/sha256.ts';
import { throwIfCancelled } from '../../work/cancel.ts';

/** Bytes of every piece but the last. */
export const PIECE_BYTES = 4 * 2 ** 20;
/** Pieces that are hashed side by side: the browser holds a copy of each. */
const AT_ONCE = 4;

/** Takes the pieces of a file in their order. */
export class PieceHash {
  readonly #pieces: Promise<string>[] = [];

  /**
   * Resolves where the next piece may come, so that a disk that is faster than the hash does not pile up copies.
   *
   * @param piece of `PIECE_BYTES`, or the last; it may change as soon as this returned its promise
   */
  async add(piece: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#pieces.push(sha256Hex(piece));
    await this.#pieces.at(-AT_ONCE);
  }

  /** 64 hex digits. */
  async digest(): Promise<string> {
    return sha256OfText((await Promise.all(this.#pieces)).join('\n'));
  }
}

/**
 * The checksum of a file that is there, read piece by piece.
 *
 * @param onBytes told the size of every piece that was read
 * @throws NamedError `Cancelled`, those of `readRange`
 */
export async function pieceHash(
  source: ByteSource,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<string> {
  const hash = new PieceHash();
  for (let start = 0; start < source.size; start += PIECE_BYTES) {
    throwIfCancelled(signal);
    const end = Math.min(source.size, start + PIECE_BYTES);
    await hash.add(await readRange(source, start, end, { file: source.name }));
    onBytes?.(end - start);
  }
  return hash.digest();
}
