/** What a declaration says of weights in the layouts of GPTQ and AWQ, which several programs write. */
import { NamedError } from '../../../named-error.ts';
import { quantizationRemedy } from '../../quantization-methods.ts';
import type { DeclaredQuantization } from '../../quantization.ts';

export interface PackedSettings {
  /** For people: "GPTQ", "AutoRound". */
  readonly method: string;
  /**
   * - `gptq`: codes packed along the inputs, zeros stored less 1;
   * - `gptq_v2`: likewise, zeros as they are;
   * - `gemm`: AWQ's, codes packed along the outputs, interleaved.
   */
  readonly layout: 'gptq' | 'gptq_v2' | 'gemm';
  /** Inputs that share a scale, as far as it is said. */
  readonly groupSize: unknown;
  /** Whether 0 is the middle code everywhere. */
  readonly symmetric: boolean;
}

/** @returns null for another method @throws NamedError `QuantizedWeights` for a layout that is not read */
export function packedSettings(declared: DeclaredQuantization | null): PackedSettings | null {
  if (declared === null) return null;
  const { said } = declared;
  const groupSize = said['group_size'] ?? said['q_group_size'];
  switch (declared.method) {
    case 'gptq': {
      const layout = wordOf(said['checkpoint_format'] ?? said['format']) || 'gptq';
      if ((layout !== 'gptq' && layout !== 'gptq_v2') || said['is_marlin_format'] === true) {
        throw unreadLayout(declared, layout);
      }
      return { method: 'GPTQ', layout, groupSize, symmetric: isSymmetric(said) };
    }
    case 'awq': {
      const layout = wordOf(said['version'] ?? said['checkpoint_format'] ?? said['format']) || 'gemm';
      if (layout !== 'gemm') throw unreadLayout(declared, layout);
      return { method: 'AWQ', layout, groupSize, symmetric: said['zero_point'] === false };
    }
    case 'auto-round':
    case 'intel/auto-round': {
      const packing = wordOf(said['packing_format'] ?? said['backend']) || 'auto_round';
      const layout = autoRoundLayout(packing);
      if (layout === null || (said['data_type'] ?? 'int') !== 'int') throw unreadLayout(declared, packing);
      return { method: 'AutoRound', layout, groupSize, symmetric: isSymmetric(said) };
    }
    default:
      return null;
  }
}

/** AutoRound names the program whose layout it wrote: its own is GPTQ's with zeros as they are, like that of GPTQModel. */
function autoRoundLayout(packing: string): PackedSettings['layout'] | null {
  if (!/^(auto_round|auto_gptq|auto_awq|gptq|awq)/.test(packing)) return null;
  if (packing.includes('awq')) return 'gemm';
  if (packing.includes('gptqmodel')) return 'gptq_v2';
  if (packing.includes('gptq')) return 'gptq';
  return packing === 'auto_round' ? 'gptq_v2' : null;
}

/** Of all modules: some may be excepted, by `dynamic` (GPTQModel) or `extra_config` (AutoRound). */
function isSymmetric(said: Readonly<Record<string, unknown>>): boolean {
  const exceptions = JSON.stringify([said['dynamic'] ?? null, said['extra_config'] ?? null]);
  return said['sym'] === true && !exceptions.includes('"sym":false');
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}

function unreadLayout({ file, field, method, label }: DeclaredQuantization, layout: string): NamedError {
  return new NamedError(
    'QuantizedWeights',
    `the weights are quantized (${label}), in the layout ${JSON.stringify(layout)}, which is not read`,
    { file, field },
    quantizationRemedy(method),
  );
}
