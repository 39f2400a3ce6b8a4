import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Arithmetic } from './compile.ts';
import { compileShader } from './compile.ts';
import { interpretedDevice, WEBGPU_GLOBALS } from './device.ts';

for (const [name, value] of Object.entries(WEBGPU_GLOBALS)) vi.stubGlobal(name, value);
afterAll(() => void vi.unstubAllGlobals());

const EXACT: Arithmetic = { flush: false, contract: false, ulps: 0 };

describe('shaders', () => {
  const run = (body: string): void => {
    const code = `struct P { firstY: u32, }
      @group(0) @binding(0) var<uniform> p: P;
      @group(0) @binding(1) var<storage, read_write> out: array<f32>;
      var<workgroup> cell: array<f32, 4>;
      @compute @workgroup_size(4)
      fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>) { ${body} }`;
    compileShader(code, EXACT).run(Uint32Array.of(0), [new Float32Array(8)], 2, 1);
  };

  it('sees races within a workgroup and between two, indices out of bounds and barriers that some miss', () => {
    run('cell[t] = 1.0; workgroupBarrier(); out[group.x * 4u + t] = cell[3u - t];');
    expect(() => run('cell[t] = 1.0; out[group.x * 4u + t] = cell[3u - t];')).toThrow(/without a barrier/);
    expect(() => run('out[t] = 1.0;')).toThrow(/out\[\d\]: invocation \d and invocation \d meet/);
    expect(() => run('out[8u] = 1.0;')).toThrow('out[8] of 8');
    expect(() => run('out[t - 1u] = 1.0;')).toThrow('a u32 would be -1');
    expect(() => run('if (t < 2u) { workgroupBarrier(); }')).toThrow(/barrier that not all/);
  });
});

describe('arithmetic', () => {
  /** out[0] = `expression` of a = in[0], b = in[1], c = in[2]. */
  const evaluate = (expression: string, values: readonly number[], arithmetic: Arithmetic): number => {
    const code = `struct P { unused: u32, }
      @group(0) @binding(0) var<uniform> p: P;
      @group(0) @binding(1) var<storage, read> given: array<f32>;
      @group(0) @binding(2) var<storage, read_write> out: array<f32>;
      @compute @workgroup_size(1)
      fn main(@builtin(local_invocation_index) t: u32) {
        let a = given[0u]; let b = given[1u]; let c = given[2u];
        out[0u] = ${expression};
      }`;
    const out = new Float32Array(1);
    compileShader(code, arithmetic).run(Uint32Array.of(0), [Float32Array.from(values), out], 1, 1);
    return out[0] as number;
  };

  it('rounds to f32 after each operation', () => {
    expect(evaluate('a + b - a', [2 ** 24, 1, 0], EXACT)).toBe(0);
    expect(evaluate('a / b', [1, 3, 0], EXACT)).toBe(Math.fround(1 / 3));
    expect(evaluate('sqrt(a)', [2, 0, 0], EXACT)).toBe(Math.fround(Math.SQRT2));
  });

  it('keeps subnormals, or flushes them', () => {
    expect(evaluate('a * b', [2 ** -100, 2 ** -30, 0], EXACT)).toBe(2 ** -130);
    expect(evaluate('a * b', [2 ** -100, 2 ** -30, 0], { ...EXACT, flush: true })).toBe(0);
  });

  it('rounds a·b + c twice, or once', () => {
    // (1 + 2⁻¹²)² = 1 + 2⁻¹¹ + 2⁻²⁴, of which f32 loses the last.
    const values = [1 + 2 ** -12, 1 + 2 ** -12, -(1 + 2 ** -11)];
    expect(evaluate('a * b + c', values, EXACT)).toBe(0);
    expect(evaluate('a * b + c', values, { ...EXACT, contract: true })).toBe(2 ** -24);
  });

  it('is off in divisions by no more than it is told', () => {
    const off = Array.from({ length: 50 }, (_, at) => {
      const quotient = evaluate('a / b', [1, at + 3, 0], { ...EXACT, ulps: 2.5 });
      return Math.abs(quotient * (at + 3) - 1) / 2 ** -24;
    });
    expect(Math.max(...off)).toBeGreaterThan(0);
    expect(Math.max(...off)).toBeLessThan(2 * 2.5 + 2);
  });
});

describe('the device', () => {
  const DOUBLE = `struct P { count: u32, }
    @group(0) @binding(0) var<uniform> p: P;
    @group(0) @binding(1) var<storage, read_write> data: array<f32>;
    @compute @workgroup_size(4)
    fn main(@builtin(local_invocation_index) t: u32, @builtin(workgroup_id) group: vec3<u32>) {
      let at = group.x * 4u + t;
      if (at < p.count) { data[at] = 2.0 * data[at]; }
    }`;

  /** Doubles six numbers with `workgroups` of four. */
  async function double(device: GPUDevice, workgroups: number): Promise<number[]> {
    const { STORAGE, UNIFORM, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
    const params = device.createBuffer({ size: 256, usage: UNIFORM | COPY_DST });
    const data = device.createBuffer({ size: 24, usage: STORAGE | COPY_DST | COPY_SRC });
    const read = device.createBuffer({ size: 24, usage: MAP_READ | COPY_DST });
    device.queue.writeBuffer(params, 0, Uint32Array.of(6));
    device.queue.writeBuffer(data, 0, Float32Array.of(1, 2, 3, 4, 5, 6));
    const layout = device.createPipelineLayout({ bindGroupLayouts: [] });
    const module = device.createShaderModule({ code: DOUBLE });
    const pipeline = await device.createComputePipelineAsync({
      label: 'double',
      layout,
      compute: { module },
    });
    const entries = [params, data].map((buffer, binding) => ({ binding, resource: { buffer } }));
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({ layout: device.createBindGroupLayout({ entries: [] }), entries }),
      [0],
    );
    pass.dispatchWorkgroups(workgroups, 1);
    pass.end();
    encoder.copyBufferToBuffer(data, 0, read, 0, 24);
    device.pushErrorScope('validation');
    device.queue.submit([encoder.finish()]);
    const error = await device.popErrorScope();
    if (error) throw new Error(error.message);
    await read.mapAsync(GPUMapMode.READ);
    const numbers = [...new Float32Array(read.getMappedRange())];
    for (const buffer of [params, data, read]) buffer.destroy();
    return numbers;
  }

  it('computes, and counts the buffers that are left', async () => {
    const { device, live } = interpretedDevice(EXACT);
    expect(await double(device, 2)).toEqual([2, 4, 6, 8, 10, 12]);
    expect(live()).toBe(0);
  });

  it('refuses what is over a limit', async () => {
    const { device } = interpretedDevice(EXACT, { maxComputeWorkgroupsPerDimension: 1 });
    await expect(double(device, 2)).rejects.toThrow('double: workgroups: 2 is more than');
  });

  it('goes away at the call that it is told', async () => {
    const undisturbed = interpretedDevice(EXACT);
    await double(undisturbed.device, 2);
    const atCall = undisturbed.calls.lastIndexOf('map') + 1;
    const { device } = interpretedDevice(EXACT, {}, { atCall });
    await expect(double(device, 2)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await device.lost).toMatchObject({ reason: 'unknown' });
  });
});
