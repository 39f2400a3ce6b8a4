import { describe, expect, it } from 'vitest';
import { failureOf } from '../../checkpoint/testing/files.ts';
import { accuracyOf } from '../accuracy.ts';
import type { MatrixOperator } from '../backend.ts';
import { CpuBackend } from '../cpu-backend.ts';
import { jacobiSvd } from '../exact/jacobi.ts';
import { spectrumMetrics } from '../metrics.ts';
import type { GoldenMatrix } from '../testing/golden-matrices.ts';
import { goldenMatrix } from '../testing/golden-matrices.ts';
import { inlineThreads } from '../threads/inline.ts';
import { Dense } from './dense.ts';
import { estimateSpectrum } from './estimate.ts';
import { orthonormalBeside } from './orthonormal.ts';
import { subspaceOverlap } from './subspace-overlap.ts';
import { symmetricEigen } from './symmetric-eigen.ts';
import { gaussian, topSingular } from './top-singular.ts';
import { seededRandom } from '../../work/seeded-random.ts';

const cpu = new CpuBackend(inlineThreads());

const WIDE: GoldenMatrix = { name: 'wide', kind: 'graded', rows: 150, columns: 210, seed: 41, ratio: 0.93 };
const TALL: GoldenMatrix = { name: 'tall', kind: 'graded', rows: 211, columns: 149, seed: 42, ratio: 0.93 };
const FLAT: GoldenMatrix = { name: 'flat', kind: 'random', rows: 300, columns: 420, seed: 43 };
const LOW: GoldenMatrix = { name: 'rank 7', kind: 'low_rank', rows: 120, columns: 90, seed: 44, rank: 7 };

const operatorOf = (golden: GoldenMatrix): Promise<MatrixOperator> =>
  cpu.operator(goldenMatrix(golden), golden.rows, golden.columns);
const valuesOf = (golden: GoldenMatrix): Promise<Float64Array> =>
  cpu.singularValues(goldenMatrix(golden), golden.rows, golden.columns);

describe('products on the CPU', () => {
  it.each([
    [5, 7, 3],
    [130, 300, 17],
    [300, 129, 8],
  ])('of %i × %i with %i vectors are those of float64', async (rows, columns, count) => {
    const random = seededRandom(5);
    const make = (length: number): Float32Array<ArrayBuffer> =>
      Float32Array.from({ length }, () => random() - 0.5);
    const [a, x, y] = [make(rows * columns), make(columns * count), make(rows * count)];
    const operator = await cpu.operator(a.slice(), rows, columns);
    const [forward, backward] = [await operator.times(x, count), await operator.transposeTimes(y, count)];
    const worst = (actual: Float32Array, expected: (row: number, c: number) => number): number =>
      actual.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - expected(Math.floor(i / count), i % count))),
        0,
      );
    const at = (matrix: Float32Array, i: number): number => matrix[i] as number;
    const sum = (length: number, term: (k: number) => number): number =>
      Array.from({ length }, (_, k) => term(k)).reduce((total, value) => total + value, 0);
    expect(
      worst(forward, (row, c) => sum(columns, (k) => at(a, row * columns + k) * at(x, k * count + c))),
    ).toBeLessThan(5e-6);
    expect(
      worst(backward, (column, c) => sum(rows, (k) => at(a, k * columns + column) * at(y, k * count + c))),
    ).toBeLessThan(5e-6);
  });

  it('in float64 are exact for integers', async () => {
    const dense = await Dense.create();
    const [n, a, b] = [37, 5, 9];
    const x = Float64Array.from({ length: n * a }, (_, i) => (i % 7) - 3);
    const y = Float64Array.from({ length: n * b }, (_, i) => (i % 5) - 2);
    const c = dense.transposeProduct(x, a, y, b);
    const back = dense.product(x, a, c, b);
    for (let i = 0; i < a; i++) {
      for (let j = 0; j < b; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += (x[k * a + i] as number) * (y[k * b + j] as number);
        expect(c[i * b + j]).toBe(sum);
      }
    }
    const first = Array.from({ length: a }, (_, k) => (x[3 * a + k] as number) * (c[k * b + 2] as number));
    expect(back[3 * b + 2]).toBe(first.reduce((sum, value) => sum + value, 0));
  });
});

