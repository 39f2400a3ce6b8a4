import { describe, expect, it } from 'vitest';
import { values } from '../graph/testing/random.ts';
import { argmax, sampleToken } from './sampling.ts';
import { seededRandom } from '../work/seeded-random.ts';

const DRAWS = 20_000;

/** How often each token comes out of many draws. */
function counts(
  logits: Float32Array,
  sampling: { temperature: number; topK?: number; topP?: number },
): number[] {
  const random = seededRandom(5);
  const found = Array<number>(logits.length).fill(0);
  for (let draw = 0; draw < DRAWS; draw++) {
    const token = sampleToken(logits, { ...sampling, seed: 0 }, random);
    found[token] = (found[token] ?? 0) + 1;
  }
  return found;
}

/** Pearson's statistic of `found` against the shares of `weights`; tokens of weight 0 must not come up. */
function chiSquare(found: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return found.reduce((sum, count, token) => {
    const expected = (DRAWS * (weights[token] as number)) / total;
    if (expected === 0) return sum + (count === 0 ? 0 : Infinity);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

describe('seededRandom', () => {
  it('is mulberry32', () => {
    const random = seededRandom(0);
    // First outputs of the reference implementation for seed 0.
    expect([random(), random(), random()]).toEqual([
      0.26642920868471265, 0.0003297457005828619, 0.2232720274478197,
    ]);
  });

  it('gives numbers in [0, 1), other ones for another seed', () => {
    const [a, b] = [seededRandom(1), seededRandom(2)];
    const drawn = Array.from({ length: 1000 }, () => a());
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(drawn.reduce((sum, value) => sum + value, 0) / 1000).toBeCloseTo(0.5, 1);
    expect(b()).not.toBe(drawn[0]);
  });
});

describe('argmax', () => {
  it('names the lowest index of the largest', () => {
    expect(argmax(Float32Array.of(-3, 2, 5, 5, 1))).toBe(2);
    expect(argmax(Float32Array.of(-Infinity, -Infinity))).toBe(0);
  });
});

describe('sampleToken', () => {
  const logits = Float32Array.of(1, 3, 0.5, 2, 2, -1, 2.5, -Infinity);
  const powers = (temperature: number): number[] => [...logits].map((logit) => Math.exp(logit / temperature));
  // 99.9 % of chi-square with 6 degrees of freedom lie below 22.5; the seed is fixed.
  const BOUND = 22.5;

  it.each([0.5, 1, 3])('at temperature %d draws from the softmax', (temperature) => {
    expect(chiSquare(counts(logits, { temperature }), powers(temperature))).toBeLessThan(BOUND);
  });

  it('keeps the topK most likely, of equal ones the lower ids', () => {
    const kept = powers(1).map((power, token) => ([1, 6, 3].includes(token) ? power : 0));
    expect(chiSquare(counts(logits, { temperature: 1, topK: 3 }), kept)).toBeLessThan(BOUND);
  });

  it('keeps the smallest set of share topP', () => {
    // Shares in order: token 1 0.385, 6 0.233, 3 0.142, 4 0.142, …: 0.7 takes three of them.
    const kept = powers(1).map((power, token) => ([1, 6, 3].includes(token) ? power : 0));
    expect(chiSquare(counts(logits, { temperature: 1, topP: 0.7 }), kept)).toBeLessThan(BOUND);
  });

  it('takes topP of what topK leaves', () => {
    // Of tokens 1 and 6 the first has 0.62: topP 0.6 leaves it alone.
    const found = counts(logits, { temperature: 1, topK: 2, topP: 0.6 });
    expect(found[1]).toBe(DRAWS);
  });

  it.each([
    { temperature: 0 },
    { temperature: 1, topK: 1 },
    { temperature: 1, topK: 0 },
    { temperature: 1, topP: 0 },
    { temperature: 1, topP: 1e-9 },
    { temperature: 1e-6 },
  ])('with %j is greedy', (sampling) => {
    expect(counts(logits, sampling)[1]).toBe(DRAWS);
  });

  it('greedy and topK 1 name the lowest id on a tie', () => {
    const tie = Float32Array.of(0, 4, 4, 4);
    expect(sampleToken(tie, { temperature: 0, seed: 0 }, Math.random)).toBe(1);
    expect(sampleToken(tie, { temperature: 1, topK: 1, seed: 0 }, () => 0.999)).toBe(1);
  });

  it('a limit that excludes nothing changes no draw', () => {
    const [a, b] = [seededRandom(3), seededRandom(3)];
    for (let draw = 0; draw < 200; draw++) {
      const plain = sampleToken(logits, { temperature: 1, seed: 0 }, a);
      expect(sampleToken(logits, { temperature: 1, topK: 8, topP: 1, seed: 0 }, b)).toBe(plain);
    }
  });

  it('never draws an impossible token, at either end of the random numbers', () => {
    const edges = Float32Array.of(-Infinity, 0, 0, -Infinity);
    expect(sampleToken(edges, { temperature: 1, seed: 0 }, () => 0)).toBe(1);
    expect(sampleToken(edges, { temperature: 1, seed: 0 }, () => 1 - 2 ** -53)).toBe(2);
  });

  it.each([NaN, Infinity])('refuses logits with %d', (bad) => {
    for (const at of [0, 3]) {
      const broken = logits.slice();
      broken[at] = bad;
      const draw = (): number => sampleToken(broken, { temperature: 1, seed: 0 }, () => 0.5);
      expect(draw).toThrow(expect.objectContaining({ name: 'NonFiniteLogits' }) as Error);
    }
  });

  it.each([{}, { topK: 50 }, { topP: 0.95 }, { topK: 1000, topP: 0.9 }])(
    'of the 7B vocabulary takes a small part of a decode step with %j',
    (limits) => {
      const wide = values(152_064, 9, 8);
      const random = seededRandom(1);
      const times = Array.from({ length: 5 }, () => {
        const before = process.cpuUsage();
        sampleToken(wide, { temperature: 1, seed: 0, ...limits }, random);
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1000;
      });
      // The quickest of five, of the processor: for machines with other work.
      expect(Math.min(...times)).toBeLessThan(50);
    },
  );
});
