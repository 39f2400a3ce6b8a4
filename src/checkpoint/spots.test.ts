import { describe, expect, it } from 'vitest';
import type { ByteSource } from './byte-source.ts';
import { openCheckpoint } from './checkpoint.ts';
import { SPOT_BYTES, spotsOf, strataOf } from './spots.ts';
import { qwenTensors, SHAPE_7B, sparseCheckpoint } from './testing/qwen-layout.ts';

const MIB = 2 ** 20;
/** A matrix of a 7B's MLP. */
const UP = { storedName: 'model.layers.3.mlp.up_proj.weight', bytes: 18944 * 3584 * 2 };

/** Numbers in [0, 1) that are the same each time (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The chance that a contiguous change escapes, as `spotsOf` states it. */
function escapeOfRun(share: number, strata: number): number {
  const t = share * strata;
  if (t >= 2) return 0;
  return t <= 1 ? 1 - t + t ** 3 / 6 : (2 - t) ** 3 / 6;
}

/** How often a contiguous change of this share, anywhere in tensors of `bytes` bytes, meets no spot. */
function escaped(share: number, bytes: number, trials: number): number {
  const next = random(bytes + Math.round(share * 1e6));
  let count = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const length = Math.round(share * bytes);
    const from = Math.floor(next() * (bytes - length + 1));
    const spots = spotsOf({ storedName: `tensor ${trial}`, bytes });
    if (spots.every(({ start, end }) => end <= from || start >= from + length)) count += 1;
  }
  return count / trials;
}

describe('the spots of a tensor', () => {
  it.each([1, 2, 4095, SPOT_BYTES, 65_536])('are the whole of one of %i bytes', (bytes) => {
    expect(spotsOf({ storedName: 'a', bytes })).toEqual([{ start: 0, end: bytes }]);
  });

  it('are none of an empty one', () => {
    expect(spotsOf({ storedName: 'a', bytes: 0 })).toEqual([]);
  });

  it.each([65_537, 65_538, 131_071, MIB, 3 * MIB + 1, UP.bytes, 152_064 * 3584 * 2, 2 ** 40])(
    'of one of %i bytes are its ends, and one in each of its strata',
    (bytes) => {
      const spots = spotsOf({ ...UP, bytes });
      const strata = strataOf(bytes);
      expect(spots).toHaveLength(strata + 2);
      expect(spots.every(({ start, end }) => end - start === SPOT_BYTES)).toBe(true);
      expect([spots[0]?.start, spots.at(-1)?.end]).toEqual([0, bytes]);
      spots.slice(1, -1).forEach(({ start, end }, index) => {
        expect(start).toBeGreaterThanOrEqual((index * bytes) / strata);
        expect(end).toBeLessThanOrEqual(((index + 1) * bytes) / strata);
      });
    },
  );

  it('grow with the size, and are the same each time and others for another name', () => {
    expect([65_537, MIB, 16 * MIB, 128 * MIB, 1024 * MIB].map(strataOf)).toEqual([8, 12, 16, 19, 22]);
    expect(spotsOf(UP)).toEqual(spotsOf({ ...UP }));
    const places = (storedName: string) => spotsOf({ ...UP, storedName }).map(({ start }) => start);
    const [a, b] = [places('model.layers.3.mlp.up_proj.weight'), places('model.layers.4.mlp.up_proj.weight')];
    expect(a.slice(1, -1).filter((start) => b.includes(start))).toEqual([]);
  });

  it('lie evenly: their places in a stratum are as a uniform draw has them', () => {
    const strata = strataOf(UP.bytes);
    const places = Array.from({ length: 500 }, (_, layer) =>
      spotsOf({ ...UP, storedName: `model.layers.${layer}.mlp.up_proj.weight` })
        .slice(1, -1)
        .map(({ start }, index) => (start * strata) / UP.bytes - index),
    ).flat();
    const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
    const spread = places.reduce((sum, place) => sum + (place - mean) ** 2, 0) / places.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
    expect(Math.abs(spread - 1 / 12)).toBeLessThan(0.003);
  });
});

