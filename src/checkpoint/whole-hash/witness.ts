import type { HashedPart } from './part.ts';

/** Whoever remembers what tensors held when they were read. */
export interface WeightWitness {
  /**
   * Told of a part of a tensor that was read. Awaited before anything is kept that was computed from it.
   *
   * @param fingerprint of the checkpoint
   * @throws NamedError `WeightsChanged` where the tensor, read whole with this part, is not what it was under the same fingerprint
   */
  read(
    fingerprint: string,
    tensor: { readonly name: string; readonly bytes: number },
    part: HashedPart,
  ): Promise<void>;
}
