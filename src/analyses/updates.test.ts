import { beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.ts';
import { folder } from '../checkpoint/testing/files.ts';
import { writeSafetensors } from '../checkpoint/testing/safetensors.ts';
import { NamedError } from '../named-error.ts';
import type { EnergyRecord } from '../spectra/energy.ts';
import { inlineThreads } from '../spectra/threads/inline.ts';
import { workKey } from '../identity/work-identity.ts';
import { Journals } from '../study/journal/journals.ts';
import { MemoryStorage } from '../study/journal/memory-storage.ts';
import { runJournalled } from '../study/run-journalled.ts';
import { roleNames } from '../spectra/deltas/roles.ts';
import { diversityPlan, energyPlan, overlapPlan } from './testing/plans.ts';

/** Twelve layers with one 2 × 2 matrix each, multiples of the identity: `first`, `second`, and 1 from there on. */
async function model(name: string, first: number, second: number): Promise<Checkpoint> {
  const matrix = (scale: number) => new Uint8Array(Float32Array.of(scale, 0, 0, scale).buffer);
  const tensors = [first, second, ...Array<number>(10).fill(1)].map((scale, layer) => ({
    name: `model.layers.${layer}.mlp.down_proj.weight`,
    dtype: 'F32' as const,
    shape: [2, 2],
    bytes: matrix(scale),
  }));
  return openCheckpoint(folder({ 'model.safetensors': writeSafetensors(tensors) }), { name });
}

let base: Checkpoint;
let sft: Checkpoint;
let rl: Checkpoint;
beforeAll(async () => {
  base = await model('a', 1, 1);
  sft = await model('b', 4, 1);
  rl = await model('c', 4, 3);
});

describe('roles', () => {
  test('further checkpoints keep their names, made plain and different', async () => {
    const others = await Promise.all(
      ['Org/RL Frozen', 'Org/RL Frozen', 'rl', '***', '__proto__'].map((name) => model(name, 1, 1)),
    );
    expect([...roleNames({ base, rl, others }).keys()]).toEqual([
      'base',
      'rl',
      'Org-RL-Frozen',
      'Org-RL-Frozen-2',
      'rl-2',
      'model',
      '__proto__-2',
    ]);
  });
});

describe('energy', () => {
  test('is that of the identity matrix times what was added, and is resumed at the next tensor', async () => {
    const plan = energyPlan(roleNames({ base, in: sft, rl }));
    expect(plan).toMatchObject({ total: 12, cost: 12 * 3 * 16 });
    const journals = new Journals(new MemoryStorage());
    const threads = inlineThreads();
    const stop = new AbortController();
    const begun: string[] = [];
    await expect(
      runJournalled<EnergyRecord, unknown>(
        journals,
        plan.identity,
        plan.total,
        (long) => plan.run({ threads }, long),
        {
          signal: stop.signal,
          onRecord: (key) => {
            begun.push(key);
            stop.abort();
          },
        },
      ),
    ).rejects.toBeInstanceOf(NamedError);
    const kept = await journals.read<EnergyRecord>(plan.identity);
    expect([...kept.keys()]).toEqual(begun);
    expect(begun.length).toBeLessThan(12);
    const records = await runJournalled<EnergyRecord, ReadonlyMap<string, EnergyRecord>>(
      journals,
      plan.identity,
      plan.total,
      (long) => plan.run({ threads }, long),
      { onRecord: (key) => void begun.push(key) },
    );
    expect(begun.toSorted()).toEqual(plan.pairing.families.map(({ name }) => name).toSorted());
    const file = plan.file(records);
    expect(file.metadata).toEqual({ base_model: 'a', sft_model: 'b', rl_model: 'c' });
    const [first, second] = file.layers;
    expect(first?.sft?.fro_norm).toBeCloseTo(3 * Math.SQRT2, 12);
    expect(first?.sft?.relative_norm).toBeCloseTo(3 / 4, 7);
    expect(first?.rl?.fro_norm).toBe(0);
    expect(second?.sft?.fro_norm).toBe(0);
    expect(second?.rl?.fro_norm).toBeCloseTo(2 * Math.SQRT2, 12);
    expect(second?.frankenscope?.unchanged).toEqual({ sft: 1, rl: 0.5 });
  });

  test('is other work with other rounding, checkpoints or parts', async () => {
    const plans = [
      energyPlan(roleNames({ base, in: sft, rl })),
      energyPlan(roleNames({ base, in: sft, rl }), { rounding: 'reference' }),
      energyPlan(roleNames({ base, in: sft, rl }), { rlFrom: 'base' }),
      energyPlan(roleNames({ base, in: sft })),
      energyPlan(roleNames({ base: sft, in: base })),
    ];
    expect(new Set(await Promise.all(plans.map(({ identity }) => workKey(identity)))).size).toBe(
      plans.length,
    );
  });

  test('needs two checkpoints', () => {
    expect(() => energyPlan(roleNames({ in: sft }))).toThrow(
      expect.objectContaining({ name: 'TooFewCheckpoints' }),
    );
  });

  test('compares further checkpoints with what is there, and says so where it is not', () => {
    const set = roleNames({ in: sft, others: [rl] });
    expect(() => energyPlan(set, { reference: 'base' })).toThrow(
      expect.objectContaining({ name: 'UnknownReference', remedy: 'open it, or choose one of in, c' }),
    );
  });
});

test('diversity of the identity matrix: two equal singular values', async () => {
  const plan = diversityPlan(roleNames({ base, in: sft }), { weights: 'down_proj' });
  expect(plan).toMatchObject({ total: 12, cost: 12 * (2 * 2 * 2 * 2) });
  const [first, second] = plan.file(await plan.run({ threads: inlineThreads() }, {})).layers;
  expect(first?.sft?.singular_values).toEqual([expect.closeTo(3, 12), expect.closeTo(3, 12)]);
  expect(first?.sft?.effective_rank).toBeCloseTo(2, 12);
  expect(first?.sft?.condition_number).toBeCloseTo(1, 9);
  expect(second?.sft?.singular_values).toEqual([0, 0]);
});

describe('overlap', () => {
  /** Two layers of 3 × 3: what was added to zero at (row, column), by layer. */
  async function sparse(name: string, ...layers: readonly (readonly [number, number, number][])[]) {
    const tensors = layers.map((entries, layer) => {
      const values = new Float32Array(9);
      for (const [row, column, value] of entries) values[row * 3 + column] = value;
      const bytes = new Uint8Array(values.buffer);
      return {
        name: `model.layers.${layer}.mlp.up_proj.weight`,
        dtype: 'F32' as const,
        shape: [3, 3],
        bytes,
      };
    });
    return openCheckpoint(folder({ 'model.safetensors': writeSafetensors(tensors) }), { name });
  }
  const two = { directions: 2 };
  /** IN writes e₀ and e₁; RL writes e₀ from another input, and e₂ from the same; nothing in the second layer. */
  async function family() {
    const [zero, one] = [
      await sparse('a', [], []),
      await sparse(
        'b',
        [
          [0, 0, 4],
          [1, 1, 2],
        ],
        [[0, 0, 1]],
      ),
    ];
    const last = await sparse(
      'c',
      [
        [0, 0, 4],
        [1, 1, 2],
        [0, 2, 4],
        [2, 1, 2],
      ],
      [[0, 0, 1]],
    );
    return { base: zero, in: one, rl: last };
  }

  test('of updates with known directions, its means, and what has none', async () => {
    const plan = overlapPlan(roleNames(await family()), two);
    expect(plan.deltas.map(({ key }) => key)).toEqual(['sft', 'rl']);
    expect(plan.total).toBe(2);
    const records = await plan.run({ threads: inlineThreads() }, {});
    const file = plan.file(records, { cuts: [1, 2] });
    const [first, second] = file.layers;
    expect(first).toMatchObject({
      projection: 'up_proj',
      shape: [3, 3],
      k: 2,
      layer_idx: 1,
      region: 'early',
    });
    // Outputs (e₀, e₁) and (e₀, e₂); inputs (e₀, e₁) and (e₂, e₁).
    expect(first?.output?.overlaps).toEqual([expect.closeTo(1, 6), expect.closeTo(0.5, 6)]);
    expect(first?.input?.overlaps).toEqual([expect.closeTo(0, 6), expect.closeTo(0.5, 6)]);
    expect(first?.output?.expected).toBeCloseTo(2 / 3, 12);
    expect(first?.output?.principal_angles[1]).toBeCloseTo(Math.PI / 2, 5);
    expect(second).toMatchObject({ k: 0, output: null, input: null });
    expect(file.summary).toMatchObject([
      { layer_idx: 1, output_mean: expect.closeTo(0.5, 6), input_mean: expect.closeTo(0.5, 6) },
      { layer_idx: 2, output_mean: null, input_mean: null },
    ]);
    expect(file.regions.early.output).toMatchObject({ n: 1, mean: expect.closeTo(0.5, 6) });
    expect(file.regions.late).toEqual({ output: null, input: null });
  });

  test('is of any two updates, and says which there are', async () => {
    const checkpoints = await family();
    const other = await sparse(
      'frozen',
      [
        [0, 0, 4],
        [1, 1, 3],
      ],
      [[0, 0, 1]],
    );
    const set = roleNames({ ...checkpoints, others: [other] });
    const plan = overlapPlan(set, { ...two, pair: 'rl,frozen' });
    expect(plan.deltas.map(({ to, from }) => `${to} − ${from}`)).toEqual(['rl − in', 'frozen − in']);
    // Base is no part of either, and is not read.
    expect([...plan.checkpoints.keys()]).toEqual(['in', 'rl', 'frozen']);
    expect(() => overlapPlan(set, { ...two, pair: 'rl,none' })).toThrow(
      expect.objectContaining({ name: 'UnknownUpdate', remedy: 'choose two of sft, rl, frozen' }),
    );
    const { base: before, in: after } = checkpoints;
    expect(() => overlapPlan(roleNames({ base: before, in: after }), two)).toThrow(
      expect.objectContaining({ name: 'TooFewUpdates' }),
    );
  });

  test('is other work with another k, pair or seed', async () => {
    const set = roleNames({ ...(await family()), others: [await sparse('frozen', [], [])] });
    const plans = [
      overlapPlan(set, two),
      overlapPlan(set, { directions: 3 }),
      overlapPlan(set, { ...two, seed: 1 }),
      overlapPlan(set, { ...two, pair: 'sft,frozen' }),
    ];
    const keys = await Promise.all(plans.map(({ identity }) => workKey(identity)));
    expect(new Set(keys).size).toBe(plans.length);
  });

  test('stands in layerwise_svd.json beside the spectra', async () => {
    const set = roleNames(await family());
    const spectra = diversityPlan(set, { topk: 3 });
    const overlap = overlapPlan(set, two);
    const threads = inlineThreads();
    const section = overlap.part?.(await overlap.run({ threads }, {}));
    const parts = { overlap: section as object };
    const file = spectra.file(await spectra.run({ threads }, {}), { parts });
    expect(file.layers).toHaveLength(2);
    expect(file.frankenscope?.overlap?.layers[0]?.output?.overlap).toBeCloseTo(0.5, 6);
    expect(file.frankenscope?.overlap?.k).toBe(2);
  });
});
