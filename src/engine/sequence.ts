/** From token ids and image embeddings to what layer 0 takes. */
import type { VlmConfig } from '../vlm/config.ts';
import type { ImageGrid } from '../vlm/image-grid.ts';
import { mropeCosSin, mropePositions, textPositions } from '../vlm/mrope.ts';
import type { EmbeddingTable } from './embedding.ts';
import type { Sequence } from './prefill.ts';

export interface SequenceInput {
  readonly inputIds: readonly number[];
  readonly imageSpans: readonly (readonly [start: number, count: number])[];
  readonly grids: readonly ImageGrid[];
  /** Per image `[tokens × hiddenSize]`. */
  readonly imageEmbeddings: readonly Float32Array[];
  /** Token ids after the prompt (a fixed response). */
  readonly continuation?: readonly number[];
}

/** The sequence, and the position that the first token after it will have. */
export async function embedSequence(
  config: VlmConfig,
  embedding: EmbeddingTable,
  { inputIds, imageSpans, grids, imageEmbeddings, continuation = [] }: SequenceInput,
): Promise<{ readonly sequence: Sequence; readonly nextPosition: number }> {
  const { axes, next } = mropePositions(inputIds, grids, config);
  const after = textPositions(next, continuation.length).axes;
  const positions = axes.map((axis, index) =>
    Int32Array.from([...axis, ...(after[index] as Int32Array)]),
  ) as unknown as typeof axes;
  const ids = [...inputIds, ...continuation];
  const hidden = await embedding.lookup(ids);
  imageSpans.forEach(([start], image) => {
    hidden.set(imageEmbeddings[image] as Float32Array, start * embedding.hiddenSize);
  });
  return {
    sequence: {
      hidden,
      length: ids.length,
      ids,
      rotary: mropeCosSin({ axes: positions }, config),
      imagePositions: imageSpans.flatMap(([start, count]) =>
        Array.from({ length: count }, (_, offset) => start + offset),
      ),
    },
    nextPosition: next + continuation.length,
  };
}
