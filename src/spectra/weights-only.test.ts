import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { weightsOnlyFolder, weightsOnlyJson } from '../engine/testing/weights-only.ts';
import { canonicalName } from '../checkpoint/tensor-name.ts';
import { deltasOf } from './deltas/delta-spec.ts';
import type { CheckpointSet } from './deltas/pairing.ts';
import { pairTensors } from './deltas/pairing.ts';
import { unplacedSentence } from './deltas/unshared.ts';
import { measureDiversity } from './diversity.ts';
import { measureEnergy } from './energy.ts';
import { froNormFile } from './results/fro-norm.ts';
import { inlineThreads } from './threads/inline.ts';

interface Update {
  readonly fro_norm: number;
  readonly relative_norm: number;
  readonly singular_values?: readonly number[];
}
const KEYS = ['sft', 'rl'] as const;
const ALL = { weights: null, outside: true };

async function triple(kind: string): Promise<CheckpointSet> {
  const roles = ['base', 'in', 'rl'].map(
    async (role) =>
      [role, await openCheckpoint(weightsOnlyFolder(`${kind}-${role}`), { name: role })] as const,
  );
  return new Map(await Promise.all(roles));
}

function goldens(kind: string): ReadonlyMap<string, Readonly<Record<(typeof KEYS)[number], Update>>> {
  const stored = weightsOnlyJson(kind) as Readonly<Record<string, Record<(typeof KEYS)[number], Update>>>;
  return new Map(Object.entries(stored).map(([name, updates]) => [canonicalName(name), updates]));
}

describe.each(['internvl', 'qwen3_vl_moe'])('updates of %s, an architecture that is not run', (kind) => {
  it('have the energy that float64 gives, of every weight', async () => {
    const checkpoints = await triple(kind);
    const deltas = deltasOf(checkpoints.keys());
    const pairing = pairTensors(checkpoints, ALL);
    const records = await measureEnergy(
      { checkpoints, deltas, pairing, rounding: 'stored' },
      inlineThreads(),
    );
    const file = froNormFile({ pairing, deltas, records, rounding: 'stored', cuts: [1, 2], models: {} });
    const expected = goldens(kind);
    const chosen = [...expected.keys()].filter(
      (name) => /weight|experts/.test(name) && !name.includes('norm'),
    );
    expect(file.layers.map(({ param_name }) => param_name).sort()).toEqual(chosen.sort());
    for (const { param_name, frankenscope } of file.layers) {
      for (const key of KEYS) {
        const [found, wanted] = [frankenscope?.deltas[key], expected.get(param_name)?.[key]];
        expect((found?.fro_norm ?? 0) / (wanted?.fro_norm ?? 0)).toBeCloseTo(1, 6);
        expect((found?.relative_norm ?? 0) / (wanted?.relative_norm ?? 0)).toBeCloseTo(1, 6);
      }
    }
  });

  it('have the singular values that float64 gives, of every matrix', async () => {
    const checkpoints = await triple(kind);
    const deltas = deltasOf(checkpoints.keys());
    const pairing = pairTensors(checkpoints, { ...ALL, matrices: true });
    const request = {
      checkpoints,
      deltas,
      pairing,
      mode: 'exact',
      rounding: 'stored',
      topK: 50,
      seed: 1,
    } as const;
    const records = await measureDiversity(request, { threads: inlineThreads() });
    const expected = goldens(kind);
    expect(records.size).toBe(pairing.families.length);
    for (const [name, { spectra }] of records) {
      for (const key of KEYS) {
        const [found, wanted] = [
          spectra[key]?.singularValues ?? [],
          expected.get(name)?.[key].singular_values ?? [],
        ];
        expect(found.length).toBe(wanted.length);
        for (const [at, value] of wanted.entries()) expect(found[at]).toBeCloseTo(value, 7);
      }
    }
  });
});

describe('pairTensors', () => {
  it('takes each expert for a matrix, in the order of their numbers, and a kernel for one', async () => {
    const { families } = pairTensors(await triple('qwen3_vl_moe'), { weights: null, outside: true });
    const of = (part: string) => families.filter(({ name }) => name.includes(part));
    expect(of('layers.1.mlp.experts').map(({ name, shape, first }) => [name, shape, first])).toEqual([
      ...[0, 1, 2].map((expert) => [`model.layers.1.mlp.experts.${expert}.down_proj`, [8, 6], 48 * expert]),
      ...[0, 1, 2].map((expert) => [
        `model.layers.1.mlp.experts.${expert}.gate_up_proj`,
        [12, 8],
        96 * expert,
      ]),
    ]);
    expect(
      of('layers.1.mlp.experts').every(({ place }) => place.layer === 2 && place.component === 'MLP'),
    ).toBe(true);
    expect(of('patch_embed').map(({ shape }) => shape)).toEqual([[8, 3, 2, 4, 4]]);
  });

  it('names what no rule places, and measures it in no layer, asked for or not', async () => {
    const odd = 'audio_adapter.proj.weight';
    const pairing = pairTensors(await triple('internvl'), { weights: null });
    expect(pairing.unplaced).toEqual([odd]);
    expect(pairing.families.at(-1)).toMatchObject({ name: odd, place: { layer: null, section: 'Unplaced' } });
    expect(pairing.unshared).toEqual([]);
    expect(unplacedSentence(pairing)).toBe(
      `1 tensor has a name that no rule places, and counts in no layer: ${odd}.`,
    );
  });
});
