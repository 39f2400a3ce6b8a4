import { expect, it } from 'vitest';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { qwenTensors, SHAPE_7B, sparseCheckpoint } from '../checkpoint/testing/qwen-layout.ts';
import { deltasOf } from './deltas/delta-spec.ts';
import { pairTensors } from './deltas/pairing.ts';
import { measureEnergy } from './energy.ts';
import { inlineThreads } from './threads/inline.ts';

/** Buffers of four tasks in flight, three checkpoints, 8 MiB each: 96 MiB; the rest awaits collection. */
const HELD_BYTES = 500e6;

it('reads a layer of three 16 GB checkpoints in pieces, holding a fraction of it, and nothing else of them', async () => {
  const checkpoints = new Map<string, Checkpoint>();
  const counts = [];
  for (const role of ['base', 'in', 'rl']) {
    const { files, count } = sparseCheckpoint(qwenTensors(SHAPE_7B), 5, role === 'rl' ? 1 : 0);
    checkpoints.set(role, await openCheckpoint(files, { name: role }));
    counts.push(count);
  }
  const before = counts.map(({ bytes }) => bytes);
  const pairing = pairTensors(checkpoints, { weights: 'layers.3.mlp.down_proj' });
  const [family] = pairing.families;
  let peak = 0;
  const start = process.memoryUsage().arrayBuffers;
  const records = await measureEnergy(
    { checkpoints, pairing, deltas: deltasOf(checkpoints.keys()), rounding: 'stored' },
    inlineThreads(),
    { onProgress: () => (peak = Math.max(peak, process.memoryUsage().arrayBuffers - start)) },
  );
  expect(family?.shape).toEqual([3584, 18944]);
  counts.forEach(({ bytes }, i) => expect(bytes - (before[i] as number)).toBe(3584 * 18944 * 2));
  expect(peak).toBeLessThan(HELD_BYTES);
  // Bytes of 0x01 are the bfloat16 0x0101 everywhere; zeros before.
  const value = new Float32Array(Uint32Array.of(0x01010000).buffer)[0] as number;
  const record = [...records.values()][0];
  expect(record?.unchanged).toEqual({ sft: 3584 * 18944, rl: 0 });
  expect((record?.squares['rl'] ?? 0) / (3584 * 18944 * value * value)).toBeCloseTo(1, 9);
});
