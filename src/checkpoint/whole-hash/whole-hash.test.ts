import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES, hashPart } from './part.ts';
import { TensorHash } from './tensor-hash.ts';

/** Bytes that differ everywhere. */
const content = (length: number): Uint8Array<ArrayBuffer> => {
  const words = new Uint32Array(Math.ceil(length / 4)).map((_, index) => Math.imul(index + 1, 0x9e3779b1));
  return new Uint8Array(words.buffer, 0, length);
};
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** As it is defined: SHA-256 over the SHA-256 of each 256 KiB. */
function expected(bytes: Uint8Array): string {
  const digests: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 262_144) digests.push(sha256(bytes.subarray(at, at + 262_144)));
  return sha256(Buffer.concat(digests)).toString('hex');
}

/** Hashes `bytes` cut at these places, parts in this order; every answer of `add`. */
async function hashed(
  bytes: Uint8Array<ArrayBuffer>,
  cuts: readonly number[],
  order: (parts: number) => number[],
) {
  const ends = [...new Set([...cuts.filter((cut) => cut > 0 && cut < bytes.length), bytes.length])].sort(
    (a, b) => a - b,
  );
  const parts = ends.map((end, index) => ({ start: ends[index - 1] ?? 0, end }));
  const tensor = new TensorHash(bytes.length);
  return Promise.all(
    order(parts.length).map(async (index) => {
      const { start, end } = parts[index] as (typeof parts)[number];
      const part = await hashPart(bytes.slice(start, end), { start, tensorBytes: bytes.length });
      return tensor.add(part);
    }),
  );
}
const inOrder = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('the hash of a tensor', () => {
  it.each([1, 2, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 5 * CHUNK_BYTES + 12_345])(
    'of %i bytes is the hash of its chunks, read whole or cut anywhere',
    async (length) => {
      const bytes = content(length);
      expect(await hashed(bytes, [], inOrder)).toEqual([expected(bytes)]);
      const rows = Array.from({ length: Math.floor(length / 71_680) }, (_, index) => (index + 1) * 71_680);
      expect((await hashed(bytes, rows, inOrder)).filter((hash) => hash !== null)).toEqual([expected(bytes)]);
    },
  );

  it('does not depend on cuts, nor on the order of parts, and is told once', async () => {
    const length = 3 * CHUNK_BYTES + 777;
    const bytes = content(length);
    const hash = expected(bytes);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: length - 1 }), { maxLength: 12 }),
        fc.infiniteStream(fc.nat()),
        async (cuts, draws) => {
          const shuffled = (count: number) =>
            inOrder(count)
              .map((index) => [draws.next().value as number, index] as const)
              .sort(([a], [b]) => a - b)
              .map(([, index]) => index);
          const told = (await hashed(bytes, cuts, shuffled)).filter((answer) => answer !== null);
          expect(told).toEqual([hash]);
        },
      ),
      { numRuns: 60, seed: 13 },
    );
  });

  it('is the same when parts come twice', async () => {
    const bytes = content(2 * CHUNK_BYTES + 9);
    const twice = (count: number) => inOrder(count).flatMap((index) => [index, index]);
    const told = await hashed(bytes, [100, CHUNK_BYTES + 5, 2 * CHUNK_BYTES + 1], twice);
    expect(told.filter((hash) => hash !== null)).toEqual([expected(bytes)]);
  });

  it('is not there while a byte is missing', async () => {
    const bytes = content(2 * CHUNK_BYTES);
    const tensor = new TensorHash(bytes.length);
    const place = (start: number) => ({ start, tensorBytes: bytes.length });
    expect(await tensor.add(await hashPart(bytes.slice(0, CHUNK_BYTES + 4), place(0)))).toBeNull();
    expect(await tensor.add(await hashPart(bytes.slice(CHUNK_BYTES + 5), place(CHUNK_BYTES + 5)))).toBeNull();
    const last = await hashPart(bytes.slice(CHUNK_BYTES + 4, CHUNK_BYTES + 5), place(CHUNK_BYTES + 4));
    expect(await tensor.add(last)).toBe(expected(bytes));
  });

  it('is another when any bit is', async () => {
    const bytes = content(CHUNK_BYTES + 100);
    for (const at of [0, 1000, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 99]) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] as number) ^ 1;
      const [hash] = await hashed(flipped, [], inOrder);
      expect(hash).toBe(expected(flipped));
      expect(hash).not.toBe(expected(bytes));
    }
  });

  it('takes bytes as they were when they were handed over', async () => {
    const bytes = content(2 * CHUNK_BYTES + 50);
    const given = bytes.slice();
    const part = hashPart(given, { start: 0, tensorBytes: bytes.length });
    given.fill(0);
    expect(await new TensorHash(bytes.length).add(await part)).toBe(expected(bytes));
  });
});
