import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { failureOf } from '../checkpoint/testing/files.ts';
import { accuracyOf } from './accuracy.ts';
import type { SpectrumBackend } from './backend.ts';
import { CpuBackend } from './cpu-backend.ts';
import { deltasOf } from './deltas/delta-spec.ts';
import { pairTensors } from './deltas/pairing.ts';
import { storedPiece } from './deltas/stored-piece.ts';
import type { DiversityRequest, SpectrumRecord } from './diversity.ts';
import { measureDiversity } from './diversity.ts';
import { RecoveringGpu } from './recovering-gpu.ts';
import { spectrumMetrics } from './metrics.ts';
import { layerwiseSvdFile } from './results/layerwise-svd.ts';
import type { TestTensor } from './testing/triples.ts';
import { testCheckpoint, toBfloat16 } from './testing/triples.ts';
import { inlineThreads } from './threads/inline.ts';
import { seededRandom } from '../work/seeded-random.ts';

const threads = inlineThreads();
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  'visual.patch_embed.proj.weight': [6, 3, 2, 2],
  'visual.blocks.0.mlp.down_proj.weight': [12, 20],
  'model.layers.0.mlp.down_proj.weight': [24, 60],
  'model.layers.0.self_attn.q_proj.weight': [24, 24],
  'model.layers.1.mlp.down_proj.weight': [24, 60],
  'model.layers.2.mlp.down_proj.weight': [24, 60],
};

function values(role: string, name: string): number[] {
  const length = (SHAPES[name] ?? []).reduce((product, dim) => product * dim, 1);
  // RL leaves layer 1 as it was.
  const seed = role === 'rl' && name.includes('layers.1') ? 'in' : role;
  const random = seededRandom(seed.charCodeAt(0) * 100 + name.length);
  return Array.from({ length }, () => toBfloat16(random() - 0.5));
}

async function request(
  more: Partial<DiversityRequest> = {},
  weights: string | null = null,
): Promise<DiversityRequest> {
  const checkpoints = new Map<string, Checkpoint>();
  for (const role of ['base', 'in', 'rl']) {
    const tensors = Object.entries(SHAPES).map(([name, shape]): TestTensor => ({
      name,
      shape,
      values: values(role, name),
      dtype: 'BF16',
    }));
    checkpoints.set(role, await testCheckpoint(tensors, role));
  }
  const pairing = pairTensors(checkpoints, { weights, matrices: true });
  const deltas = deltasOf(checkpoints.keys());
  return {
    ...{ checkpoints, pairing, deltas, rounding: 'stored', mode: 'exact', topK: 10, seed: 1 },
    ...more,
  };
}

/** The same from plain subtraction. */
async function expected(name: string, to: string, from: string): Promise<ReturnType<typeof spectrumMetrics>> {
  const [a, b] = [values(to, name), values(from, name)];
  const delta = Float32Array.from(a, (value, i) => value - (b[i] as number));
  const [rows = 1] = SHAPES[name] ?? [];
  const columns = delta.length / rows;
  const found = await new CpuBackend(threads).singularValues(delta, rows, columns);
  return spectrumMetrics(found, { topK: 10, accuracy: accuracyOf('cpu', Math.min(rows, columns)) });
}

