import { describe, expect, it } from 'vitest';
import { isOfCheckpoint, isOutdatedBy, keptKey } from './kept.ts';
import { describeCopy, layOut, parseManifest, writeManifest } from './kept-manifest.ts';
import type { PlannedWeight } from './plan.ts';

const PLAN: readonly PlannedWeight[] = ['a', 'b'].map((name) => ({
  ...{ tensor: name, firstRow: 0, rows: 4, columns: 32, format: 'f32' as const, block: 32 as const },
  slots: [{ name, type: 'float32' as const, dims: [4, 32] }],
}));
const error = {
  ...{ relativeFrobenius: 0.01, maxAbs: 0.5 },
  worstTensor: { name: 'a', relativeFrobenius: 0.02 },
};
const pieces = new Map(layOut(PLAN).slots.map(({ name, bytes }) => [name, [[0, bytes, 7]] as const]));
const manifest = describeCopy(PLAN, pieces, {
  name: 'IN',
  dtype: 'q4',
  error,
  source: { dates: { a: 1 }, hashes: { t: 'h' } },
});

describe('the manifest of a kept copy', () => {
  it('comes back as it was written', () => {
    expect(manifest).not.toBeNull();
    if (manifest) expect(parseManifest(writeManifest(manifest))).toEqual(manifest);
  });

  it('does not count with any bit of it flipped, nor cut short anywhere', () => {
    if (!manifest) throw new Error('no manifest');
    const bytes = new TextEncoder().encode(writeManifest(manifest));
    const taken: number[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      if (parseManifest(new TextDecoder().decode(flipped))) taken.push(bit);
    }
    expect(taken).toEqual([]);
    for (let length = 0; length < bytes.length; length += 1)
      expect(parseManifest(new TextDecoder().decode(bytes.subarray(0, length)))).toBeNull();
  });

  it('of an older version does not count', () => {
    if (!manifest) throw new Error('no manifest');
    expect(parseManifest(writeManifest({ ...manifest, version: 1 as never }))).toBeNull();
    expect(parseManifest(JSON.stringify(manifest))).toBeNull();
  });
});

describe('the name of a kept copy', () => {
  const [print, other] = ['ab'.repeat(32), 'cd'.repeat(32)];
  const key = keptKey(print, 'q4', PLAN);

  it('names checkpoint, dtype, plan, and the modules that convert', () => {
    const others = [
      keptKey(other, 'q4', PLAN),
      keptKey(print, 'q8', PLAN),
      keptKey(print, 'q4', PLAN.slice(1)),
      keptKey(print, 'q4', PLAN, '0'.repeat(64)),
    ];
    expect(new Set([key, ...others]).size).toBe(5);
    expect(keptKey(print, 'q4', [...PLAN])).toBe(key);
    expect([key, ...others].map((name) => isOfCheckpoint(name, print))).toEqual([
      true,
      false,
      true,
      true,
      true,
    ]);
  });

  it('tells which copies other code made of the same weights', () => {
    const older = keptKey(print, 'q4', PLAN, '0'.repeat(64));
    const outdated = [
      older,
      keptKey(print, 'q8', PLAN, '0'.repeat(64)),
      keptKey(other, 'q4', PLAN, '0'),
      key,
      'x-q4',
    ];
    expect(outdated.map((name) => isOutdatedBy(name, key))).toEqual([true, false, false, false, false]);
    // As they were called before.
    expect(isOutdatedBy(`${print.slice(0, 32)}-q4-600`, key)).toBe(true);
  });
});
