import { createHash } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { PIECE_BYTES, pieceHash } from './piece-hash.ts';

afterEach(() => vi.restoreAllMocks());

const sha = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

it('is SHA-256 over that of each piece, and holds few pieces however fast they come', async () => {
  const bytes = new Uint8Array(12 * PIECE_BYTES + 5);
  for (let piece = 0; piece <= 12; piece += 1) bytes[piece * PIECE_BYTES] = piece + 1;
  const digest = crypto.subtle.digest.bind(crypto.subtle);
  let [under, most] = [0, 0];
  vi.spyOn(crypto.subtle, 'digest').mockImplementation(async (name, data) => {
    most = Math.max(most, (under += data.byteLength));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const hash = await digest(name, data);
    under -= data.byteLength;
    return hash;
  });
  const pieces = Array.from({ length: 13 }, (_, at) =>
    sha(bytes.subarray(at * PIECE_BYTES, (at + 1) * PIECE_BYTES)),
  );
  const source = Object.assign(new Blob([bytes]), { name: 'w' });
  expect(await pieceHash(source)).toBe(sha(pieces.join('\n')));
  expect(most).toBeLessThanOrEqual(4 * PIECE_BYTES);
});
