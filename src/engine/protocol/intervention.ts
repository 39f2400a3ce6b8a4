/** One zero ablation: the named part of an LLM layer contributes nothing to the residual stream. */
import type { LayerRow } from '../../layer-index.ts';
export interface Ablation {
  readonly layer: LayerRow;
  readonly part: 'layer' | 'attention' | 'mlp';
}

/** Replacement of K (after RoPE) and V at chosen positions by those captured from another prompt, at prefill. */
export interface SwapSpec {
  readonly layers: readonly LayerRow[];
  /** Where in the expanded prompt; default: its image tokens. Another count than captured is resampled. */
  readonly positions?: readonly number[];
  /** A handle returned by `captureImageKv`. */
  readonly source: string;
}

/** One counterfactual: what differs from the plain run in this row of the batch. An empty row is the baseline. */
export interface RowSpec {
  readonly ablate?: readonly Ablation[];
  readonly swap?: SwapSpec;
}
