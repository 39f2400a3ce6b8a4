/** README.md of a quantized checkpoint: what was rounded, how, and what it lost. */
import { bullets, table, writeCard } from '../folder/card.ts';
import type { MergePlan } from '../plan/plan.ts';
import type { QuantizationPlan } from './quantization-plan.ts';
import { layerErrors, type RoundingErrors } from './rounding-errors.ts';
import { ggufBlock, type Scheme, schemeLabel } from './scheme.ts';

/** The same plan and errors give the same bytes. */
export function writeQuantizedCard(
  plan: MergePlan,
  quantization: QuantizationPlan,
  scheme: Scheme,
  errors: RoundingErrors | null,
): string {
  const { donors } = plan;
  const [first, ...others] = donors;
  const name = others.length === 0 ? (first?.checkpoint ?? '') : 'a merge';
  const { rounded, tensors, notices } = quantization;
  const layers = errors ? layerErrors(quantization, errors) : [];
  const sections = [
    `---\nlibrary_name: ${ggufBlock(scheme) ? 'llama.cpp' : 'transformers'}\npipeline_tag: image-text-to-text\ntags:\n  - quantized\n  - frankenscope\n---`,
    `# ${name}, quantized`,
    `${schemeLabel(scheme)}, by Frankenscope.`,
    '## What was done',
    `${rounded.length} of ${tensors.length} weights were rounded: the matrices of attention and MLP of every LLM layer${
      scheme.head ? ', and the head' : ''
    }. Everything else keeps its values: vision tower, projector, embeddings, norms and biases${scheme.head ? '' : ', and the head'}.`,
    'Values are rounded to the nearest code. The scale of each group is the one of some candidates around the one that the ' +
      'largest magnitude asks for that has the least squared error. No data was used: this is neither GPTQ nor activation-aware scaling, whatever the ' +
      'layout is called.',
    ...(notices.length > 0 ? [bullets(notices)] : []),
    ...(layers.length > 0
      ? [
          '## Error a layer',
          'Relative: ‖W − Ŵ‖_F / ‖W‖_F over the matrices of the layer together. Largest: max |w − ŵ|.',
          table(
            ['layer', 'matrices', 'relative', 'largest'],
            layers.map((one) => [
              one.layer === null ? 'head' : String(one.layer),
              String(one.tensors),
              one.relative.toExponential(4),
              one.largest.toExponential(4),
            ]),
          ),
        ]
      : []),
    ...(others.length === 0
      ? [
          '## Made of',
          table(
            ['checkpoint', 'fingerprint (SHA-256)'],
            donors.map(({ checkpoint, fingerprint }) => [checkpoint, fingerprint]),
          ),
        ]
      : []),
  ];
  const own = `${sections.join('\n\n')}\n`;
  if (others.length === 0) return own;
  const merge = writeCard(plan, { unchanged: [], weights: [] }).replace(/^---\n.*?\n---\n/s, '');
  return own + merge.replaceAll(/^#/gm, '##');
}
