/** Update energy of whatever demo family the app carries: what was frozen, and what rounding as the reference does changes. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { openCheckpoint, readTensorBytes } from '../checkpoint/checkpoint.ts';
import { INDEX_FILE, parseDemoIndex } from '../demo/index-file.ts';
import type { DemoName } from '../demo/testing/demo-from-disk.ts';
import { demoBytes, demoFolder } from '../demo/testing/demo-from-disk.ts';
import type { DeltaSpec, Rounding } from './deltas/delta-spec.ts';
import { deltasOf } from './deltas/delta-spec.ts';
import type { Pairing } from './deltas/pairing.ts';
import { pairTensors } from './deltas/pairing.ts';
import type { EnergyRecord } from './energy.ts';
import { measureEnergy } from './energy.ts';
import { regionOf, thirds, type Region } from '../regions.ts';
import { inlineThreads } from './threads/inline.ts';

const index = parseDemoIndex(new TextDecoder().decode(await demoBytes(INDEX_FILE)));
const threads = inlineThreads();

let checkpoints: ReadonlyMap<string, Checkpoint>;
let pairing: Pairing;
let deltas: readonly DeltaSpec[];
let stored: ReadonlyMap<string, EnergyRecord>;

const measure = (rounding: Rounding): Promise<ReadonlyMap<string, EnergyRecord>> =>
  measureEnergy({ checkpoints, deltas, pairing, rounding }, threads);

beforeAll(async () => {
  const opened = index.checkpoints.map(
    async ({ name }) => [name, await openCheckpoint(await demoFolder(name as DemoName))] as const,
  );
  checkpoints = new Map(await Promise.all(opened));
  pairing = pairTensors(checkpoints, { weights: null, outside: true });
  deltas = deltasOf(checkpoints.keys());
  stored = await measure('stored');
});

describe('the demo family', () => {
  it('is compared whole', () => {
    expect(pairing.mismatches).toEqual([]);
    expect(deltas.map(({ key, from }) => `${key} − ${from}`)).toEqual([
      'sft − base',
      'rl − in',
      ...index.checkpoints.flatMap(({ name, frozen }) => (frozen ? [`${name} − in`] : [])),
    ]);
  });

  it.each(updates())(
    '$name: energy is exactly zero in its frozen region, and nowhere else',
    ({ key, frozen }) => {
      const { layers } = pairing;
      const zero = pairing.families.filter(({ name }) => stored.get(name)?.squares[key] === 0);
      const expected = pairing.families.filter(
        ({ place: { layer } }) =>
          frozen !== null && layer !== null && regionOf(layer, thirds(layers)) === frozen,
      );
      expect(zero.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
      expect(expected.length > 0).toBe(frozen !== null);
      for (const { name, elements } of expected) expect(stored.get(name)?.unchanged[key]).toBe(elements);
    },
  );
});

/** Every update that is measured, and the region it was not allowed to change. */
function updates(): { name: string; key: string; frozen: Region | null }[] {
  const keys = { base: [], in: ['sft'], rl: ['rl'], frozen: null };
  return index.checkpoints.flatMap(({ name, role, frozen }) =>
    (keys[role] ?? [name]).map((key) => ({ name, key, frozen })),
  );
}

/**
 * The nearest float16, by definition rather than by bits: the spacing is 2⁻¹⁰ of the power of two below the value, at least
 * 2⁻²⁴; ties go to the even multiple. Exact in float64.
 */
function half(value: number): number {
  if (value === 0) return value;
  const spacing = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value)))) - 10);
  const steps = value / spacing;
  const below = Math.floor(steps);
  const rest = steps - below;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  return (below + (up ? 1 : 0)) * spacing;
}

/** A bfloat16 is the upper half of a float32. */
async function bfloat16Values(name: string, role: string): Promise<readonly number[]> {
  const checkpoint = checkpoints.get(role) as Checkpoint;
  const entry = checkpoint.tensors.get(name);
  if (entry?.dtype !== 'BF16') throw new Error(`${name} of ${role} is not BF16`);
  const bytes = await readTensorBytes(checkpoint, entry);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = new DataView(new ArrayBuffer(4));
  return Array.from({ length: bytes.length / 2 }, (_, i) => {
    word.setUint32(0, view.getUint16(2 * i, true) << 16);
    return word.getFloat32(0);
  });
}

describe('rounding as the reference does, beside plain subtraction', () => {
  it('both are what float64 makes of the stored values, and they differ', async () => {
    const reference = await measure('reference');
    const square = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value * value, 0);
    let differing = 0;
    for (const { name } of pairing.families) {
      const [tuned, reinforced] = [await bfloat16Values(name, 'in'), await bfloat16Values(name, 'rl')];
      const plain = reinforced.map((value, i) => value - (tuned[i] as number));
      const rounded = reinforced.map((value, i) => half(half(value) - half(tuned[i] as number)));
      for (const [records, weights, delta] of [
        [stored, tuned, plain],
        [reference, tuned.map(half), rounded],
      ] as const) {
        const record = records.get(name);
        expect(Math.abs((record?.squares['rl'] ?? NaN) / square(delta) - 1), name).toBeLessThan(1e-6);
        expect(Math.abs((record?.weights['in'] ?? NaN) / square(weights) - 1), name).toBeLessThan(1e-6);
        expect(record?.unchanged['rl'], name).toBe(delta.filter((value) => value === 0).length);
      }
      // Two casts cost at most half a subnormal step or 2⁻¹¹ of a weight each, the subtraction 2⁻¹¹ of the result.
      const cost = plain.map((value, i) => value - (rounded[i] as number));
      const bound = plain.map((value, i) => {
        const cast = (weight: number): number => Math.max(2 ** -25, Math.abs(weight) * 2 ** -11);
        const casts = cast(reinforced[i] as number) + cast(tuned[i] as number);
        return casts + (Math.abs(value) + casts) * 2 ** -11 + 2 ** -25;
      });
      expect(
        cost.every((difference, i) => Math.abs(difference) <= (bound[i] as number)),
        name,
      ).toBe(true);
      if (reference.get(name)?.squares['rl'] !== stored.get(name)?.squares['rl']) differing += 1;
    }
    expect(differing).toBeGreaterThan(0);
  });
});
