import { storedAs } from '../checkpoint/formats/stored-as.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { layerPlace } from '../checkpoint/tensor-place.ts';

export interface TensorDescription {
  /** As stored. */
  readonly name: string;
  /** Of a tensor that is decoded, how it is stored: "4 bits", "Q4_K". */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly layerIdx: number | null;
  readonly section: string;
  readonly component: string;
}

/** Every stored tensor with its place on the unified layer axis (docs/method.md §1). */
export function describeTensors(
  { files, tensors }: Checkpoint,
  visionBlocks: number,
): readonly TensorDescription[] {
  return [...tensors.values()].map((entry) => {
    const { name, storedName, shape } = entry;
    const { layer, section, component } = layerPlace(name, { visionBlocks });
    return { name: storedName, shape, ...storedAs(files, entry), layerIdx: layer, section, component };
  });
}
