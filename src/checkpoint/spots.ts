/** Where a tensor is looked at, when checkpoints are told apart without reading them whole. */

/** Bytes of one spot: what a disk reads at least. 2048 bfloat16 weights. */
export const SPOT_BYTES = 4096;
/** Tensors up to this many bytes are one spot: they are read whole. */
const WHOLE_BYTES = 64 * 1024;
/** Strata of the smallest tensor that is not: a change of two adjacent ones, a quarter of it, is seen for sure. */
const FEWEST_STRATA = 8;

/** Bytes of a tensor, relative to its first. */
export interface Spot {
  readonly start: number;
  readonly end: number;
}

/** Equal parts that a tensor of more than 64 KiB is cut into: 8, and one more with each doubling; 19 for 128 MiB. */
export function strataOf(bytes: number): number {
  return FEWEST_STRATA + Math.floor(Math.log2(bytes / WHOLE_BYTES));
}

/**
 * The spots of a tensor, in order of their bytes: its first and last 4 KiB, and 4 KiB at a pseudo-random place in each of
 * `strataOf` equal parts; the whole of a small one; none of an empty one. Name and size decide the places, so that they are
 * the same wherever the tensor lies, and others in each tensor.
 *
 * How likely a change escapes, of a tensor cut into k strata with n weights in its k + 2 spots:
 *
 * - of a contiguous share x of the tensor (every weight of it, anywhere), with t = k x: at most 1 − t + t³/6 for t ≤ 1,
 *   (2 − t)³/6 for t ≤ 2, and 0 beyond: a contiguous tenth of a 7B's matrix (k = 19: t = 1.9) in 1 of 6000, a quarter never;
 * - of a share x scattered at random: (1 − x)^n, where a 7B's matrices have n = 43,000: one weight in a thousand in 1 of
 *   10^18, one in a hundred thousand in 2 of 3.
 *
 * Both are of one tensor. A change of several escapes with the product over them.
 *
 * @param tensor its name as stored, and its bytes
 */
export function spotsOf({ storedName, bytes }: { storedName: string; bytes: number }): readonly Spot[] {
  if (bytes === 0) return [];
  if (bytes <= WHOLE_BYTES) return [{ start: 0, end: bytes }];
  const strata = strataOf(bytes);
  const seed = hashOf(storedName);
  const inside = Array.from({ length: strata }, (_, index) => {
    const first = Math.ceil((index * bytes) / strata);
    const room = Math.floor(((index + 1) * bytes) / strata) - SPOT_BYTES - first;
    return first + Math.floor(fraction(seed, index) * (room + 1));
  });
  return [0, ...inside, bytes - SPOT_BYTES].map((start) => ({ start, end: start + SPOT_BYTES }));
}

/** FNV-1a over UTF-16. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

/** In [0, 1): the end of MurmurHash3 over a counter. */
function fraction(seed: number, index: number): number {
  let hash = seed + Math.imul(index + 1, 0x9e3779b9);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
