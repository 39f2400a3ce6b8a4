import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openCheckpoint, readTensorBytes, type Checkpoint } from '../checkpoint/checkpoint.ts';
import { toFloat32 } from '../checkpoint/decoding.ts';
import { folder } from '../checkpoint/testing/files.ts';
import { seededRandom } from '../work/seeded-random.ts';
import { deltasOf } from './deltas/delta-spec.ts';
import { pairTensors } from './deltas/pairing.ts';
import { measureDiversity } from './diversity.ts';
import { measureEnergy } from './energy.ts';
import { froNormFile, type FroNormFile } from './results/fro-norm.ts';
import { layerwiseSvdFile, type LayerwiseSvdFile } from './results/layerwise-svd.ts';
import { isAtFloor, noiseEdge } from './rounding-floor.ts';
import { quantizedCheckpoint, type Matrix } from './testing/quantized-twin.ts';
import { testCheckpoint } from './testing/triples.ts';
import { inlineThreads } from './threads/inline.ts';

const threads = inlineThreads();
const NAME = 'model.layers.0.mlp.down_proj.weight';

/** Standard normal (Box and Muller). */
function normal(length: number, seed: number): Float32Array<ArrayBuffer> {
  const random = seededRandom(seed);
  return Float32Array.from(
    { length },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

const matrix = (rows: number, columns: number, seed: number): Matrix => ({
  ...{ name: NAME, rows, columns },
  values: normal(rows * columns, seed),
});
const plain = ({ rows, columns, values }: Matrix): Promise<Checkpoint> =>
  testCheckpoint([{ name: NAME, shape: [rows, columns], values }]);

async function energyOf(checkpoints: ReadonlyMap<string, Checkpoint>): Promise<FroNormFile> {
  const deltas = deltasOf(checkpoints.keys());
  const pairing = pairTensors(checkpoints, { weights: null });
  const records = await measureEnergy({ checkpoints, deltas, pairing, rounding: 'stored' }, threads);
  return froNormFile({ pairing, deltas, records, rounding: 'stored', cuts: [1, 1], models: {} });
}

async function spectraOf(
  checkpoints: ReadonlyMap<string, Checkpoint>,
  mode: 'exact' | 'fast' = 'exact',
): Promise<LayerwiseSvdFile> {
  const deltas = deltasOf(checkpoints.keys());
  const pairing = pairTensors(checkpoints, { weights: null, matrices: true });
  const request = { checkpoints, deltas, pairing, rounding: 'stored', mode, topK: 8, seed: 1 } as const;
  const records = await measureDiversity(request, { threads });
  return layerwiseSvdFile({ ...request, records, cuts: [1, 1], models: {}, weights: null });
}

describe('the floor of energy', () => {
  it('of one scale is n s²/12 in squares, divided by the weights as the update is', async () => {
    const [rows, columns, scale] = [6, 40, 0.5];
    const values = Float32Array.from({ length: rows * columns }, (_, i) => scale * ((i % 15) - 7));
    const of = { name: NAME, rows, columns, values };
    const twin = await quantizedCheckpoint([of], new Float32Array(rows).fill(scale));
    const file = await energyOf(
      new Map([
        ['base', await plain(of)],
        ['in', twin],
      ]),
    );
    const norm = Math.sqrt((rows * columns * scale ** 2) / 12);
    const weights = Math.hypot(...values);
    const [entry] = file.layers;
    // The values lie on the grid: nothing was rounded, and the update is zero.
    expect(entry?.sft).toEqual({ fro_norm: 0, relative_norm: 0 });
    expect(entry?.frankenscope?.rounding_floor?.fro_norm['sft']).toBeCloseTo(norm, 12);
    expect(entry?.frankenscope?.rounding_floor?.relative_norm['sft']).toBeCloseTo(norm / weights, 8);
    expect(entry && isAtFloor(0, norm)).toBe(true);
  });

  it('is that of both checkpoints, and means and groups are made of it as of updates', async () => {
    const names = [NAME, 'model.layers.0.mlp.up_proj.weight'];
    const stored = async (...scales: readonly [number, number]) => {
      const checkpoints = names.map((name, i) =>
        quantizedCheckpoint([{ ...matrix(4, 8, 1), name }], new Float32Array(4).fill(scales[i] ?? 0)),
      );
      return Promise.all(checkpoints);
    };
    const [[a, b], [c, d]] = (await Promise.all([stored(0.5, 1), stored(1, 2)])) as [
      [Checkpoint, Checkpoint],
      [Checkpoint, Checkpoint],
    ];
    const one = await energyOf(
      new Map([
        ['base', a],
        ['in', c],
      ]),
    );
    const other = await energyOf(
      new Map([
        ['base', b],
        ['in', d],
      ]),
    );
    const floor = (file: FroNormFile) => file.layers[0]?.frankenscope?.rounding_floor?.fro_norm['sft'];
    expect(floor(one)).toBeCloseTo(Math.sqrt((32 * (0.25 + 1)) / 12), 12);
    expect(floor(other)).toBeCloseTo(Math.sqrt((32 * (1 + 4)) / 12), 12);
  });

  it('is nowhere in what plain checkpoints give', async () => {
    const [a, b] = [matrix(5, 7, 1), matrix(5, 7, 2)];
    const set = new Map([
      ['base', await plain(a)],
      ['in', await plain(b)],
    ]);
    const text = JSON.stringify([await energyOf(set), await spectraOf(set)]);
    expect(text).not.toMatch(/rounding_|above_edge|formats/);
  });

  it('is what rounding of normal data to integers measures, within 2 %', async () => {
    const of = matrix(256, 512, 3);
    const file = await energyOf(
      new Map([
        ['base', await plain(of)],
        ['in', await quantizedCheckpoint([of])],
      ]),
    );
    const { fro_norm: found, rounding_floor: floor } = file.layers[0]?.frankenscope ?? {};
    const ratio = ((found?.['sft'] ?? 0) / (floor?.fro_norm['sft'] ?? 1)) ** 2;
    expect(Math.abs(ratio - 1)).toBeLessThan(0.02);
  });
});

describe('the edge of rounding alone', () => {
  it('is σ (√m + √n) where rows are alike, and that of the whole where a part of the rows is all of it', () => {
    const alike = noiseEdge(Array<number>(100).fill(400 * 0.25), 400);
    expect(alike).toBeCloseTo(0.5 * (10 + 20), 6);
    expect(
      noiseEdge([...Array<number>(100).fill(400 * 0.25), ...Array<number>(50).fill(0)], 400),
    ).toBeCloseTo(alike, 6);
  });

  it('follows rows of coarser steps: a tenth of them four times as coarse', async () => {
    const of = matrix(200, 400, 6);
    const scales = Float32Array.from({ length: 200 }, (_, row) => (row % 10 === 0 ? 2 : 0.5));
    const file = await spectraOf(
      new Map([
        ['base', await plain(of)],
        ['in', await quantizedCheckpoint([of], scales)],
      ]),
    );
    const { spectral_norm: largest = 0, fro_norm: norm = 0, frankenscope } = file.layers[0]?.sft ?? {};
    // Rows taken to be alike would put it at less than two thirds of that.
    expect(largest / ((norm / Math.sqrt(200 * 400)) * (Math.sqrt(200) + Math.sqrt(400)))).toBeGreaterThan(
      1.5,
    );
    expect(largest / (frankenscope?.rounding_edge ?? 1)).toBeGreaterThan(0.95);
    expect(largest / (frankenscope?.rounding_edge ?? 1)).toBeLessThan(1.05);
    expect(frankenscope?.above_edge).toBe(0);
  });

  it('is where the spectrum of rounding errors of 256 × 512 ends', async () => {
    const of = matrix(256, 512, 4);
    const file = await spectraOf(
      new Map([
        ['base', await plain(of)],
        ['in', await quantizedCheckpoint([of])],
      ]),
    );
    const [entry] = file.layers;
    const { rounding_edge: edge = 0, above_edge: above } = entry?.sft?.frankenscope ?? {};
    expect((entry?.sft?.spectral_norm ?? 0) / edge).toBeGreaterThan(0.95);
    expect((entry?.sft?.spectral_norm ?? 0) / edge).toBeLessThan(1.05);
    expect(above).toBe(0);
  });

  it.each(['exact', 'fast'] as const)('leaves an update of three directions above it, %s', async (mode) => {
    const of = matrix(128, 256, 5);
    const noise = noiseEdge(Array<number>(128).fill(256 * 0.01), 256);
    const values = of.values.slice();
    for (let direction = 0; direction < 3; direction += 1) {
      const [u, w] = [normal(128, 20 + direction), normal(256, 30 + direction)];
      const [m, n] = [Math.hypot(...u), Math.hypot(...w)];
      for (let i = 0; i < values.length; i += 1)
        values[i] =
          (values[i] ?? 0) + (8 * noise * (u[Math.floor(i / 256)] ?? 0) * (w[i % 256] ?? 0)) / m / n;
    }
    const file = await spectraOf(
      new Map([
        ['base', await plain(of)],
        ['in', await quantizedCheckpoint([{ ...of, values }])],
      ]),
      mode,
    );
    const spectrum = file.layers[0]?.sft;
    const edge = spectrum?.frankenscope?.rounding_edge ?? 0;
    expect(spectrum?.frankenscope?.above_edge).toBe(3);
    expect(spectrum?.singular_values.filter((value) => !isAtFloor(value, edge))).toHaveLength(3);
  });
});

describe('a golden checkpoint and its quantized twin', async () => {
  const GOLDEN = new URL('../../tools/goldens/data/checkpoints/untied-gqa7-bf16-new/', import.meta.url);
  const weightFiles = readdirSync(GOLDEN).filter((name) => name.includes('safetensors'));
  const read = (name: string): [string, Uint8Array<ArrayBuffer>] => [
    name,
    new Uint8Array(readFileSync(new URL(name, GOLDEN))),
  ];
  const base = await openCheckpoint(folder(Object.fromEntries(weightFiles.map(read))));
  const matrices = await Promise.all(
    [...base.tensors.values()]
      .filter(({ name }) => /layers\.\d+\..*proj\.weight$/.test(name))
      .map(async (entry): Promise<Matrix> => {
        const [rows = 0, columns = 0] = entry.shape;
        return {
          name: entry.name,
          rows,
          columns,
          values: toFloat32(await readTensorBytes(base, entry), entry.dtype),
        };
      }),
  );
  const twin = await quantizedCheckpoint(matrices);

  it('lie apart by their rounding: at the floor in every matrix, within 10 % in energy', async () => {
    const { layers, summary, frankenscope } = await energyOf(
      new Map([
        ['base', base],
        ['in', twin],
      ]),
    );
    expect(layers).toHaveLength(matrices.length);
    for (const { frankenscope: joint } of layers) {
      const [found, floor] = [joint?.fro_norm['sft'] ?? 0, joint?.rounding_floor?.fro_norm['sft'] ?? 0];
      expect(Math.abs((found / floor) ** 2 - 1)).toBeLessThan(0.1);
      expect(isAtFloor(found, floor)).toBe(true);
    }
    for (const { frankenscope: layer, n_params } of summary) {
      const { deltas, rounding_floor: floor } = layer ?? {};
      expect(floor?.deltas['sft']?.fro_norm_sum).toBeCloseTo(
        (floor?.deltas['sft']?.fro_norm_mean ?? 0) * n_params,
        9,
      );
      expect(
        (deltas?.['sft']?.relative_norm_mean ?? 0) / (floor?.deltas['sft']?.relative_norm_mean ?? 1),
      ).toBeCloseTo(1, 1);
    }
    const squares = layers.map(
      ({ frankenscope: joint }) => (joint?.rounding_floor?.fro_norm['sft'] ?? 0) ** 2,
    );
    expect(frankenscope?.total.rounding_floor?.fro_norm['sft']).toBeCloseTo(
      Math.sqrt(squares.reduce((a, b) => a + b)),
      9,
    );
  });

  it('an update of more than that is above it', async () => {
    const moved = matrices.map((of, i) => {
      const noise = normal(of.values.length, 100 + i);
      const size = Math.hypot(...of.values) / Math.sqrt(of.values.length);
      return { ...of, values: of.values.map((value, at) => value + 0.5 * size * (noise[at] ?? 0)) };
    });
    const { layers } = await energyOf(
      new Map([
        ['base', base],
        ['in', await quantizedCheckpoint(moved)],
      ]),
    );
    for (const { frankenscope: joint } of layers)
      expect(isAtFloor(joint?.fro_norm['sft'] ?? 0, joint?.rounding_floor?.fro_norm['sft'] ?? 0)).toBe(false);
  });
});
