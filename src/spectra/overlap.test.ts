import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { deltasOf } from './deltas/delta-spec.ts';
import { pairTensors } from './deltas/pairing.ts';
import type { OverlapRequest } from './overlap.ts';
import { measureOverlap } from './overlap.ts';
import { testCheckpoint } from './testing/triples.ts';
import { inlineThreads } from './threads/inline.ts';
import { seededRandom } from '../work/seeded-random.ts';

const NAME = 'model.layers.0.mlp.up_proj.weight';
const [ROWS, COLUMNS] = [40, 30];
type Matrix = readonly number[];

/** Orthogonal directions: row i and column j of the update, in steps exact in float32. */
const entry = (...places: readonly (readonly [row: number, column: number, value: number])[]): Matrix => {
  const values = Array.from({ length: ROWS * COLUMNS }, () => 0);
  for (const [row, column, value] of places) values[row * COLUMNS + column] = value;
  return values;
};

async function request(sft: Matrix, rl: Matrix, k: number): Promise<OverlapRequest> {
  const random = seededRandom(1);
  const base = Array.from({ length: ROWS * COLUMNS }, () => Math.floor(random() * 64) / 64);
  const tuned = base.map((value, i) => value + (sft[i] as number));
  const final = tuned.map((value, i) => value + (rl[i] as number));
  const checkpoints = new Map<string, Checkpoint>();
  for (const [role, values] of Object.entries({ base, in: tuned, rl: final }))
    checkpoints.set(role, await testCheckpoint([{ name: NAME, shape: [ROWS, COLUMNS], values }]));
  const [first, second] = deltasOf(checkpoints.keys());
  if (!first || !second) throw new Error('two updates');
  const pairing = pairTensors(checkpoints, { weights: null, matrices: true });
  return { checkpoints, deltas: [first, second], pairing, rounding: 'stored', k, seed: 1 };
}

async function overlap(sft: Matrix, rl: Matrix, k: number) {
  const records = await measureOverlap(await request(sft, rl, k), { threads: inlineThreads() });
  return records.get(NAME);
}

describe('measureOverlap', () => {
  it('is one where RL goes on as IN began, on both sides', async () => {
    const update = entry([0, 0, 3], [1, 1, 2], [2, 2, 1]);
    const record = await overlap(update, update, 3);
    expect(record?.k).toBe(3);
    expect(record?.left?.overlap).toBeCloseTo(1, 5);
    expect(record?.right?.overlap).toBeCloseTo(1, 5);
    expect(record?.left?.expected).toBe(3 / ROWS);
  });

  it('tells output from input directions', async () => {
    // The same outputs from other inputs; one direction of three in common.
    const record = await overlap(entry([0, 0, 3], [1, 1, 2]), entry([0, 10, 3], [1, 11, 2]), 2);
    expect(record?.left?.overlap).toBeCloseTo(1, 5);
    expect(record?.right?.overlap).toBeCloseTo(0, 5);
    const third = await overlap(
      entry([0, 0, 3], [1, 1, 2], [2, 2, 1]),
      entry([0, 0, 3], [5, 5, 2], [6, 6, 1]),
      3,
    );
    expect(third?.left?.overlap).toBeCloseTo(1 / 3, 5);
  });

  it('has the angles by which the second update was turned', async () => {
    // Output planes (e₀, e₁) and (cos a e₀ + sin a e₅, cos b e₁ + sin b e₆); the same inputs.
    const [a, b] = [0.4, 1.2];
    const first = entry([0, 0, 4], [1, 1, 2]);
    const turned = entry(
      [0, 0, 4 * Math.cos(a)],
      [5, 0, 4 * Math.sin(a)],
      [1, 1, 2 * Math.cos(b)],
      [6, 1, 2 * Math.sin(b)],
    );
    const record = await overlap(first, turned, 2);
    expect(record).toMatchObject({ rows: ROWS, columns: COLUMNS, k: 2 });
    expect(record?.left?.angles[0]).toBeCloseTo(a, 5);
    expect(record?.left?.angles[1]).toBeCloseTo(b, 5);
    expect(record?.left?.overlaps[0]).toBeCloseTo(Math.cos(a) ** 2, 5);
    expect(record?.left?.overlaps[1]).toBeCloseTo((Math.cos(a) ** 2 + Math.cos(b) ** 2) / 2, 5);
    expect(record?.right?.overlap).toBeCloseTo(1, 5);
  });

  it('compares no more directions than the lesser update has, and none with an update of nothing', async () => {
    const record = await overlap(entry([0, 0, 3], [1, 1, 2]), entry([0, 0, 1]), 5);
    expect(record?.k).toBe(1);
    expect(await overlap(entry([0, 0, 3]), entry(), 5)).toMatchObject({ k: 0, left: null, right: null });
  });

  it('takes over what is finished', async () => {
    const asked = await request(entry([0, 0, 3]), entry([0, 0, 1]), 1);
    const all = await measureOverlap(asked, { threads: inlineThreads() });
    const told: string[] = [];
    const again = await measureOverlap(
      asked,
      { threads: inlineThreads() },
      { finished: all, onRecord: (key) => void told.push(key) },
    );
    expect(again).toEqual(all);
    expect(told).toEqual([]);
  });
});
