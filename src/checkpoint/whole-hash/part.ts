/** SHA-256 of tensors that are read in parts, in any order, by several threads: a tree of two levels. */
import { joinedBytes } from '../../work/bytes.ts';

/** Chunks begin at multiples of this many bytes of the tensor. */
export const CHUNK_BYTES = 256 * 1024;
export const DIGEST_BYTES = 32;

/** What is left to remember of a part of a tensor's bytes that was read: chunks inside it as digests, cut ones as bytes. */
export interface HashedPart {
  /** Bytes of the tensor, from its first. */
  readonly start: number;
  readonly end: number;
  /** 32 bytes of each chunk that lies inside. */
  readonly digests: Uint8Array<ArrayBuffer>;
  /** Bytes before the first chunk boundary, and after the last; of a part inside one chunk all are `head`. */
  readonly head: Uint8Array<ArrayBuffer>;
  readonly tail: Uint8Array<ArrayBuffer>;
}

/** Where bytes lie in their tensor: the first of them, and of how many. */
export interface PlaceInTensor {
  readonly start: number;
  readonly tensorBytes: number;
}

/**
 * Digests the chunks inside `bytes`, beside whatever the thread does meanwhile. The bytes may change, or move to another
 * thread, as soon as this returned its promise.
 */
export async function hashPart(
  bytes: Uint8Array<ArrayBuffer>,
  { start, tensorBytes }: PlaceInTensor,
): Promise<HashedPart> {
  const end = start + bytes.length;
  const first = Math.min(end, Math.ceil(start / CHUNK_BYTES) * CHUNK_BYTES);
  // The last chunk of a tensor is shorter.
  const last = end === tensorBytes ? end : Math.max(first, Math.floor(end / CHUNK_BYTES) * CHUNK_BYTES);
  const [head, tail] = [bytes.slice(0, first - start), bytes.slice(last - start)];
  const running: Promise<ArrayBuffer>[] = [];
  for (let at = first; at < last; at += CHUNK_BYTES)
    running.push(
      crypto.subtle.digest('SHA-256', bytes.subarray(at - start, Math.min(at + CHUNK_BYTES, last) - start)),
    );
  const digests = joinedBytes((await Promise.all(running)).map((digest) => new Uint8Array(digest)));
  return { start, end, digests, head, tail };
}