describe('measureDiversity', () => {
  it('gives the spectra of both updates of every matrix in a layer', async () => {
    const records = await measureDiversity(await request(), { threads });
    expect([...records.keys()].sort()).toEqual(
      Object.keys(SHAPES)
        .filter((name) => !name.includes('patch_embed'))
        .sort(),
    );
    const name = 'model.layers.0.self_attn.q_proj.weight';
    expect(records.get(name)).toMatchObject({ rows: 24, columns: 24 });
    expect(records.get(name)?.spectra['sft']).toEqual({
      ...(await expected(name, 'in', 'base')),
      ...{ mode: 'exact', device: 'cpu' },
    });
    expect(records.get(name)?.spectra['rl']).toMatchObject(await expected(name, 'rl', 'in'));
  });

  it('says zero of an update that is none', async () => {
    const records = await measureDiversity(await request(), { threads });
    expect(records.get('model.layers.1.mlp.down_proj.weight')?.spectra['rl']).toMatchObject({
      ...{ spectralNorm: 0, effectiveRank: 0, frobeniusNorm: 0 },
    });
  });

  it('follows the filter', async () => {
    const records = await measureDiversity(await request({}, 'q_proj'), { threads });
    expect([...records.keys()]).toEqual(['model.layers.0.self_attn.q_proj.weight']);
  });

  it('labels the fast mode, with its error bars', async () => {
    const records = await measureDiversity(await request({ mode: 'fast' }, 'layers.0.mlp.down_proj'), {
      threads,
    });
    const name = 'model.layers.0.mlp.down_proj.weight';
    const exact = await expected(name, 'in', 'base');
    const fast = records.get(name)?.spectra['sft'];
    expect(fast).toMatchObject({ mode: 'fast', conditionNumber: null, probes: 8 });
    // Its Krylov space is the whole short side here: the top is exact but for float32 products.
    expect(fast?.spectralNorm).toBeCloseTo(exact.spectralNorm, 4);
    expect(fast?.frobeniusNorm).toBeCloseTo(exact.frobeniusNorm, 10);
    expect(fast?.standardErrors?.effectiveRank).toBeGreaterThanOrEqual(0);
  });

  it('goes on after what an earlier run finished, and tells of each record once', async () => {
    const all = await measureDiversity(await request(), { threads });
    const finished = new Map([...all].slice(0, 3));
    const told: string[] = [];
    const again = await measureDiversity(
      await request(),
      { threads },
      { finished, onRecord: (key) => void told.push(key) },
    );
    expect(again).toEqual(all);
    expect(told).toEqual([...all.keys()].slice(3));
  });

  it('survives a journal', async () => {
    const records = await measureDiversity(await request(), { threads });
    const copy = JSON.parse(JSON.stringify([...records])) as [string, SpectrumRecord][];
    expect(new Map(copy)).toEqual(records);
  });

  const gpuOf = (values: readonly number[], shapes: number[][] = []): RecoveringGpu =>
    new RecoveringGpu(backendOf(values, shapes), {
      create: () => Promise.reject(new Error('not asked for')),
    });
  const backendOf = (values: readonly number[], shapes: number[][]): SpectrumBackend => ({
    device: 'webgpu',
    singularValues: (_, rows, columns) => {
      shapes.push([rows, columns]);
      return Promise.resolve(Float64Array.from(values));
    },
    operator: () => Promise.reject(new Error('not asked for')),
    dispose: () => undefined,
  });

  it('hands matrices to the GPU where there is one, and counts rounding below its precision as zero', async () => {
    const shapes: number[][] = [];
    const gpu = gpuOf([1, 0.5, 1e-7], shapes);
    const records = await measureDiversity(await request({}, 'q_proj'), { threads, gpu });
    expect(shapes).toEqual([
      [24, 24],
      [24, 24],
    ]);
    expect([...records.values()][0]?.spectra['rl']).toMatchObject({
      ...{ device: 'webgpu', singularValues: [1, 0.5, 0] },
    });
  });

  it("takes the condition number from the CPU where the GPU's smallest value is beyond its precision", async () => {
    const name = 'model.layers.0.self_attn.q_proj.weight';
    const asked = await request({}, 'q_proj');
    const { conditionNumber } = await expected(name, 'rl', 'in');
    const beyond = await measureDiversity(asked, { threads, gpu: gpuOf([1, 0.5, 1e-7]) });
    expect(beyond.get(name)?.spectra['rl']).toMatchObject({
      ...{ conditionNumber, conditionKnown: true, conditionDevice: 'cpu', spectralNorm: 1 },
    });
    const within = await measureDiversity(asked, { threads, gpu: gpuOf([1, 0.5, 1e-3]) });
    expect(within.get(name)?.spectra['rl']?.conditionDevice).toBeUndefined();
    expect(within.get(name)?.spectra['rl']?.conditionNumber).toBeCloseTo(1000, 3);
  });

  it('flags it where the CPU would take long, and where float64 does not tell σ_min from zero either', async () => {
    const [name, side] = ['model.layers.0.self_attn.q_proj.weight', 2300];
    const gpu = gpuOf([1, 0.5, 1e-7]);
    const measured = async (size: number, values: (index: number) => number) => {
      const shape = [size, size];
      const list = Float32Array.from({ length: size * size }, (_, index) => values(index));
      const zeros = new Float32Array(size * size);
      const checkpoints = new Map([
        ['base', await testCheckpoint([{ name, shape, values: zeros, dtype: 'BF16' }])],
        ['in', await testCheckpoint([{ name, shape, values: list, dtype: 'BF16' }])],
      ]);
      const pairing = pairTensors(checkpoints, { weights: null, matrices: true });
      const deltas = deltasOf(checkpoints.keys());
      const asked = await request({ checkpoints, pairing, deltas });
      return (await measureDiversity(asked, { threads, gpu })).get(name)?.spectra['sft'];
    };
    const large = await measured(side, (index) => index % 2);
    expect(large).toMatchObject({ device: 'webgpu', conditionKnown: false });
    expect(large?.conditionDevice).toBeUndefined();
    // Rank one: of ones alone.
    expect(await measured(8, () => 1)).toMatchObject({ conditionDevice: 'cpu', conditionKnown: false });
  });

  it('names the tensor of a matrix that holds no numbers', async () => {
    const broken = await request();
    const tensors = Object.entries(SHAPES).map(([name, shape]): TestTensor => ({
      name,
      shape,
      values: values('rl', name).map((v, i) => (i === 3 ? Infinity : v)),
    }));
    const checkpoints = new Map([...broken.checkpoints, ['rl', await testCheckpoint(tensors)] as const]);
    const pairing = pairTensors(checkpoints, { weights: 'q_proj', matrices: true });
    const error = await failureOf(measureDiversity({ ...broken, checkpoints, pairing }, { threads }));
    expect(error).toMatchObject({
      name: 'NonFiniteMatrix',
      place: { tensor: 'model.layers.0.self_attn.q_proj.weight' },
    });
  });

  it('ends when cancelled', async () => {
    const controller = new AbortController();
    const work = measureDiversity(
      await request(),
      { threads },
      { signal: controller.signal, onRecord: () => controller.abort() },
    );
    expect((await failureOf(work)).name).toBe('Cancelled');
  });
});

