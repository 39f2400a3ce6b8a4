import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { toFloat32 } from '../checkpoint/decoding.ts';
import { readTensorBytes } from '../checkpoint/checkpoint.ts';
import { failureOf } from '../checkpoint/testing/files.ts';
import type { DeltaSpec, Rounding } from './deltas/delta-spec.ts';
import { deltasOf } from './deltas/delta-spec.ts';
import { pairTensors } from './deltas/pairing.ts';
import type { EnergyRecord } from './energy.ts';
import { measureEnergy } from './energy.ts';
import { froNormFile } from './results/fro-norm.ts';
import { readSpectraGoldens } from './testing/read-goldens.ts';
import type { TestTensor } from './testing/triples.ts';
import { testCheckpoint, toBfloat16 } from './testing/triples.ts';
import { inlineThreads } from './threads/inline.ts';
import { seededRandom } from '../work/seeded-random.ts';

const threads = inlineThreads();

/** Names in the newer spelling for one of three, so that every test pairs across spellings. */
async function triple(
  values: (role: string, name: string, length: number) => ArrayLike<number>,
  dtypes: Readonly<Record<string, TestTensor['dtype']>> = {},
): Promise<Map<string, Checkpoint>> {
  const tensors: [name: string, shape: number[]][] = [
    ['model.embed_tokens.weight', [40, 8]],
    ['visual.blocks.0.attn.qkv.weight', [24, 8]],
    ['visual.merger.mlp.0.weight', [16, 16]],
    ['model.layers.0.self_attn.q_proj.weight', [9, 7]],
    ['model.layers.0.self_attn.q_proj.bias', [9]],
    ['model.layers.0.input_layernorm.weight', [7]],
    ['model.layers.0.mlp.down_proj.weight', [7, 911]],
    ['model.layers.1.mlp.down_proj.weight', [7, 13]],
    ['model.layers.2.mlp.down_proj.weight', [7, 13]],
  ];
  const checkpoints = new Map<string, Checkpoint>();
  for (const role of ['base', 'in', 'rl']) {
    const dtype = dtypes[role];
    const list = tensors.map(([name, shape]): TestTensor => {
      const length = shape.reduce((product, dim) => product * dim, 1);
      const stored =
        role === 'rl'
          ? name.replace(/^model\./, 'model.language_model.').replace(/^visual/, 'model.visual')
          : name;
      return { name: stored, shape, values: values(role, name, length), ...(dtype ? { dtype } : {}) };
    });
    checkpoints.set(role, await testCheckpoint(list, role));
  }
  return checkpoints;
}

const SEEDS: Readonly<Record<string, number>> = { base: 1, in: 2, rl: 3 };
const noise = (role: string, name: string, length: number): number[] => {
  const random = seededRandom((SEEDS[role] ?? 0) * 1000 + name.length);
  return Array.from({ length }, () => toBfloat16(random() - 0.5));
};

async function measure(
  checkpoints: ReadonlyMap<string, Checkpoint>,
  rounding: Rounding = 'stored',
  deltas: readonly DeltaSpec[] = deltasOf(checkpoints.keys()),
): Promise<ReadonlyMap<string, EnergyRecord>> {
  const pairing = pairTensors(checkpoints, { weights: null });
  return measureEnergy({ checkpoints, deltas, pairing, rounding }, threads);
}

/** What one reads off the stored values, plainly. */
async function plain(
  checkpoints: ReadonlyMap<string, Checkpoint>,
  name: string,
): Promise<Record<string, Float32Array>> {
  const values: Record<string, Float32Array> = {};
  for (const [role, checkpoint] of checkpoints) {
    const entry = checkpoint.tensors.get(name);
    if (!entry) throw new Error(name);
    values[role] = toFloat32(await readTensorBytes(checkpoint, entry), entry.dtype);
  }
  return values;
}

