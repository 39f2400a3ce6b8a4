/** A WGSL kernel as this folder writes them: numbers in one uniform block, arrays as storage. */

export interface KernelSource {
  readonly label: string;
  /** Fields of the uniform block `p`, all u32. `p.firstY` is always there: see `Submissions.dispatch`. */
  readonly params: readonly string[];
  readonly storage: readonly StorageBinding[];
  readonly code: string;
}

export interface StorageBinding {
  readonly name: string;
  readonly type: 'array<f32>' | 'array<vec4<f32>>';
  readonly access: 'read' | 'read_write';
}

export interface Kernel {
  readonly source: KernelSource;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** The whole module: declarations, then the kernel's own code. */
export function moduleOf({ params, storage, code }: KernelSource): string {
  const fields = ['firstY', ...params].map((name) => `  ${name}: u32,`).join('\n');
  const arrays = storage.map(
    ({ name, type, access }, at) => `@group(0) @binding(${at + 1}) var<storage, ${access}> ${name}: ${type};`,
  );
  return [
    `struct Params {\n${fields}\n}`,
    '@group(0) @binding(0) var<uniform> p: Params;',
    ...arrays,
    code,
  ].join('\n');
}

/** Compiles a kernel. A shader the driver refuses shows up in the caller's error scope. */
export async function compileKernel(device: GPUDevice, source: KernelSource): Promise<Kernel> {
  const { label } = source;
  const layout = device.createBindGroupLayout({
    label,
    entries: [
      {
        binding: 0,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: 'uniform', hasDynamicOffset: true },
      },
      ...source.storage.map(({ access }, at) => ({
        binding: at + 1,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: access === 'read' ? ('read-only-storage' as const) : ('storage' as const) },
      })),
    ],
  });
  const pipeline = await device.createComputePipelineAsync({
    label,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ label, code: moduleOf(source) }) },
  });
  return { source, pipeline, layout };
}
