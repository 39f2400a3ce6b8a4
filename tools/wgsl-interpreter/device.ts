/** A GPUDevice that runs the kernels on the CPU, with WebGPU's default limits; of the API, what a compute kernel needs. */
import type { Arithmetic, Shader } from './compile.ts';
import { compileShader } from './compile.ts';

const LIMITS = {
  maxBufferSize: 256 * 2 ** 20,
  maxStorageBufferBindingSize: 128 * 2 ** 20,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupsPerDimension: 65535,
  maxStorageBuffersPerShaderStage: 8,
  minUniformBufferOffsetAlignment: 256,
} as const;

class Buffer {
  readonly bytes: ArrayBuffer;
  readonly size: number;
  readonly #onDestroy: () => void;
  readonly #map: () => Promise<void>;
  destroyed = false;

  constructor(size: number, onDestroy: () => void, map: () => Promise<void>) {
    this.size = size;
    this.bytes = new ArrayBuffer(size);
    this.#onDestroy = onDestroy;
    this.#map = map;
  }

  mapAsync(): Promise<void> {
    return this.#map();
  }

  getMappedRange(): ArrayBuffer {
    return this.bytes;
  }

  destroy(): void {
    if (!this.destroyed) this.#onDestroy();
    this.destroyed = true;
  }
}

interface BindGroup {
  readonly entries: readonly { readonly resource: { readonly buffer: Buffer; readonly size?: number } }[];
}

export interface InterpretedDevice {
  readonly device: GPUDevice;
  /** Buffers that were made and not destroyed. */
  readonly live: () => number;
  readonly destroyed: () => boolean;
  /** Calls of the device, any of which may be its last. */
  readonly calls: readonly DeviceCall[];
}

export type DeviceCall = 'map' | 'errors' | 'buffer' | 'submit' | 'pipeline';

/** A device that goes away at its nth call: what it was at is not done, and the news comes after that shows, as in browsers. */
export interface Loss {
  readonly atCall: number;
}

/** Constants that the code under test expects to be global. */
export const WEBGPU_GLOBALS = {
  GPUBufferUsage: { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, UNIFORM: 64, STORAGE: 128 },
  GPUMapMode: { READ: 1 },
  GPUShaderStage: { COMPUTE: 4 },
  GPUOutOfMemoryError: class extends Error {},
};