describe('a tall update read in slabs', () => {
  it('has the spectrum of the whole, be it of full rank, of few rows or of none', async () => {
    const [rows, columns] = [500, 12];
    const random = seededRandom(4);
    const from = Array.from({ length: rows * columns }, () => toBfloat16(random() - 0.5));
    const updates = [
      from.map((value) => toBfloat16(value + random() * 0.1)),
      from.map((value, i) => (Math.floor(i / columns) % 100 === 0 ? toBfloat16(value + 0.25) : value)),
      from,
    ];
    for (const update of updates) {
      const shape = [rows, columns];
      const [a, b] = await Promise.all(
        [update, from].map((list) =>
          testCheckpoint([{ name: 'lm_head.weight', shape, values: list, dtype: 'BF16' }]),
        ),
      );
      const piece = (checkpoint: Checkpoint | undefined) => {
        const entry = checkpoint?.tensors.get('lm_head.weight');
        if (!checkpoint || !entry) throw new Error('no head');
        return storedPiece(checkpoint, entry, 0, rows * columns);
      };
      const task = { to: piece(a), from: piece(b), rounding: 'stored' } as const;
      const whole = await threads.singularValues(await threads.deltaMatrix(task), rows, columns);
      const slabs = await threads.singularValuesOfDelta(task, columns);
      slabs.forEach((value, i) => expect(value).toBeCloseTo(whole[i] as number, 10));
    }
  });
});

describe('layerwise_svd.json', () => {
  it("has the reference's keys and arithmetic", async () => {
    const asked = await request({}, 'down_proj');
    const records = await measureDiversity(asked, { threads });
    const { pairing, deltas } = asked;
    const file = layerwiseSvdFile({
      ...{ pairing, deltas, records, rounding: 'stored', cuts: [1, 2], weights: 'down_proj', topK: 10 },
      models: { base: 'b', in: 'i', rl: 'r' },
    });
    expect(file.metadata).toEqual({
      ...{ base_model: 'b', sft_model: 'i', rl_model: 'r' },
      ...{ weight_filter: 'down_proj', topk: 10, num_llm_layers: 3 },
    });
    expect(file.layers.map(({ layer_idx, region }) => [layer_idx, region])).toEqual([
      [-1, null],
      [1, 'early'],
      [2, 'middle'],
      [3, 'late'],
    ]);
    const spectrum = records.get('model.layers.0.mlp.down_proj.weight')?.spectra['sft'];
    expect(file.layers[1]?.sft).toMatchObject({
      spectral_norm: spectrum?.spectralNorm,
      nuclear_norm: spectrum?.nuclearNorm,
      fro_norm: spectrum?.frobeniusNorm,
      stable_rank: spectrum?.stableRank,
      effective_rank: spectrum?.effectiveRank,
      condition_number: spectrum?.conditionNumber,
      log_volume: spectrum?.logVolume,
      singular_values: spectrum?.singularValues,
    });
    expect(file.summary[1]).toMatchObject({
      ...{ layer_idx: 1, section: 'LLM Backbone', region: 'early', n_params: 1 },
      sft: { spectral_norm_mean: spectrum?.spectralNorm, effective_rank_mean: spectrum?.effectiveRank },
    });
    expect(file.frankenscope?.regions.late['sft']?.effective_rank?.n).toBe(1);
  });

  it('has no rank for a region whose updates are exactly zero, where the reference says 0', async () => {
    const asked = await request({}, 'down_proj');
    const { pairing, deltas } = asked;
    const zero = {
      ...spectrumMetrics(new Float64Array(2), { topK: 2, accuracy: accuracyOf('cpu', 2) }),
      mode: 'exact',
      device: 'cpu',
    } as const;
    const records = new Map(
      [...(await measureDiversity(asked, { threads }))].map(([name, record]) => {
        const spectra = name.includes('layers.2') ? { ...record.spectra, sft: zero } : record.spectra;
        return [name, { ...record, spectra }];
      }),
    );
    const file = layerwiseSvdFile({
      ...{ pairing, deltas, records, rounding: 'stored', cuts: [1, 2], weights: 'down_proj', topK: 10 },
      models: { base: 'b', in: 'i', rl: 'r' },
    });
    expect(file.frankenscope?.regions.late['sft']).toEqual({ effective_rank: null, stable_rank: null });
    expect(file.frankenscope?.regions.middle['sft']?.stable_rank?.mean).toBeGreaterThanOrEqual(1);
    expect(file.layers.at(-1)?.sft).toMatchObject({ effective_rank: 0, stable_rank: 0 });
  });
});