describe('small dense problems', () => {
  it('eigenpairs of a symmetric matrix reproduce it', () => {
    const n = 40;
    const random = seededRandom(6);
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = random() - 0.5;
    const { values, vectors } = symmetricEigen(a, n);
    let worst = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        let unit = 0;
        for (let k = 0; k < n; k++) {
          sum += (values[k] as number) * (vectors[i * n + k] as number) * (vectors[j * n + k] as number);
          unit += (vectors[k * n + i] as number) * (vectors[k * n + j] as number);
        }
        worst = Math.max(worst, Math.abs(sum - (a[i * n + j] as number)), Math.abs(unit - (i === j ? 1 : 0)));
      }
    }
    expect(worst).toBeLessThan(1e-13);
    expect([...values]).toEqual([...values].sort((x, y) => y - x));
  });

  it('a basis is orthonormal beside another, without dependent directions', async () => {
    const dense = await Dense.create();
    const n = 60;
    const one = orthonormalBeside(dense, null, 0, gaussian(n * 6, seededRandom(7)), 6);
    const block = gaussian(n * 5, seededRandom(8));
    // The last column repeats the first.
    for (let row = 0; row < n; row++) block[row * 5 + 4] = 2 * (block[row * 5] as number);
    const two = orthonormalBeside(dense, one.vectors, one.count, block, 5);
    expect([one.count, two.count]).toEqual([6, 4]);
    const across = dense.transposeProduct(one.vectors, 6, two.vectors, 4);
    expect(Math.max(...across.map(Math.abs))).toBeLessThan(1e-14);
    const within = dense.transposeProduct(two.vectors, 4, two.vectors, 4);
    within.forEach((value, i) => expect(value).toBeCloseTo(i % 5 === 0 ? 1 : 0, 13));
  });
});

describe('topSingular', () => {
  it.each([WIDE, TALL])(
    'converges to the values and vectors of a falling spectrum ($name)',
    async (golden) => {
      const { rows, columns } = golden;
      const exact = await valuesOf(golden);
      const top = await topSingular(await operatorOf(golden), { k: 20, seed: 1, depth: 3 });
      expect(top.values).toHaveLength(20);
      top.values.forEach((value, i) =>
        expect(Math.abs(value - (exact[i] as number))).toBeLessThan(1e-5 * (exact[0] as number)),
      );
      // A v = σ u, from the matrix itself.
      const a = goldenMatrix(golden);
      for (const i of [0, 7]) {
        let worst = 0;
        for (let row = 0; row < rows; row++) {
          let sum = 0;
          for (let k = 0; k < columns; k++)
            sum += (a[row * columns + k] as number) * (top.right[k * 20 + i] as number);
          worst = Math.max(
            worst,
            Math.abs(sum - (top.values[i] as number) * (top.left[row * 20 + i] as number)),
          );
        }
        expect(worst).toBeLessThan(1e-4 * (exact[0] as number));
      }
    },
  );

  it('finds no more values than the rank', async () => {
    const exact = await valuesOf(LOW);
    const top = await topSingular(await operatorOf(LOW), { k: 12, seed: 1, depth: 2 });
    for (let i = 0; i < 12; i++)
      expect(Math.abs((top.values[i] ?? 0) - (exact[i] as number))).toBeLessThan(1e-5 * (exact[0] as number));
  });

  it('gives the same for the same seed', async () => {
    const run = async (seed: number): Promise<Float64Array> =>
      (await topSingular(await operatorOf(FLAT), { k: 5, seed, depth: 1 })).values;
    expect(await run(3)).toEqual(await run(3));
    expect(await run(3)).not.toEqual(await run(4));
  });
});

describe('estimateSpectrum', () => {
  it.each([WIDE, TALL, FLAT, LOW])('lies within its error bars ($name)', async (golden) => {
    const { rows, columns } = golden;
    const values = await valuesOf(golden);
    const exact = spectrumMetrics(values, { topK: 20, accuracy: accuracyOf('cpu', Math.min(rows, columns)) });
    const estimate = await estimateSpectrum(await operatorOf(golden), exact.frobeniusNorm, {
      topK: 20,
      seed: 9,
    });
    const { standardErrors } = estimate;
    // Four standard errors of eight probes (some 1 in 200 for Student's t with seven degrees), beside float32 rounding.
    const within = (key: 'nuclearNorm' | 'effectiveRank'): void =>
      expect(Math.abs(estimate[key] - exact[key])).toBeLessThan(4 * standardErrors[key] + 2e-3 * exact[key]);
    within('nuclearNorm');
    within('effectiveRank');
    expect(standardErrors.effectiveRank).toBeLessThan(0.1 * exact.effectiveRank);
    expect(estimate.spectralNorm).toBeLessThan(exact.spectralNorm * (1 + 1e-6));
    expect(estimate.spectralNorm).toBeGreaterThan(exact.spectralNorm * 0.99);
    expect(estimate.conditionNumber).toBeNull();
    expect(estimate.singularValues).toHaveLength(20);
  });

  it('has error bars that mean what they say', async () => {
    const exact = spectrumMetrics(await valuesOf(FLAT), { topK: 5, accuracy: accuracyOf('cpu', 300) });
    const operator = await operatorOf(FLAT);
    const scores: number[] = [];
    for (let seed = 0; seed < 12; seed++) {
      const estimate = await estimateSpectrum(operator, exact.frobeniusNorm, { topK: 5, seed, depth: 0 });
      scores.push((estimate.effectiveRank - exact.effectiveRank) / estimate.standardErrors.effectiveRank);
    }
    const rms = Math.sqrt(scores.reduce((sum, score) => sum + score * score, 0) / scores.length);
    expect(rms).toBeGreaterThan(0.4);
    expect(rms).toBeLessThan(2.5);
  });

  it('answers for an update of nothing', async () => {
    const operator = await cpu.operator(new Float32Array(12), 3, 4);
    expect(await estimateSpectrum(operator, 0, { topK: 50, seed: 0 })).toMatchObject({
      ...{ effectiveRank: 0, singularValues: [0, 0, 0], standardErrors: { effectiveRank: 0 } },
    });
  });

  it('ends when cancelled', async () => {
    const controller = new AbortController();
    const operator = await operatorOf(FLAT);
    const counting: MatrixOperator = {
      ...operator,
      times: (block, count, options) => {
        controller.abort();
        return operator.times(block, count, options);
      },
    };
    const work = estimateSpectrum(counting, 1, { topK: 5, seed: 0, signal: controller.signal });
    expect((await failureOf(work)).name).toBe('Cancelled');
  });
});

