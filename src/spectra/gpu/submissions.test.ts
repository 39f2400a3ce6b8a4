import { afterAll, expect, it, vi } from 'vitest';
import { compileKernel } from './kernel.ts';
import { SpectrumDevice } from './spectrum-device.ts';
import { Submissions } from './submissions.ts';
import { WEBGPU_GLOBALS, interpretedDevice } from '../../../tools/wgsl-interpreter/device.ts';
import { Uploader } from './upload.ts';

for (const [name, value] of Object.entries(WEBGPU_GLOBALS)) vi.stubGlobal(name, value);
afterAll(() => void vi.unstubAllGlobals());

it('cuts a kernel of more workgroups than WebGPU takes along y', async () => {
  const { device } = interpretedDevice({ flush: false, contract: false, ulps: 0 });
  const gpu = new SpectrumDevice(device);
  const kernel = await compileKernel(device, {
    label: 'count',
    params: [],
    storage: [{ name: 'seen', type: 'array<f32>', access: 'read_write' }],
    code: `@compute @workgroup_size(1)
      fn main(@builtin(workgroup_id) group: vec3<u32>) { seen[group.y + p.firstY] += 1.0; }`,
  });
  const count = 70_000;
  const work = new Submissions(gpu);
  const buffer = await gpu.allocate('seen', 4 * count);
  await work.dispatch(work.bind(kernel, [buffer]), [], [1, count], count);
  await work.finish();
  expect((await gpu.download(buffer, 4 * count)).every((value) => value === 1)).toBe(true);
  await work.dispose();
});

it('uploads a row of more entries than one row of workgroups takes', async () => {
  const cols = 2 ** 20 + 7;
  const sizes: (readonly [number, number])[] = [];
  let entries = 0;
  const gpu = {
    allocate: () => Promise.resolve({ destroy: () => undefined }),
    device: {
      queue: { writeBuffer: (_: unknown, __: number, values: Float32Array) => (entries += values.length) },
    },
  } as unknown as SpectrumDevice;
  const work = {
    bind: () => ({}),
    flush: () => Promise.resolve(),
    finish: () => Promise.resolve(),
    dispatch: (_: unknown, __: unknown, size: readonly [number, number]) => Promise.resolve(sizes.push(size)),
  } as unknown as Submissions;
  const uploader = await Uploader.create(gpu, {} as Parameters<typeof Uploader.create>[1], work);
  const to = { buffer: {} as GPUBuffer, stride: cols, firstRow: 0 };
  await uploader.write({ data: new Float32Array(cols), rows: 1, cols }, false, [0, 1], to, 1);
  expect(entries).toBe(cols);
  for (const [x] of sizes) expect(x).toBeLessThanOrEqual(65535);
});
