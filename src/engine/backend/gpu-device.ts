/** Asking the browser for a GPU. */
import { NamedError } from '../../named-error.ts';
import type { WebGpuAdapter, WebGpuFinding } from '../protocol/capabilities.ts';
import { gpuName } from '../../work/adapter-name.ts';
import { availableBridge } from './ort-builds.ts';

/** What WebGPU guarantees everywhere; too little for the matrices of a 7B model in any format. */
const DEFAULT_BINDING_BYTES = 128 * 2 ** 20;
/** Bytes of the largest array of the 7B model in q4: the head, 152064 × 3584. */
const NEED_7B_BYTES = 152064 * 3584 * 0.5;

export interface AdapterSurvey {
  readonly adapter: GPUAdapter | null;
  readonly description: WebGpuAdapter | null;
  readonly findings: readonly WebGpuFinding[];
}

/** Looks for an adapter and says what is missing. Makes no device. */
export async function surveyGpu(): Promise<AdapterSurvey> {
  const nothing = (finding: WebGpuFinding): AdapterSurvey => ({
    adapter: null,
    description: null,
    findings: [finding],
  });
  if (!('gpu' in navigator)) {
    return nothing({
      kind: 'no-api',
      what: 'This browser has no WebGPU',
      remedy: 'Use Chrome or Edge 137 or newer, over https or on localhost.',
    });
  }
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    return nothing({
      kind: 'no-adapter',
      what: 'WebGPU is there, but no GPU was offered',
      remedy: 'Switch hardware acceleration on, update the graphics driver, and look at chrome://gpu.',
    });
  }
  const description = describeAdapter(adapter);
  const findings: WebGpuFinding[] = [];
  if (description.software) {
    findings.push({
      kind: 'software-adapter',
      what: `${description.name} computes on the CPU`,
      remedy: 'WASM is faster here and is used unless you choose otherwise. For a GPU, see chrome://gpu.',
    });
  }
  if (!description.shaderF16) {
    findings.push({
      kind: 'missing-feature',
      what: 'No half precision (shader-f16)',
      have: 'f32, q8, q4',
      need: 'shader-f16 for dtype f16',
      remedy: 'Choose another dtype; arithmetic is float32 in all of them.',
    });
  }
  const binding = description.maxStorageBufferBindingSize;
  if (binding <= DEFAULT_BINDING_BYTES) {
    findings.push({
      kind: 'limit-too-small',
      what: 'Small bindings: the head of a large model is split, and f32 may not fit',
      have: `${binding / 2 ** 20} MiB`,
      need: `${Math.ceil(NEED_7B_BYTES / 2 ** 20)} MiB for the head of a 7B model in q4`,
      remedy: 'Choose q4, or a device with more memory.',
    });
  }
  return { adapter, description, findings };
}

const NO_FEATURES: ReadonlySet<string> = new Set();

function describeAdapter(adapter: GPUAdapter): WebGpuAdapter {
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const software =
    isFallbackAdapter || /swiftshader|llvmpipe|basic render/i.test(`${architecture} ${description}`);
  return {
    name: description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed GPU',
    adapter: gpuName(adapter.info, NO_FEATURES),
    software,
    shaderF16: adapter.features.has('shader-f16'),
    subgroups: adapter.features.has('subgroups') && !software,
    maxBufferSize: adapter.limits.maxBufferSize,
    maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
    bridge: availableBridge(),
  };
}

const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
] as const;

/**
 * A device with all the adapter gives. Subgroups only where asked for: kernels that use them compute garbage on
 * adapters with very small subgroups (SwiftShader's have 4 lanes), without any error; see `selfCheck`.
 *
 * @throws NamedError `NoWebGpu` with the reason and remedy.
 */
export async function requestGpu(subgroups: boolean): Promise<GPUDevice> {
  // An adapter gives one device; a second attempt needs a fresh one.
  const { adapter, findings } = await surveyGpu();
  if (!adapter) {
    const [finding] = findings;
    throw new NamedError('NoWebGpu', finding?.what ?? 'no WebGPU', {}, finding?.remedy ?? '');
  }
  const features = (['shader-f16', 'subgroups'] as const).filter(
    (feature) => adapter.features.has(feature) && (feature !== 'subgroups' || subgroups),
  );
  return adapter.requestDevice({
    requiredFeatures: features,
    requiredLimits: Object.fromEntries(WANTED_LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
}
