import { sha256Hex } from '../../work/sha256.ts';
import type { HashedPart } from './part.ts';
import { CHUNK_BYTES, DIGEST_BYTES } from './part.ts';

/** A chunk that parts cut: the bytes that have come, and where they began. */
interface CutChunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly starts: Set<number>;
  missing: number;
}

/**
 * The hash of one tensor, put together of its parts in any order: SHA-256 (hex) over the SHA-256 of each of its 256 KiB
 * chunks. It does not depend on how the tensor was cut; a part that comes again changes nothing. Parts do not overlap otherwise.
 */
export class TensorHash {
  readonly #bytes: number;
  readonly #digests: Uint8Array<ArrayBuffer>;
  readonly #known: Uint8Array;
  readonly #cut = new Map<number, CutChunk>();
  #missing: number;
  #given = false;

  /** @param bytes of the tensor */
  constructor(bytes: number) {
    const chunks = Math.ceil(bytes / CHUNK_BYTES);
    this.#bytes = bytes;
    this.#digests = new Uint8Array(chunks * DIGEST_BYTES);
    this.#known = new Uint8Array(chunks);
    this.#missing = chunks;
  }

  /** Takes a part. @returns the hash once with the part that completes it; else null */
  async add({ start, end, digests, head, tail }: HashedPart): Promise<string | null> {
    const whole: Promise<void>[] = [this.#addCut(start, head), this.#addCut(end - tail.length, tail)];
    const first = Math.ceil(start / CHUNK_BYTES);
    for (let index = 0; index * DIGEST_BYTES < digests.length; index += 1)
      this.#put(first + index, digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES));
    await Promise.all(whole);
    if (this.#missing > 0 || this.#given) return null;
    this.#given = true;
    return sha256Hex(this.#digests);
  }

  #put(chunk: number, digest: Uint8Array): void {
    if (this.#known[chunk] === 0) this.#missing -= 1;
    this.#known[chunk] = 1;
    this.#digests.set(digest, chunk * DIGEST_BYTES);
  }

  async #addCut(start: number, part: Uint8Array): Promise<void> {
    const chunk = Math.floor(start / CHUNK_BYTES);
    if (part.length === 0 || this.#known[chunk] === 1) return;
    const from = chunk * CHUNK_BYTES;
    const length = Math.min(CHUNK_BYTES, this.#bytes - from);
    const cut: CutChunk = this.#cut.get(chunk) ?? {
      ...{ bytes: new Uint8Array(length), starts: new Set(), missing: length },
    };
    if (cut.starts.has(start)) return;
    this.#cut.set(chunk, cut);
    cut.bytes.set(part, start - from);
    cut.starts.add(start);
    cut.missing -= part.length;
    if (cut.missing > 0) return;
    this.#cut.delete(chunk);
    this.#known[chunk] = 1;
    const digest = await crypto.subtle.digest('SHA-256', cut.bytes);
    this.#digests.set(new Uint8Array(digest), chunk * DIGEST_BYTES);
    this.#missing -= 1;
  }
}