describe('energy sums', () => {
  it.each([
    [{ base: 'BF16', in: 'BF16', rl: 'BF16' }],
    [{ base: 'F16', in: 'BF16', rl: 'F32' }],
    [{ base: 'F64', in: 'F16', rl: 'BF16' }],
  ] as const)('are those of the stored values in %o, across spellings', async (dtypes) => {
    const checkpoints = await triple(noise, dtypes);
    const records = await measure(checkpoints);
    expect([...records.keys()]).toEqual([
      'visual.blocks.0.attn.qkv.weight',
      'visual.merger.mlp.0.weight',
      'model.layers.0.mlp.down_proj.weight',
      'model.layers.0.self_attn.q_proj.weight',
      'model.layers.1.mlp.down_proj.weight',
      'model.layers.2.mlp.down_proj.weight',
    ]);
    for (const [name, record] of records) {
      const {
        base,
        in: tuned,
        rl,
      } = (await plain(checkpoints, name)) as Record<'base' | 'in' | 'rl', Float32Array>;
      const sft = tuned.map((value, i) => value - (base[i] as number));
      const reinforced = rl.map((value, i) => value - (tuned[i] as number));
      const dot = (a: Float32Array, b: Float32Array): number =>
        a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
      expect(record.elements).toBe(base.length);
      expect(record.squares['sft']).toBeCloseTo(dot(sft, sft), 9);
      expect(record.squares['rl']).toBeCloseTo(dot(reinforced, reinforced), 9);
      expect(record.products['sft rl']).toBeCloseTo(dot(sft, reinforced), 9);
      expect(record.weights['in']).toBeCloseTo(dot(tuned, tuned), 9);
      expect(record.unchanged['sft']).toBe(sft.filter((value) => value === 0).length);
    }
  });

  it('are exactly zero where nothing changed, and only there', async () => {
    const checkpoints = await triple((role, name, length) =>
      noise(role === 'rl' && name.includes('layers.1') ? 'in' : role, name, length),
    );
    const records = await measure(checkpoints);
    expect(records.get('model.layers.1.mlp.down_proj.weight')).toMatchObject({
      squares: { rl: 0 },
      unchanged: { rl: 91 },
    });
    expect(records.get('model.layers.2.mlp.down_proj.weight')?.squares['rl']).toBeGreaterThan(0);
  });

  it('refuses weights that are no numbers, with the tensor', async () => {
    const checkpoints = await triple((role, name, length) =>
      noise(role, name, length).map((value, i) =>
        role === 'rl' && name.includes('q_proj') && i === 5 ? NaN : value,
      ),
    );
    const error = await failureOf(measure(checkpoints));
    expect(error).toMatchObject({
      name: 'NonFiniteWeights',
      what: 'the sum of squares of the update rl is NaN',
      place: { tensor: 'model.layers.0.self_attn.q_proj.weight' },
    });
  });

  it('takes over what an earlier run finished, reads only the rest, and tells of each record once', async () => {
    const checkpoints = await triple(noise);
    const pairing = pairTensors(checkpoints, { weights: null });
    const request = {
      checkpoints,
      deltas: deltasOf(checkpoints.keys()),
      pairing,
      rounding: 'stored',
    } as const;
    const all = await measureEnergy(request, threads);
    const finished = new Map([...all].slice(0, 4));
    const told: string[] = [];
    const progress: number[] = [];
    const again = await measureEnergy(request, threads, {
      finished,
      onRecord: (key) => void told.push(key),
      onProgress: ({ done, total }) => progress.push(done / total),
    });
    expect(new Map(again)).toEqual(new Map(all));
    expect(told.sort()).toEqual([...all.keys()].slice(4).sort());
    expect(progress[0]).toBeGreaterThan(0.5);
    expect(progress.at(-1)).toBe(1);
  });

  it('ends when cancelled', async () => {
    const checkpoints = await triple(noise);
    const controller = new AbortController();
    const pairing = pairTensors(checkpoints, { weights: null });
    const work = measureEnergy(
      { checkpoints, deltas: deltasOf(['base', 'in', 'rl']), pairing, rounding: 'stored' },
      threads,
      {
        signal: controller.signal,
        onRecord: () => controller.abort(),
      },
    );
    expect((await failureOf(work)).name).toBe('Cancelled');
  });
});

