import type { LayerRow } from '../../layer-index.ts';
import type { Ablation } from '../../engine/protocol/intervention.ts';

export type AblatedPart = Ablation['part'];

/** What one run leaves out. */
export interface AblationExperiment {
  /** `layer_3` as in the reference; `layer_3_attention`, `layer_3_mlp`; `layers_3_4_5` for a set. */
  readonly name: string;
  /** Of a set, its first. */
  readonly layer: LayerRow;
  readonly part: AblatedPart;
  readonly ablate: readonly Ablation[];
}

/** One layer, or one part of it. */
export function ablateLayer(layer: LayerRow, part: AblatedPart = 'layer'): AblationExperiment {
  const name = part === 'layer' ? `layer_${layer}` : `layer_${layer}_${part}`;
  return { name, layer, part, ablate: [{ layer, part }] };
}

/** Several layers at once. */
export function ablateSet(layers: readonly LayerRow[], part: AblatedPart = 'layer'): AblationExperiment {
  const sorted = [...new Set(layers)].sort((a, b) => a - b);
  const suffix = part === 'layer' ? '' : `_${part}`;
  return {
    name: `layers_${sorted.join('_')}${suffix}`,
    layer: sorted[0] ?? 0,
    part,
    ablate: sorted.map((layer) => ({ layer, part })),
  };
}

/** The same, and nothing is injected after the layers that are left out (docs/method.md §3). */
export function withoutInjection(experiment: AblationExperiment): AblationExperiment {
  return { ...experiment, ablate: experiment.ablate.map((one) => ({ ...one, injection: 'removed' })) };
}
