/** Images seen several in a run: the same numbers as one by one, block by block; what a run sees, and where a cancel is heard. */
import { expect, it, vi } from 'vitest';
import { values } from '../graph/testing/random.ts';
import type { ImageGrid } from '../vlm/image-grid.ts';
import type { ImagePatches } from '../vlm/patches.ts';
import type { Resident } from './resident.ts';
import { createRuntime } from './runtime.ts';
import { goldenModel, wasmBackend } from './testing/golden-model.ts';

const SQUARE: ImageGrid = [1, 8, 8];
const WIDE: ImageGrid = [1, 4, 6];
/** Wider than a window of 8 patches: with windows, two sizes of them. */
const CUT: ImageGrid = [1, 8, 12];

function image({ config: { vision } }: Resident, grid: ImageGrid, seed: number): ImagePatches {
  const patchDim = vision.inChannels * vision.temporalPatchSize * vision.patchSize ** 2;
  return { grid, pixelValues: values(grid[1] * grid[2] * patchDim, seed, 2) };
}

/** The same checkpoint, as if it were too large for a graph of the whole tower. */
function asLarge(model: Resident): Resident {
  const { arrays } = model;
  const large = { bytes: Infinity, constant: (name: string) => arrays.constant(name) };
  return { ...model, arrays: large as unknown as Resident['arrays'] };
}

it.each(['untied-gqa4-f32', 'qwen2-tied-f16', 'qwen3-untied-bf16'])(
  'an image of %s gives the same to the bit, alone, among others, block by block',
  async (name) => {
    const { runtime, resident } = await goldenModel(name);
    const { vision } = resident.config;
    const grids = [SQUARE, CUT, WIDE, SQUARE, CUT, SQUARE];
    const images = grids.map((grid, seed) => image(resident, grid, seed + 1));
    const again = images[3] as ImagePatches;
    const together = await runtime.vision.embedAll(resident, [...images, again]);
    expect(together).toHaveLength(7);
    expect(together[6]).toEqual(together[3]);
    const projectors = 1 + (vision.deepstackBlocks?.length ?? 0);
    for (const [index, features] of together.slice(0, 6).entries()) {
      const { grid } = images[index] as ImagePatches;
      const tokens = (grid[1] * grid[2]) / vision.spatialMergeSize ** 2;
      expect(features).toHaveLength(projectors * tokens * vision.outHiddenSize);
      expect(features).toEqual(await runtime.vision.embed(resident, images[index] as ImagePatches));
      const byBlocks = await runtime.vision.embed(asLarge(resident), images[index] as ImagePatches);
      expect(features).toEqual(byBlocks);
    }
    expect(together[0]).not.toEqual(together[3]);
  },
);

it('a run sees images of one grid up to 8 MiB of activations; one, where memory is bounded', async () => {
  const backend = wasmBackend();
  const { runtime, resident } = await goldenModel('untied-gqa4-f32', createRuntime(backend));
  const run = vi.spyOn(backend, 'run');
  const seen = async (images: readonly ImagePatches[]) => {
    run.mockClear();
    const before = vi.fn(() => Promise.resolve());
    await runtime.vision.embedAll(resident, images, undefined, before);
    return { runs: run.mock.calls.map(([, { pixels }]) => pixels?.dims[0]), before: before.mock.calls };
  };
  const square = [1, 2, 3, 4].map((seed) => image(resident, SQUARE, seed));
  const mixed = [...square, image(resident, WIDE, 5)];
  expect(await seen(mixed)).toEqual({ runs: [4 * 64, 24], before: [[64], [24]] });
  // Of a patch 1176 pixel values, and 3 · 52 and 6 · 32 of activations: five of such images, and not six.
  const [patches, bytes] = [256, 4 * (1176 + 3 * 52 + 6 * 32)];
  expect(Math.floor(2 ** 23 / (patches * bytes))).toBe(5);
  const large = Array.from({ length: 6 }, (_, seed) => image(resident, [1, 16, 16], seed));
  expect(await seen(large)).toEqual({ runs: [5 * patches, patches], before: [[patches], [patches]] });
  await runtime.graphs.keepTo(2 ** 20);
  expect(await seen(square)).toEqual({ runs: [64, 64, 64, 64], before: [[64], [64], [64], [64]] });
});

it('a cancel is heard between runs of several images', async () => {
  const { runtime, resident } = await goldenModel('untied-gqa4-f32');
  const cancel = new AbortController();
  const before = vi.fn(() => {
    if (before.mock.calls.length === 2) cancel.abort(new Error('enough'));
    return Promise.resolve();
  });
  const images = [SQUARE, WIDE, CUT].map((grid, seed) => image(resident, grid, seed));
  await expect(runtime.vision.embedAll(resident, images, cancel.signal, before)).rejects.toThrow('enough');
  expect(before).toHaveBeenCalledTimes(2);
});

it('a cancel is heard between the blocks of a large tower, and leaves nothing on the device', async () => {
  const { runtime, resident } = await goldenModel('untied-gqa4-f32');
  const cancel = new AbortController();
  const run = runtime.graphs.run.bind(runtime.graphs);
  const runs = vi.spyOn(runtime.graphs, 'run').mockImplementation((...request) => {
    if (runs.mock.calls.length === 2) cancel.abort(new Error('stop'));
    return run(...request);
  });
  const before = runtime.backend.heldBytes;
  const large = asLarge(resident);
  const seen = runtime.vision.embed(large, image(large, SQUARE, 1), cancel.signal);
  await expect(seen).rejects.toThrow('stop');
  expect(runs).toHaveBeenCalledTimes(2);
  expect(runtime.backend.heldBytes).toBe(before);
});
