import type { Device } from './device.ts';

/** The five ways in which a machine can lack WebGPU, each with what to do about it. */
export interface WebGpuFinding {
  readonly kind: 'no-api' | 'no-adapter' | 'software-adapter' | 'missing-feature' | 'limit-too-small';
  readonly what: string;
  readonly have?: string;
  readonly need?: string;
  readonly remedy: string;
}

export interface WebGpuAdapter {
  /** e.g. "NVIDIA Ampere" or "Google SwiftShader"; browsers tell more or less. */
  readonly name: string;
  /** All that the browser tells of it (`gpuName`), without features. */
  readonly adapter: string;
  readonly software: boolean;
  readonly shaderF16: boolean;
  readonly subgroups: boolean;
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
  /** How WASM waits for the GPU: `jspi` where the browser has it, else `asyncify`. */
  readonly bridge: 'jspi' | 'asyncify';
}

export interface Capabilities {
  /** null when WebGPU cannot be used at all; `findings` says why. */
  readonly webgpu: WebGpuAdapter | null;
  readonly findings: readonly WebGpuFinding[];
  readonly wasm: { readonly threads: number };
  readonly crossOriginIsolated: boolean;
  /** Origin-private storage for quantized weights; null when the browser has none. */
  readonly storage: { readonly usageBytes: number; readonly quotaBytes: number } | null;
  /** What the engine picks unless told otherwise. */
  readonly preferred: Device;
}
