import type { HashedPart } from './part.ts';

/** Whoever remembers what tensors held when they were read. */
export interface WeightVerifier {
  /**
   * Told of a part of a tensor that was read. Awaited before anything is kept that was computed from it.
   *
   * @param checkpoint its fingerprint, and what tells it from others that are read beside it
   * @throws NamedError `WeightsChanged` where the tensor, read whole with this part, is not what it was under the same fingerprint;
   *   `SameFingerprint` where it is another one in another checkpoint of that fingerprint
   */
  read(
    checkpoint: { readonly fingerprint: string; readonly role: string },
    tensor: { readonly name: string; readonly bytes: number },
    part: HashedPart,
  ): Promise<void>;
}

/** What work that reads weights is given besides, where what they held before is remembered. */
export interface WithVerifier {
  readonly verifier?: WeightVerifier;
}
