import { afterEach, expect, it, vi } from 'vitest';
import type { HeldModel } from './engine-contents.ts';
import { lanesFor, threadsAtOnce } from './lane-count.ts';

afterEach(() => void vi.unstubAllGlobals());

/** A machine of so many cores, to which further threads add the share of another. */
function machine(cores: number, further: number) {
  const [started, running] = [{ count: 0, ended: 0 }, { count: 0 }];
  const spawn = () => {
    started.count += 1;
    return {
      async rate() {
        running.count += 1;
        await Promise.resolve();
        const { count } = running;
        await Promise.resolve();
        running.count = 0;
        return (Math.min(count, cores) + further * Math.max(0, count - cores)) / count;
      },
      dispose: () => void (started.ended += 1),
    };
  };
  return { spawn, started };
}

it.each([
  [1, 1, 0, 1],
  [2, 2, 0, 2],
  // Two threads a core, each of which computes with the whole of it.
  [8, 4, 0.02, 4],
  // Shares of others' cores: four of them do some more than three.
  [6, 6, 0, 6],
  [8, 3, 0, 4],
  [4, 1, 0, 1],
])('of %i processors on %i cores (%f besides) finds %i', async (most, cores, further, expected) => {
  const { spawn, started } = machine(cores, further);
  expect(await threadsAtOnce(most, spawn)).toBe(expected);
  expect(started).toEqual({ count: most, ended: most });
});

const MIB = 2 ** 20;
const model = (weightBytes: number): HeldModel =>
  ({ id: 'a', loaded: { weightBytes, options: { device: 'wasm', dtype: 'f32' } } }) as never;
const estimating = (batch: number) => ({
  estimate: () => Promise.resolve({ kvCacheBytes: batch / 2, activationBytes: batch / 2 } as never),
});

it('is bound by a quarter of the memory that is told, weights counted twice; a model of which not two fit has one lane', async () => {
  class Fast {
    onmessage: ((event: { data: number }) => void) | undefined;
    postMessage = () => queueMicrotask(() => this.onmessage?.({ data: 1 }));
    terminate = () => undefined;
  }
  vi.stubGlobal('Worker', Fast);
  vi.stubGlobal('navigator', { hardwareConcurrency: 8, deviceMemory: 8 });
  const lanes = (weights: number, batch: number, models = 1): Promise<number> =>
    lanesFor(
      Array.from({ length: models }, () => model(weights * MIB)),
      estimating(batch * MIB),
    );
  // 2048 MiB in all; 64 of a lane's own.
  expect(await lanes(12, 100)).toBe(8);
  expect(await lanes(128, 192)).toBe(4);
  expect(await lanes(32, 192, 4)).toBe(4);
  expect(await lanes(416, 128)).toBe(2);
  expect(await lanes(417, 128)).toBe(1);
  vi.stubGlobal('navigator', { hardwareConcurrency: 8 });
  expect(await lanes(128, 192)).toBe(2);
});
