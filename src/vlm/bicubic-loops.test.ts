import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quickLoops } from './bicubic-loops.ts';
import { PLAIN_LOOPS, resizeBicubic } from './bicubic.ts';

/** Noise of black and white, by which sums leave 0…255, in some of the picture. */
function picture(width: number, height: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: 3 * width * height }, (_, at) => {
    const noise = Math.imul(at + seed, 0x9e3779b1) >>> 24;
    return at % 7 < 4 ? (noise < 128 ? 0 : 255) : noise;
  });
}

it('are WebAssembly here, and give the same bytes as the plain ones', () => {
  expect(quickLoops()).not.toBe(PLAIN_LOOPS);
  const side = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(side, side, side, side, fc.nat(1000), fc.boolean(), (width, height, wide, high, seed, by) => {
      const rgb = picture(width, height, seed);
      const passes = by ? 'by-sizes' : 'rows-first';
      const quick = resizeBicubic(rgb, width, height, wide, high, passes, quickLoops());
      expect(quick).toEqual(resizeBicubic(rgb, width, height, wide, high, passes));
    }),
  );
});

it('a picture that takes more memory than they keep comes out alike', () => {
  const [width, height] = [2400, 2400];
  const rgb = new Uint8Array(3 * width * height);
  rgb.set(picture(width, 100, 1), 3 * width * 1000);
  const quick = resizeBicubic(rgb, width, height, 56, 28, 'by-sizes', quickLoops());
  expect(quick).toEqual(resizeBicubic(rgb, width, height, 56, 28));
});
