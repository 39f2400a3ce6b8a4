import type { Capabilities, WebGpuFinding } from '../../engine/protocol/capabilities.ts';
import { bytes } from '../format/quantity.ts';

/** Short names of the five ways to lack WebGPU. */
export const FINDING_NAMES: Readonly<Record<WebGpuFinding['kind'], string>> = {
  'no-api': 'No WebGPU in this browser',
  'no-adapter': 'No GPU adapter',
  'software-adapter': 'Software adapter',
  'missing-feature': 'A feature is missing',
  'limit-too-small': 'A limit is too small',
};

/** The machine in one line, "WebGPU · NVIDIA Ampere · f16 · 2 GiB bindings", and the one thing to know about it. */
export function machineLine({ webgpu, wasm, findings, preferred }: Capabilities): {
  text: string;
  remark: string;
} {
  const threads = `${wasm.threads} thread${wasm.threads === 1 ? '' : 's'}`;
  const remark = findings[0] ? FINDING_NAMES[findings[0].kind] : '';
  if (!webgpu) return { text: `WASM · ${threads}`, remark };
  const { name, shaderF16, maxStorageBufferBindingSize } = webgpu;
  const parts = [
    'WebGPU',
    name,
    shaderF16 ? 'f16' : 'no f16',
    `${bytes(maxStorageBufferBindingSize)} bindings`,
  ];
  // What runs the models comes first: a software adapter is there, but not what is used.
  if (preferred === 'wasm') return { text: `WASM · ${threads}; ${parts.join(' · ')}`, remark };
  return { text: parts.join(' · '), remark };
}
