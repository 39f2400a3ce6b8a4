/** How much one run on the CPU may do: within a run no cancel is noticed. */
import type { TextConfig } from '../vlm/config.ts';

/** Multiplications by weights of a run that could be several: a thread does them in some 0.2 s. */
export const MULTIPLICATIONS_PER_RUN = 2.6e9;

/** By weights of one layer, for one position of one row. */
export function multiplicationsPerCell(text: TextConfig): number {
  const { hiddenSize, intermediateSize, heads, kvHeads, headDim } = text;
  return hiddenSize * headDim * (2 * heads + 2 * kvHeads) + 3 * hiddenSize * intermediateSize;
}

/** By weights of all layers and the head, for one token of one row. */
export function multiplicationsPerToken(text: TextConfig): number {
  return text.layers * multiplicationsPerCell(text) + text.vocabSize * text.hiddenSize;
}