describe('subspaceOverlap', () => {
  it('is one for an update and itself, and k/n between unrelated ones', async () => {
    const same = await topSingular(await operatorOf(WIDE), { k: 6, seed: 1, depth: 4 });
    const again = await topSingular(await operatorOf(WIDE), { k: 6, seed: 2, depth: 4 });
    const { left, right } = subspaceOverlap(same, again, 6);
    expect(left.overlap).toBeCloseTo(1, 4);
    expect(right.overlap).toBeCloseTo(1, 4);
    expect(Math.max(...left.angles)).toBeLessThan(0.02);
    expect(left).toMatchObject({ k: 6, dimension: 150, expected: 6 / 150 });
    // Of fewer vectors: the same as asking for fewer.
    expect(left.overlaps[3]).toBeCloseTo(subspaceOverlap(same, again, 4).left.overlap, 12);

    const other = await topSingular(await operatorOf({ ...FLAT, rows: 150, columns: 210 }), {
      k: 6,
      seed: 1,
      depth: 4,
    });
    const between = subspaceOverlap(same, other, 6);
    // The overlap of random subspaces: mean k/n, standard deviation some √2/n.
    expect(Math.abs(between.left.overlap - 6 / 150)).toBeLessThan(5 * (Math.SQRT2 / 150));
  });

  it('has the angles between planes that were made with them', () => {
    // span(e₁, e₂) and span(e₁ cos a + e₃ sin a, e₂ cos b + e₄ sin b) in four dimensions.
    const [a, b] = [0.3, 1.1];
    const plane = (columns: number[][]): Float64Array<ArrayBuffer> =>
      Float64Array.from([0, 1, 2, 3].flatMap((row) => columns.map((column) => column[row] as number)));
    const make = (vectors: Float64Array<ArrayBuffer>) => ({
      ...{ values: Float64Array.of(2, 1), left: vectors, right: vectors, residuals: new Float64Array(2) },
    });
    const first = make(
      plane([
        [1, 0, 0, 0],
        [0, 1, 0, 0],
      ]),
    );
    const second = make(
      plane([
        [Math.cos(a), 0, Math.sin(a), 0],
        [0, Math.cos(b), 0, Math.sin(b)],
      ]),
    );
    const { left } = subspaceOverlap(first, second, 2);
    expect(left.angles[0]).toBeCloseTo(a, 10);
    expect(left.angles[1]).toBeCloseTo(b, 10);
    expect(left.overlap).toBeCloseTo((Math.cos(a) ** 2 + Math.cos(b) ** 2) / 2, 12);
    expect(left.overlaps).toEqual([expect.closeTo(Math.cos(a) ** 2, 12), left.overlap]);
    expect(left.expected).toBe(0.5);
  });
});

describe('jacobiSvd', () => {
  it('is an SVD', () => {
    const [rows, columns] = [9, 5];
    const random = seededRandom(10);
    const a = Float64Array.from({ length: rows * columns }, () => random() - 0.5);
    const { left, values, right } = jacobiSvd(a, rows, columns);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let k = 0; k < columns; k++)
          sum +=
            (left[k * rows + row] as number) *
            (values[k] as number) *
            (right[k * columns + column] as number);
        expect(sum).toBeCloseTo(a[column * rows + row] as number, 13);
      }
    }
  });
});
