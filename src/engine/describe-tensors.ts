import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { layerPlace } from '../checkpoint/tensor-place.ts';

export interface TensorDescription {
  /** As stored. */
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly layerIdx: number | null;
  readonly section: string;
  readonly component: string;
}

/** Every stored tensor with its place on the unified layer axis (docs/method.md §1). */
export function describeTensors({ tensors }: Checkpoint, visionBlocks: number): readonly TensorDescription[] {
  return [...tensors.values()].map(({ name, storedName, dtype, shape, bytes }) => {
    const { layer, section, component } = layerPlace(name, { visionBlocks });
    return { name: storedName, dtype, shape, bytes, layerIdx: layer, section, component };
  });
}
