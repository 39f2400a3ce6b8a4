/** One zero ablation: the named part of an LLM layer contributes nothing to the residual stream. */
import type { LayerRow } from '../../layer-index.ts';
export interface Ablation {
  readonly layer: LayerRow;
  readonly part: 'layer' | 'attention' | 'mlp';
  /** What becomes of the features that DeepStack adds after this layer. Left out: `kept`. Where none are, both are the same. */
  readonly injection?: Exclude<Injection, 'source'>;
}

/**
 * What becomes, under a swap, of the image features that DeepStack adds to the hidden states after the first layers: at the
 * swapped positions the target's own stay, the source's take their place, or none is added. Whichever layers are swapped.
 */
export type Injection = 'kept' | 'source' | 'removed';

/**
 * Who reads swapped keys and values: every later position, the image's own included; or what comes after the image alone: the prompt is
 * read as it is up to the last swapped position, and goes on with the replaced entries.
 */
export type Reads = 'all' | 'text';

/** Replacement of K (after RoPE) and V at chosen positions by those captured from another prompt, at prefill. */
export interface SwapSpec {
  readonly layers: readonly LayerRow[];
  /** Where in the expanded prompt; default: its image tokens. Another count than captured is resampled. */
  readonly positions?: readonly number[];
  /** A handle returned by `captureImageKv`. */
  readonly source: string;
  /** Left out: `all`. */
  readonly reads?: Reads;
  /** Left out: `kept`. Refused but for `kept` where the model has no DeepStack. */
  readonly injection?: Injection;
}

/** One counterfactual: what differs from the plain run in this row of the batch. An empty row is the baseline. */
export interface RowSpec {
  readonly ablate?: readonly Ablation[];
  readonly swap?: SwapSpec;
}
