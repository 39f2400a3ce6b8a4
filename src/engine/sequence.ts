/** From token ids and image embeddings to what layer 0 takes. */
import { architectureOf } from '../vlm/architecture.ts';
import type { VlmConfig } from '../vlm/config.ts';
import type { ImageGrid } from '../vlm/image-grid.ts';
import { mropeCosSin, mropePositions, textPositions } from '../vlm/mrope.ts';
import type { EmbeddingTable } from './embedding.ts';
import type { Sequence } from './prefill.ts';

export interface SequenceInput {
  readonly inputIds: readonly number[];
  readonly imageSpans: readonly (readonly [start: number, count: number])[];
  readonly grids: readonly ImageGrid[];
  /** Per image `[projectors × tokens × hiddenSize]` (`VisionTower.embed`). */
  readonly imageFeatures: readonly Float32Array[];
  /** Token ids after the prompt (a fixed response). */
  readonly continuation?: readonly number[];
}

/** The sequence, and the position that the first token after it will have. */
export async function embedSequence(
  config: VlmConfig,
  embedding: EmbeddingTable,
  { inputIds, imageSpans, grids, imageFeatures, continuation = [] }: SequenceInput,
): Promise<{ readonly sequence: Sequence; readonly nextPosition: number }> {
  const { axes, next } = mropePositions(inputIds, grids, config);
  const after = textPositions(next, continuation.length).axes;
  const positions = axes.map((axis, index) =>
    Int32Array.from([...axis, ...(after[index] as Int32Array)]),
  ) as unknown as typeof axes;
  const ids = [...inputIds, ...continuation];
  const hidden = await embedding.lookup(ids);
  /** Writes what projector `index` made of each image where the image stands. */
  const place = (values: Float32Array, index: number): Float32Array => {
    imageSpans.forEach(([start, count], image) => {
      const size = count * embedding.hiddenSize;
      const features = imageFeatures[image]?.subarray(index * size, (index + 1) * size);
      values.set(features as Float32Array, start * embedding.hiddenSize);
    });
    return values;
  };
  place(hidden, 0);
  const projectors = imageSpans.length > 0 ? architectureOf(config).projectors(config.vision) : [];
  return {
    sequence: {
      hidden,
      length: ids.length,
      ids,
      injections: projectors.flatMap(({ addedAfterLayer: layer }, index) =>
        layer === null ? [] : [{ layer, values: place(new Float32Array(hidden.length), index) }],
      ),
      rotary: mropeCosSin({ axes: positions }, config),
      imagePositions: imageSpans.flatMap(([start, count]) =>
        Array.from({ length: count }, (_, offset) => start + offset),
      ),
    },
    nextPosition: next + continuation.length,
  };
}