describe('what escapes the spots', () => {
  // 20,000 draws: a standard error of 0.35 points at most, and 0.003 points where it says 1 in 6000.
  it.each([0.001, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1])(
    'a contiguous share of %d: as the formula says',
    (share) => {
      const [expected, seen] = [escapeOfRun(share, strataOf(UP.bytes)), escaped(share, UP.bytes, 20_000)];
      expect(Math.abs(seen - expected)).toBeLessThan(0.013);
    },
  );

  it.each([70_000, 200_000, MIB])(
    'nor more of a tensor of %i bytes, of which spots are a larger part',
    (bytes) => {
      for (const share of [0.005, 0.02, 0.05, 0.1, 0.15])
        expect(escaped(share, bytes, 4000)).toBeLessThan(escapeOfRun(share, strataOf(bytes)) + 0.025);
    },
  );

  it.each([65_537, 100_000, MIB, 10 * MIB, UP.bytes, 1090 * MIB])(
    'nothing contiguous of two strata, so no quarter, of %i bytes, wherever it begins',
    (bytes) => {
      const spots = spotsOf({ ...UP, bytes });
      // The longest run between two spots, which is the longest change that can escape.
      const gaps = spots.slice(1).map(({ start }, index) => start - (spots[index]?.end ?? 0));
      expect(Math.max(...gaps)).toBeLessThan(bytes / 4);
      expect(Math.max(...gaps)).toBeLessThan((2 * bytes) / strataOf(bytes));
    },
  );

  it('scattered weights: a share x with (1 − x)^n', () => {
    // Of one in 20,000 weights: (1 − 1/20000)^(21 · 2048) = 0.1164.
    const weights = spotsOf(UP).length * (SPOT_BYTES / 2);
    expect(weights).toBe(43_008);
    const [share, trials] = [1 / 20_000, 4000];
    const next = random(7);
    const length = UP.bytes / 2;
    let count = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const spots = spotsOf({ ...UP, storedName: `t${trial}` }).map(
        ({ start, end }) => [start / 2, end / 2] as const,
      );
      let met = false;
      // The gaps between changed weights are geometric.
      for (let at = gap(next(), share); at < length && !met; at += gap(next(), share))
        met = spots.some(([start, end]) => at >= start && at < end);
      if (!met) count += 1;
    }
    expect(Math.abs(count / trials - (1 - share) ** weights)).toBeLessThan(0.02);
  });
});

function gap(uniform: number, share: number): number {
  return 1 + Math.floor(Math.log(1 - uniform) / Math.log(1 - share));
}

describe('a 7B checkpoint whose weights differ in part', () => {
  const tensors = qwenTensors(SHAPE_7B);
  /** The fingerprint of shards whose bytes are 1, and 0 where `zeroed` says so. */
  const printed = async (
    zeroed: (tensor: string, from: number, bytes: number) => readonly [number, number] | null,
  ) => {
    const { files } = sparseCheckpoint(tensors, 5, 1);
    const { tensors: entries } = await openCheckpoint(files);
    const changed = new Map<string, ByteSource>(
      [...files].map(([name, source]) => {
        const inside = [...entries.values()].filter(({ file }) => file === name);
        const slice = (start: number, end: number) => ({
          arrayBuffer: async () => {
            const bytes = new Uint8Array(await source.slice(start, end).arrayBuffer());
            for (const entry of inside) {
              if (entry.start >= end || entry.end <= start) continue;
              const range = zeroed(entry.name, entry.start, entry.bytes);
              if (range) bytes.fill(0, Math.max(0, range[0] - start), Math.max(0, range[1] - start));
            }
            return bytes.buffer;
          },
        });
        return [name, { name, size: source.size, slice }] as const;
      }),
    );
    changed.set('model.safetensors.index.json', files.get('model.safetensors.index.json') as ByteSource);
    return (await openCheckpoint(changed)).fingerprint;
  };
  const isMatrix = (name: string) => /layers\..*(proj)\.weight$/.test(name);

  it('a quarter of every matrix zeroed, whichever quarter, is another checkpoint', async () => {
    const quarter = (which: number) =>
      printed((name, from, bytes) =>
        isMatrix(name)
          ? [from + Math.floor((which * bytes) / 4), from + Math.floor(((which + 1) * bytes) / 4)]
          : null,
      );
    const prints = await Promise.all([printed(() => null), quarter(0), quarter(1), quarter(2), quarter(3)]);
    expect(new Set(prints).size).toBe(5);
  });

  it('a quarter of one matrix, a tensor in four, the last weight of one: each another', async () => {
    const one = 'model.layers.13.mlp.down_proj.weight';
    const prints = await Promise.all([
      printed(() => null),
      printed((name, from, bytes) =>
        name === one ? [from + 1001, from + 1001 + Math.ceil(bytes / 4)] : null,
      ),
      printed((name, from, bytes) => (/layers\.\d*[048]\./.test(name) ? [from, from + bytes] : null)),
      printed((name, from, bytes) => (name === one ? [from + bytes - 2, from + bytes] : null)),
      printed((name, from) => (name === one ? [from, from + 1] : null)),
    ]);
    expect(new Set(prints).size).toBe(5);
  });
});