export function interpretedDevice(
  arithmetic: Arithmetic,
  limits: Partial<Record<keyof typeof LIMITS, number>> = {},
  loss?: Loss,
): InterpretedDevice {
  const allowed = { ...LIMITS, ...limits };
  let live = 0;
  let destroyed = false;
  const calls: DeviceCall[] = [];
  let gone = false;
  let tellLoss: (info: { reason: string; message: string }) => void = () => undefined;
  const lost = new Promise((resolve) => {
    tellLoss = resolve;
  });
  /** Counts a call; whether the device still does it. */
  const serves = (call: DeviceCall): boolean => {
    calls.push(call);
    if (calls.length === loss?.atCall) {
      gone = true;
      setTimeout(() =>
        tellLoss({ reason: 'unknown', message: 'A valid external Instance reference no longer exists.' }),
      );
    }
    return !gone;
  };
  const map = (): Promise<void> =>
    serves('map')
      ? Promise.resolve()
      : Promise.reject(new DOMException('Failed to execute mapAsync: device is lost', 'AbortError'));
  const scopes: (Error | null)[] = [];
  const within = (what: string, value: number, limit: keyof typeof LIMITS): void => {
    if (value > allowed[limit]) throw new Error(`${what}: ${value} is more than ${limit} ${allowed[limit]}`);
  };
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      const at = scopes.lastIndexOf(null);
      if (at < 0) throw error;
      scopes[at] = error as Error;
    }
  };
  const dispatch = (
    shader: Shader,
    label: string,
    group: BindGroup,
    offset: number,
    x: number,
    y: number,
  ): void => {
    within(`${label}: workgroups`, Math.max(x, y), 'maxComputeWorkgroupsPerDimension');
    within(
      `${label}: invocations`,
      shader.workgroup[0] * shader.workgroup[1],
      'maxComputeInvocationsPerWorkgroup',
    );
    within(`${label}: workgroup memory`, shader.workgroupBytes, 'maxComputeWorkgroupStorageSize');
    const [uniform, ...storage] = group.entries.map(({ resource }) => resource.buffer);
    within(`${label}: bindings`, storage.length, 'maxStorageBuffersPerShaderStage');
    for (const [at, buffer] of storage.entries()) {
      if (buffer.destroyed) throw new Error(`${label}: a buffer was destroyed`);
      within(`${label}: binding`, buffer.size, 'maxStorageBufferBindingSize');
      const variable = shader.module.variables.filter(({ space }) => space === 'storage')[at];
      const shared = storage.indexOf(buffer) !== storage.lastIndexOf(buffer);
      if (variable?.writable && shared) throw new Error(`${label}: ${variable.name} is bound twice`);
    }
    const params = new Uint32Array((uniform as Buffer).bytes, offset, shader.module.params.length);
    try {
      shader.run(
        params,
        storage.map(({ bytes }) => new Float32Array(bytes)),
        x,
        y,
      );
    } catch (error) {
      throw new Error(`${label}: ${(error as Error).message}`, { cause: error });
    }
  };
  const device = {
    limits: allowed,
    adapterInfo: { isFallbackAdapter: false, architecture: 'interpreted' },
    features: new Set<string>(),
    lost,
    destroy: () => (destroyed = true),
    pushErrorScope: () => scopes.push(null),
    popErrorScope: () => {
      const error = scopes.pop();
      if (!serves('errors')) return Promise.resolve(null);
      return Promise.resolve(error ? { message: error.message } : null);
    },
    createBuffer: ({ size }: GPUBufferDescriptor) => {
      live++;
      serves('buffer');
      return new Buffer(size, () => live--, map);
    },
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createShaderModule: ({ code }: GPUShaderModuleDescriptor) => compileShader(code, arithmetic),
    createComputePipelineAsync: ({ label, compute }: GPUComputePipelineDescriptor) => {
      serves('pipeline');
      return Promise.resolve({ label, shader: compute.module });
    },
    createBindGroup: (group: BindGroup) => group,
    createCommandEncoder: () => {
      const commands: (() => void)[] = [];
      let pipeline: { label: string; shader: Shader } | undefined;
      let bound: [BindGroup, number] | undefined;
      return {
        beginComputePass: () => ({
          setPipeline: (next: typeof pipeline) => (pipeline = next),
          setBindGroup: (_: number, group: BindGroup, [offset]: [number]) => (bound = [group, offset]),
          dispatchWorkgroups: (x: number, y: number) => {
            const { label, shader } = pipeline as NonNullable<typeof pipeline>;
            const [group, offset] = bound as NonNullable<typeof bound>;
            commands.push(() => dispatch(shader, label, group, offset, x, y));
          },
          end: () => undefined,
        }),
        copyBufferToBuffer: (from: Buffer, start: number, to: Buffer, at: number, size: number) =>
          commands.push(() => new Uint8Array(to.bytes).set(new Uint8Array(from.bytes, start, size), at)),
        finish: () => commands,
      };
    },
    queue: {
      writeBuffer: (
        buffer: Buffer,
        at: number,
        data: Float32Array | Uint32Array,
        first = 0,
        count = data.length - first,
      ) => {
        const bytes = new Uint8Array(data.buffer, data.byteOffset + 4 * first, 4 * count);
        new Uint8Array(buffer.bytes).set(bytes, at);
      },
      submit: (lists: readonly (readonly (() => void)[])[]) =>
        guarded(() => {
          if (!serves('submit')) return;
          for (const command of lists.flat()) command();
        }),
      onSubmittedWorkDone: () => Promise.resolve(),
    },
  };
  return {
    device: device as unknown as GPUDevice,
    live: () => live,
    destroyed: () => destroyed,
    calls,
  };
}
