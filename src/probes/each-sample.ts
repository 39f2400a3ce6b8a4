import { NamedError } from '../named-error.ts';
import type { LongWork } from '../work/long-work.ts';
import { resume } from '../work/resume.ts';
import { isCancelled, throwIfCancelled } from '../work/cancel.ts';

/**
 * Runs `compute` on every sample that has no record yet, one after another, and returns all records in the samples'
 * order. Their ids name samples across runs.
 *
 * @throws NamedError `Cancelled`; those of `compute`, with the sample named, so that none is left out in silence.
 */
export function eachSample<Sample extends { readonly id: string }, Record>(
  samples: readonly Sample[],
  work: LongWork<Record>,
  compute: (sample: Sample) => Promise<Record>,
): Promise<Record[]> {
  return eachGroup(
    samples,
    ({ id }) => id,
    work,
    1,
    async ([sample]) => [await compute(sample as Sample)],
  );
}

/**
 * The same, with up to `size` samples at a time. Samples of a group that fails are computed one by one, so that the others
 * keep their records and the error names the one it is about.
 */
export async function eachGroup<Sample, Record>(
  samples: readonly Sample[],
  keyOf: (sample: Sample) => string,
  work: LongWork<Record>,
  size: number,
  compute: (group: readonly Sample[]) => Promise<readonly Record[]>,
): Promise<Record[]> {
  const { signal } = work;
  const { records, left, add } = resume(samples, keyOf, work, { phase: 'answering', unit: 'samples' });
  const group = async (some: readonly Sample[]): Promise<void> => {
    throwIfCancelled(signal);
    let found: readonly Record[];
    try {
      found = await compute(some);
    } catch (error) {
      if (isCancelled(error)) throw error;
      if (some.length === 1) throw naming(error, keyOf(some[0] as Sample));
      for (const sample of some) await group([sample]);
      return;
    }
    for (const [index, sample] of some.entries()) {
      throwIfCancelled(signal);
      await add(keyOf(sample), found[index] as Record);
    }
  };
  for (let first = 0; first < left.length; first += size) await group(left.slice(first, first + size));
  return samples.map((sample) => records.get(keyOf(sample)) as Record);
}

/** The error, with the sample it happened at. */
function naming(error: unknown, key: string): unknown {
  if (!(error instanceof NamedError)) return error;
  return new NamedError(error.name, `${key}: ${error.what}`, error.place, error.remedy, { cause: error });
}
