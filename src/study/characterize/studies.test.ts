import { beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint, type Checkpoint } from '../../checkpoint/checkpoint.ts';
import { folder } from '../../checkpoint/testing/files.ts';
import { writeSafetensors } from '../../checkpoint/writing.ts';
import { NamedError } from '../../named-error.ts';
import type { EnergyRecord } from '../../spectra/energy.ts';
import { inlineThreads } from '../../spectra/threads/inline.ts';
import { workKey } from '../../identity/work-identity.ts';
import { Journals } from '../journal/journals.ts';
import { MemoryStorage } from '../journal/memory-storage.ts';
import { runJournalled } from '../run-journalled.ts';
import { diversityFile, diversityStudy, runDiversity } from './diversity-study.ts';
import { energyFile, energyStudy, runEnergy } from './energy-study.ts';
import { overlapFile, overlapSectionOf, overlapStudy, runOverlap } from './overlap-study.ts';
import { roleNames } from './roles.ts';

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
const energy = { rounding: 'stored', delta: {} } as const;

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
    const study = energyStudy(roleNames({ base, in: sft, rl }), energy);
    expect(study).toMatchObject({ total: 12, bytes: 12 * 3 * 16 });
    const journals = new Journals(new MemoryStorage());
    const threads = inlineThreads();
    const stop = new AbortController();
    const begun: string[] = [];
    await expect(
      runJournalled<EnergyRecord, unknown>(
        journals,
        study.identity,
        study.total,
        (long) => runEnergy(study, threads, long),
        {
          signal: stop.signal,
          onRecord: (key) => {
            begun.push(key);
            stop.abort();
          },
        },
      ),
    ).rejects.toBeInstanceOf(NamedError);
    const kept = await journals.read<EnergyRecord>(study.identity);
    expect([...kept.keys()]).toEqual(begun);
    expect(begun.length).toBeLessThan(12);
    const records = await runJournalled<EnergyRecord, ReadonlyMap<string, EnergyRecord>>(
      journals,
      study.identity,
      study.total,
      (long) => runEnergy(study, threads, long),
      { onRecord: (key) => void begun.push(key) },
    );
    expect(begun.toSorted()).toEqual(study.pairing.families.map(({ name }) => name).toSorted());
    const file = energyFile(study, records);
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
    const studies = [
      energyStudy(roleNames({ base, in: sft, rl }), energy),
      energyStudy(roleNames({ base, in: sft, rl }), { ...energy, rounding: 'reference' }),
      energyStudy(roleNames({ base, in: sft, rl }), { ...energy, delta: { rlFrom: 'base' } }),
      energyStudy(roleNames({ base, in: sft }), energy),
      energyStudy(roleNames({ base: sft, in: base }), energy),
    ];
    expect(new Set(await Promise.all(studies.map(({ identity }) => workKey(identity)))).size).toBe(
      studies.length,
    );
  });

  test('needs two checkpoints', () => {
    expect(() => energyStudy(roleNames({ in: sft }), energy)).toThrow(
      expect.objectContaining({ name: 'TooFewCheckpoints' }),
    );
  });
});

test('diversity of the identity matrix: two equal singular values', async () => {
  const study = diversityStudy(roleNames({ base, in: sft }), {
    ...energy,
    ...{ weights: 'down_proj', mode: 'exact', topK: 50, seed: 0, computer: 'cpu' },
  });
  expect(study).toMatchObject({ total: 12, spectra: 12, operations: 12 * (2 * 2 * 2 * 2) });
  const records = await runDiversity(study, { threads: inlineThreads() }, {});
  const [first, second] = diversityFile(study, records).layers;
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
  const settings = {
    ...energy,
    ...{ weights: null, pair: null, k: 2, seed: 0, computer: 'cpu' },
  };
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
    const study = overlapStudy(roleNames(await family()), settings);
    expect(study.deltas.map(({ key }) => key)).toEqual(['sft', 'rl']);
    expect(study.total).toBe(2);
    const records = await runOverlap(study, { threads: inlineThreads() }, {});
    const file = overlapFile(study, records, [1, 2]);
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
    const study = overlapStudy(set, { ...settings, pair: ['rl', 'frozen'] });
    expect(study.deltas.map(({ to, from }) => `${to} − ${from}`)).toEqual(['rl − in', 'frozen − in']);
    // Base is no part of either, and is not read.
    expect([...study.checkpoints.keys()]).toEqual(['in', 'rl', 'frozen']);
    expect(() => overlapStudy(set, { ...settings, pair: ['rl', 'none'] })).toThrow(
      expect.objectContaining({ name: 'UnknownUpdate', remedy: 'choose two of sft, rl, frozen' }),
    );
    const { base: before, in: after } = checkpoints;
    expect(() => overlapStudy(roleNames({ base: before, in: after }), settings)).toThrow(
      expect.objectContaining({ name: 'TooFewUpdates' }),
    );
  });

  test('is other work with another k, pair or seed', async () => {
    const set = roleNames({ ...(await family()), others: [await sparse('frozen', [], [])] });
    const studies = [
      overlapStudy(set, settings),
      overlapStudy(set, { ...settings, k: 3 }),
      overlapStudy(set, { ...settings, seed: 1 }),
      overlapStudy(set, { ...settings, pair: ['sft', 'frozen'] }),
    ];
    const keys = await Promise.all(studies.map(({ identity }) => workKey(identity)));
    expect(new Set(keys).size).toBe(studies.length);
  });

  test('stands in layerwise_svd.json beside the spectra', async () => {
    const set = roleNames(await family());
    const spectra = diversityStudy(set, { ...settings, mode: 'exact', topK: 3 });
    const overlap = overlapStudy(set, settings);
    const threads = inlineThreads();
    const section = overlapSectionOf(overlap, await runOverlap(overlap, { threads }, {}));
    const file = diversityFile(spectra, await runDiversity(spectra, { threads }, {}), undefined, section);
    expect(file.layers).toHaveLength(2);
    expect(file.frankenscope?.overlap?.layers[0]?.output?.overlap).toBeCloseTo(0.5, 6);
    expect(file.frankenscope?.overlap?.k).toBe(2);
  });
});
