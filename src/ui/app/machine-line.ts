import type { Capabilities } from '../../engine/protocol/capabilities.ts';
import { bytes } from '../format/quantity.ts';
import { t } from './texts.ts';

/** The machine in one line, "WebGPU · NVIDIA Ampere · f16 · 2 GiB bindings", and the one thing to know about it. */
export function machineLine({ webgpu, wasm, findings, preferred }: Capabilities): {
  text: string;
  remark: string;
} {
  const threads = t.machine.threads(wasm.threads);
  const remark = findings[0] ? t.machine.findings[findings[0].kind] : '';
  if (!webgpu) return { text: `WASM · ${threads}`, remark };
  const { name, shaderF16, maxStorageBufferBindingSize } = webgpu;
  const parts = [
    'WebGPU',
    name,
    shaderF16 ? 'f16' : t.machine.noF16,
    t.machine.bindings(bytes(maxStorageBufferBindingSize)),
  ];
  // What runs the models comes first: a software adapter is there, but not what is used.
  if (preferred === 'wasm') return { text: `WASM · ${threads}; ${parts.join(' · ')}`, remark };
  return { text: parts.join(' · '), remark };
}
