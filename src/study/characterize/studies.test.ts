import { beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint, type Checkpoint } from '../../checkpoint/checkpoint.ts';
import { folder } from '../../checkpoint/testing/files.ts';
import { writeSafetensors } from '../../checkpoint/writing.ts';
import { NamedError } from '../../named-error.ts';
import type { EnergyRecord } from '../../spectra/energy.ts';
import { inlineThreads } from '../../spectra/threads/inline.ts';
import { workKey } from '../journal/identity.ts';
import { Journals } from '../journal/journals.ts';
import { MemoryStorage } from '../journal/memory-storage.ts';
import { runJournalled } from '../run-journalled.ts';
import { diversityFile, diversityStudy, runDiversity } from './diversity-study.ts';
import { energyFile, energyStudy, runEnergy } from './energy-study.ts';
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
      ['Org/RL Frozen', 'Org/RL Frozen', 'rl', '***'].map((name) => model(name, 1, 1)),
    );
    expect([...roleNames({ base, rl, others }).keys()]).toEqual([
      'base',
      'rl',
      'Org-RL-Frozen',
      'Org-RL-Frozen-2',
      'rl-2',
      'model',
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
    ...{ weights: 'down_proj', mode: 'exact', topK: 50, seed: 0 },
  });
  expect(study).toMatchObject({ total: 12, spectra: 12, operations: 12 * (2 * 2 * 2 * 2) });
  const records = await runDiversity(study, { threads: inlineThreads() }, {});
  const [first, second] = diversityFile(study, records).layers;
  expect(first?.sft?.singular_values).toEqual([expect.closeTo(3, 12), expect.closeTo(3, 12)]);
  expect(first?.sft?.effective_rank).toBeCloseTo(2, 12);
  expect(first?.sft?.condition_number).toBeCloseTo(1, 9);
  expect(second?.sft?.singular_values).toEqual([0, 0]);
});
