/** Samples that are read when they are asked about. */
export interface SampleSource<Sample> {
  readonly count: number;
  /** The samples at these places, counted from 0, in their order. @throws NamedError of what changed since */
  at(indices: readonly number[]): Promise<readonly Sample[]>;
  /** Lets go of what they are read by. */
  close(): void;
}

/** Samples that are at hand. */
export function heldSamples<Sample>(samples: readonly Sample[]): SampleSource<Sample> {
  return {
    count: samples.length,
    at: (indices) => Promise.resolve(indices.map((index) => samples[index] as Sample)),
    close: () => undefined,
  };
}