describe('both roundings', () => {
  const { roundings } = readSpectraGoldens();
  /** The same weights as the golden's side makes. */
  function weights(): Record<string, number[]> {
    const uniform = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: roundings.count }, () => random() - 0.5);
    };
    const base = uniform(31).map((value, i) => {
      const cut = toBfloat16(value * 0.2);
      return i % 3 === 0 ? toBfloat16(cut * 2 ** -14) : cut;
    });
    const tuned = uniform(32).map((value, i) => toBfloat16((base[i] as number) + value * 0.01));
    const rl = uniform(33).map((value, i) => toBfloat16((tuned[i] as number) + value * 0.0005));
    return { base, in: tuned, rl };
  }

  it.each(['stored', 'reference'] as const)('%s: as NumPy', async (rounding) => {
    const values = weights();
    const checkpoints = new Map<string, Checkpoint>();
    for (const [role, list] of Object.entries(values)) {
      const tensor: TestTensor = {
        name: 'model.layers.0.mlp.up_proj.weight',
        shape: [1, list.length],
        values: list,
        dtype: 'BF16',
      };
      checkpoints.set(role, await testCheckpoint([tensor]));
    }
    const [record] = [...(await measure(checkpoints, rounding)).values()];
    const norm = (square: number | undefined): number => Math.sqrt(square ?? NaN);
    const expected = roundings[rounding];
    expect(Math.abs(norm(record?.squares['sft']) / expected.sft - 1)).toBeLessThan(1e-12);
    expect(Math.abs(norm(record?.squares['rl']) / expected.rl - 1)).toBeLessThan(1e-12);
    expect(Math.abs(norm(record?.weights['in']) / expected.in - 1)).toBeLessThan(1e-12);
    expect(record?.unchanged).toEqual(roundings.unchanged[rounding]);
  });

  it('differ by float16 effects, which the goldens show', () => {
    const off = Math.abs(roundings.reference.sft / roundings.stored.sft - 1);
    expect(off).toBeGreaterThan(1e-6);
    expect(off).toBeLessThan(1e-3);
  });
});

describe('fro_norm.json', () => {
  it("has the reference's keys and arithmetic", async () => {
    const checkpoints = await triple(noise);
    const deltas = deltasOf(checkpoints.keys());
    const pairing = pairTensors(checkpoints, { weights: null });
    const records = await measureEnergy({ checkpoints, deltas, pairing, rounding: 'stored' }, threads);
    const file = froNormFile({
      ...{ pairing, deltas, records, rounding: 'stored', cuts: [1, 2] },
      models: { base: 'b', in: 'i', rl: 'r' },
    });
    expect(file.metadata).toEqual({ base_model: 'b', sft_model: 'i', rl_model: 'r' });
    expect(file.layers.map(({ layer_idx }) => layer_idx)).toEqual([-1, 0, 1, 1, 2, 3]);
    const q = records.get('model.layers.0.self_attn.q_proj.weight') as EnergyRecord;
    const norm = Math.sqrt(q.squares['sft'] as number);
    const weight = Math.sqrt(q.weights['in'] as number);
    expect(file.layers[3]).toMatchObject({
      param_name: 'model.layers.0.self_attn.q_proj.weight',
      layer_idx: 1,
      section: 'LLM Backbone',
      component: 'Attention',
      sft: { fro_norm: norm, relative_norm: norm / (weight + 1e-8) },
    });
    const [, , first] = file.summary;
    const pair = file.layers.slice(2, 4);
    expect(first).toMatchObject({ layer_idx: 1, section: 'LLM Backbone', n_params: 2 });
    expect(first?.sft?.fro_norm_sum).toBeCloseTo(
      (pair[0]?.sft?.fro_norm ?? 0) + (pair[1]?.sft?.fro_norm ?? 0),
      12,
    );
    expect(first?.rl?.fro_norm_mean).toBeCloseTo(
      ((pair[0]?.rl?.fro_norm ?? 0) + (pair[1]?.rl?.fro_norm ?? 0)) / 2,
      12,
    );
    expect(first?.rl?.relative_norm_mean).toBeCloseTo(
      ((pair[0]?.rl?.relative_norm ?? 0) + (pair[1]?.rl?.relative_norm ?? 0)) / 2,
      12,
    );
    const extra = file.frankenscope;
    expect(extra?.regions.early['sft']).toMatchObject({ n: 1, deviation: null });
    expect(Object.keys(extra?.components ?? {})).toEqual(['Attention', 'MLP']);
    expect(Object.keys(extra?.projections ?? {})).toEqual([
      'visual attn.qkv',
      'visual mlp.0',
      'down_proj',
      'q_proj',
    ]);
    // Independent noise: RL − IN and IN − Base share IN with opposite signs, a cosine of −½ in expectation.
    expect(extra?.total.cosine['sft rl']).toBeCloseTo(-0.5, 1);
    expect(extra?.omitted).toContainEqual({ name: 'model.embed_tokens.weight', reason: 'in no layer' });
    expect(extra?.omitted).toContainEqual({
      name: 'model.layers.0.input_layernorm.weight',
      reason: 'a norm',
    });
  });
});
