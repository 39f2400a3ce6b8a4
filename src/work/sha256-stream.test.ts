import { expect, it } from 'vitest';
import { seededRandom } from './seeded-random.ts';
import { sha256Hex } from './sha256.ts';
import { Sha256Stream } from './sha256-stream.ts';

function inParts(bytes: Uint8Array, sizes: readonly number[]): string {
  const stream = new Sha256Stream();
  let at = 0;
  for (let part = 0; at < bytes.length; part += 1) {
    const size = sizes[part % sizes.length] as number;
    stream.add(bytes.subarray(at, at + size));
    at += size;
  }
  return stream.hex();
}

it.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000, 200_003])(
  'is that of all %i bytes, in whatever parts they come',
  async (length) => {
    const next = seededRandom(length);
    const bytes = Uint8Array.from({ length }, () => Math.floor(next() * 256));
    const expected = await sha256Hex(bytes);
    for (const sizes of [[length + 1], [1], [64], [63, 2, 700]]) expect(inParts(bytes, sizes)).toBe(expected);
  },
);

it('has the digest of the standard', () => {
  const abc = new TextEncoder().encode('abc');
  expect(inParts(abc, [3])).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
