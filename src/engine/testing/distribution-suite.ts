/** Numbers of distributions against double precision, the same suite on every device. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  divergenceOf,
  entropyOf,
  likeliestOf,
  logprobsOf,
  rankOf,
} from '../../graph/testing/distribution-reference.ts';
import { values } from '../../graph/testing/random.ts';
import type { Backend } from '../backend/backend.ts';
import { Distributions } from '../distribution.ts';
import type { Normalized, RowScores } from '../distribution.ts';
import { GraphStore } from '../graph-store.ts';

const LOWEST = -3.4028234663852886e38;
/** Of what single precision can tell of a logarithm: relative, and near 0 absolute. */
const TOLERANCE = 3e-6;
/** Terms are all of one sign, and each is exact but for the rounding of ln p and ln q. */
const DIVERGENCE_TOLERANCE = 1e-3;

/** One group; twenty of twenty; the vocabulary of Qwen2.5-VL-7B, with fewer rows. */
const SIZES = [101, 400, 152_064] as const;
const LARGE = 1000;

interface Row {
  readonly what: string;
  readonly logits: Float32Array;
  readonly token: number;
}

/** Logits `[size]`, `change`d by index. */
function row(
  what: string,
  size: number,
  token: number,
  change: (value: number, index: number) => number,
): Row {
  return { what, logits: values(size, 1, 5).map(change), token };
}

/** What a model may say, and what none should. */
function rowsOf(size: number): readonly Row[] {
  const tied = new Set([3, 50, 51, size - 1]);
  return [
    row('usual logits', size, 7, (value) => value),
    row('a likely token', size, 11, (value, index) => (index === 11 ? 40 : value)),
    row('an unlikely token', size, 12, (value, index) => (index === 11 ? 40 : value)),
    row('the greatest, four times', size, 50, (value, index) => (tied.has(index) ? 9 : value)),
    row('below four equal ones', size, 52, (value, index) => (tied.has(index) ? 9 : value)),
    row('all equal', size, 60, () => -3),
    row('in the ten thousands', size, 20, (value, index) => (index === 20 ? 10_050 : 10_000 + 10 * value)),
    row('beyond every exponential', size, 0, (value, index) => (index === 1 ? 1e37 : 1e36 * value)),
    row('the lowest number but for three', size, 2, (value, index) => (index < 3 ? value : LOWEST)),
    row('a token of the lowest number', size, 5, (value, index) => (index < 3 ? value : LOWEST)),
  ];
}

/** Close, relative to the expected value where that is above 1. */
function expectNear(found: number | undefined, expected: number, tolerance: number, label: string): void {
  const error = Math.abs((found ?? NaN) - expected) / Math.max(1, Math.abs(expected));
  expect(error, `${label}: ${found} for ${expected}`).toBeLessThan(tolerance);
}

export function describeDistributions(device: string, createBackend: () => Promise<Backend>): void {
  describe(`distributions on ${device}`, () => {
    let backend: Backend;
    let distributions: Distributions;
    beforeAll(async () => {
      backend = await createBackend();
      distributions = new Distributions(backend, new GraphStore(backend));
    });
    afterAll(() => backend.destroy());

    const scored = async (
      rows: readonly Row[],
      alternatives = 0,
    ): Promise<{ readonly rows: readonly RowScores[]; readonly normalized: Normalized }> => {
      const size = rows[0]?.logits.length ?? 0;
      const all = new Float32Array(rows.length * size);
      rows.forEach(({ logits }, index) => all.set(logits, index * size));
      return distributions.scores(
        backend.upload('float32', [rows.length, size], all),
        rows.map(({ token }) => token),
        alternatives,
      );
    };

    it.each([101, 400, 152_064])(
      'log-probability, rank, entropy and likeliest tokens of %i',
      async (size) => {
        const rows = rowsOf(size);
        const count = 6;
        const { rows: found, normalized } = await scored(rows, count);
        distributions.release(normalized);
        rows.forEach(({ what, logits, token }, index) => {
          const expected = logprobsOf(logits);
          const scores = found[index];
          expectNear(scores?.logprob, expected[token] as number, TOLERANCE, `${what}: ln p`);
          expectNear(scores?.entropy, entropyOf(expected), TOLERANCE, `${what}: entropy`);
          expect(scores?.rank, `${what}: rank`).toBe(rankOf(logits, token));
          const likeliest = likeliestOf(logits, count);
          expect(
            scores?.likeliest.map((one) => one.token),
            what,
          ).toEqual(likeliest);
          likeliest.forEach((one, place) =>
            expectNear(
              scores?.likeliest[place]?.logprob,
              expected[one] as number,
              TOLERANCE,
              `${what}: place ${place}`,
            ),
          );
        });
        expect(backend.heldBytes).toBe(0);
      },
    );

    it.each(SIZES)('the divergence of distributions over %i', async (size) => {
      const usual = row('usual', size, 0, (value) => value);
      const noise = values(size, 2, 1);
      const near = (scale: number): Row =>
        row(`off by ${scale}`, size, 0, (value, index) => value + scale * (noise[index] as number));
      const all: readonly (readonly [Row, Row])[] = [
        [usual, row('unlike', size, 0, (value, index) => value + 5 * (noise[index] as number))],
        [usual, near(0.3)],
        [usual, near(1e-2)],
        [usual, near(1e-3)],
        [near(1e-2), usual],
        ...rowsOf(size)
          .slice(1, 7)
          .map((one) => [one, usual] as const),
        ...rowsOf(size)
          .slice(1, 7)
          .map((one) => [usual, one] as const),
        [
          row('here', size, 0, (value, index) => (index === 1 ? 80 : value)),
          row('there', size, 0, (value, index) => (index === 2 ? 80 : value)),
        ],
        [row('some never', size, 0, (value, index) => (index < 3 ? value : LOWEST)), usual],
      ];
      const pairs = size < LARGE ? all : all.slice(0, 4);
      const [p, q] = [await scored(pairs.map(([one]) => one)), await scored(pairs.map(([, other]) => other))];
      const found = await distributions.divergence(p.normalized, q.normalized);
      for (const { normalized } of [p, q]) distributions.release(normalized);
      pairs.forEach(([one, other], index) => {
        const expected = divergenceOf(logprobsOf(one.logits), logprobsOf(other.logits));
        const label = `${one.what} from ${other.what}: ${found[index]} for ${expected}`;
        expect(Math.abs((found[index] as number) / expected - 1), label).toBeLessThan(DIVERGENCE_TOLERANCE);
      });
      expect(backend.heldBytes).toBe(0);
    });

    it('models that agree do not diverge, whatever is added to all logits', async () => {
      const usual = row('usual', 400, 0, (value) => value);
      const raised = row('raised', 400, 0, (value) => value + 3);
      const [p, q] = [await scored([usual, usual]), await scored([usual, raised])];
      const [same, shifted] = await distributions.divergence(p.normalized, q.normalized);
      for (const { normalized } of [p, q]) distributions.release(normalized);
      expect(same).toBe(0);
      expect(shifted).toBeGreaterThanOrEqual(0);
      expect(shifted).toBeLessThan(1e-12);
    });

    it('logits that are no distribution are refused', async () => {
      for (const wrong of [NaN, Infinity, -Infinity]) {
        const broken = row('broken', 400, 0, (value, index) => (index === 217 ? wrong : value));
        await expect(
          scored([row('usual', 400, 0, (value) => value), broken]),
          `${wrong}`,
        ).rejects.toMatchObject({
          name: 'NonFiniteLogits',
        });
      }
    });
  });
}
