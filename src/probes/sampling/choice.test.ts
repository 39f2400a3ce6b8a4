import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { sampleIndices } from './choice.ts';
import { Mt19937 } from './mt19937.ts';

const golden = JSON.parse(
  await readFile(new URL('../../../tools/goldens/data/expected/probes.json', import.meta.url), 'utf8'),
) as { samples: { n: number; k: number; seed: number; chosen: number[] }[] };

describe('samples', () => {
  it.each(golden.samples)('$k of $n with seed $seed are those of NumPy', ({ n, k, seed, chosen }) => {
    expect(chosen).toHaveLength(k);
    expect(sampleIndices(n, { samples: k, seed })).toEqual(chosen);
  });

  it('are all, in order, where as many or more are asked for', () => {
    expect(sampleIndices(3, { samples: 5, seed: 1 })).toEqual([0, 1, 2]);
    expect(sampleIndices(3, { samples: null, seed: 1 })).toEqual([0, 1, 2]);
  });

  it('begin with the numbers that the twister’s authors publish for seed 5489', () => {
    const random = new Mt19937(5489);
    expect([random.next(), random.next(), random.next()]).toEqual([3499211612, 581869302, 3890346734]);
  });

  it.each([-1, 2 ** 32, 0.5])('refuse seed %d, as NumPy does', (seed) => {
    expect(() => sampleIndices(10, { samples: 2, seed })).toThrow(RangeError);
  });
});
