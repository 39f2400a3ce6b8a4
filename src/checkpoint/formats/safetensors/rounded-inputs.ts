import { asObject } from '../../config-hints.ts';
import type { DeclaredQuantization } from '../../quantization.ts';
import type { Notice } from '../../weight-files.ts';

/**
 * That a folder asks for inputs of its layers to be rounded, too, as they are computed, which no engine of weights alone does: answers
 * of transformers and vLLM then differ from those here.
 */
export function roundedInputs(declared: DeclaredQuantization | null): Notice[] {
  if (!declared || !roundsInputs(declared.said)) return [];
  const text = `its ${declared.field} has inputs of the layers rounded as they are computed: here they are not, and answers can differ from those of programs that do`;
  return [{ file: declared.file, text }];
}

/** As compressed-tensors and ModelOpt say it, block FP8, fbgemm, and AutoRound. */
function roundsInputs(said: DeclaredQuantization['said']): boolean {
  const groups = Object.values(asObject(said['config_groups']) ?? {});
  return (
    groups.some((group) => asObject(asObject(group)?.['input_activations']) !== undefined) ||
    typeof said['activation_scheme'] === 'string' ||
    typeof said['activation_scale_ub'] === 'number' ||
    (typeof said['act_bits'] === 'number' && said['act_bits'] < 16)
  );
}
