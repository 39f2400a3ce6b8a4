/** An export opened again: its update from each donor is zero exactly where it was taken from that donor. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { folder } from '../checkpoint/testing/files.ts';
import type { DeltaSpec } from '../spectra/deltas/delta-spec.ts';
import type { TensorFamily } from '../spectra/deltas/pairing.ts';
import { pairTensors } from '../spectra/deltas/pairing.ts';
import type { EnergyRecord } from '../spectra/energy.ts';
import { measureEnergy } from '../spectra/energy.ts';
import { inlineThreads } from '../spectra/threads/inline.ts';
import { exportMerge } from './export.ts';
import { planMerge } from './plan/plan.ts';
import { parseBlocks } from './recipe/blocks.ts';
import type { Edit } from './recipe/recipe.ts';
import type { OpenDonors } from './testing/donors.ts';
import { goldenDonors } from './testing/donors.ts';
import { MemorySink } from './testing/memory-sink.ts';

const DELTAS: readonly DeltaSpec[] = [
  { key: 'from IN', to: 'merge', from: 'IN', relativeTo: 'IN' },
  { key: 'from RL', to: 'merge', from: 'RL', relativeTo: 'RL' },
  { key: 'donors', to: 'RL', from: 'IN', relativeTo: 'IN' },
];
const threads = inlineThreads();
let open: OpenDonors;

beforeAll(async () => {
  open = await goldenDonors({ IN: 'untied-gqa2-f16', RL: 'untied-gqa2-f16-b' });
});

/** Exports in shards, opens what was written, and measures it against its donors. */
async function measured(
  edits: readonly Edit[],
): Promise<readonly (TensorFamily & { readonly record: EnergyRecord })[]> {
  const plan = planMerge({ ...parseBlocks('IN:RL:RL', ['IN', 'RL'], 3), edits }, open.donors);
  const sink = new MemorySink();
  await exportMerge(plan, open.folders, sink, { shardBytes: 100_000 });
  const merge = await openCheckpoint(folder(Object.fromEntries(sink.files)));
  expect(merge.weightFiles.length).toBeGreaterThan(1);
  const checkpoints = new Map<string, Checkpoint>([
    ['merge', merge],
    ...[...open.donors].map(([name, { checkpoint }]) => [name, checkpoint] as const),
  ]);
  const pairing = pairTensors(checkpoints, { weights: null, outside: true });
  expect([pairing.mismatches, pairing.layers]).toEqual([[], 3]);
  const work = { checkpoints, deltas: DELTAS, pairing, rounding: 'stored' } as const;
  const records = await measureEnergy(work, threads);
  return pairing.families.map((one) => ({ ...one, record: records.get(one.name) as EnergyRecord }));
}

describe('an export opened again', () => {
  it('a stitch differs from neither donor where it comes from it, and from the other one everywhere', async () => {
    const families = await measured([]);
    expect(families.length).toBeGreaterThan(30);
    for (const { name, place, elements, record } of families) {
      const own = (place.layer ?? 0) > 1 ? 'from RL' : 'from IN';
      const other = own === 'from RL' ? 'from IN' : 'from RL';
      expect([record.squares[own], record.unchanged[own]], name).toEqual([0, elements]);
      expect(record.squares[other], name).toBe(record.squares['donors']);
      expect(record.squares[other], name).toBeGreaterThan(0);
    }
  });

  it('an interpolated layer stands where α says, between its donors', async () => {
    const alpha = 0.3;
    const families = await measured([
      { kind: 'interpolate', layers: { first: 1, last: 1 }, part: 'mlp', donor: 'RL', alpha },
    ]);
    const mixed = families.filter(({ name }) => name.startsWith('model.layers.0.mlp.'));
    expect(mixed).toHaveLength(3);
    for (const { name, record } of mixed) {
      const norm = (key: string): number => Math.sqrt(record.squares[key] as number);
      // Stored in float16: 2⁻¹¹ of each weight at most, far below these updates.
      expect(Math.abs(norm('from IN') / norm('donors') - alpha), name).toBeLessThan(1e-3);
      expect(Math.abs(norm('from RL') / norm('donors') - (1 - alpha)), name).toBeLessThan(1e-3);
    }
    const attention = families.filter(({ name }) => name.startsWith('model.layers.0.self_attn.'));
    expect(attention.map(({ record }) => record.squares['from IN'])).toEqual([0, 0, 0, 0]);
  });
});
