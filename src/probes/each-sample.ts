import { NamedError } from '../named-error.ts';
import type { LongWork } from '../work/long-work.ts';
import { isCancelled, throwIfCancelled } from '../work/cancel.ts';

/**
 * Runs `compute` on every sample that has no record yet, one after another, and returns all records in the samples'
 * order. Keys name samples across runs.
 *
 * @throws NamedError `Cancelled`; those of `compute`, with the sample named, so that none is left out in silence.
 */
export function eachSample<Sample, Record>(
  samples: readonly Sample[],
  keyOf: (sample: Sample) => string,
  work: LongWork<Record>,
  compute: (sample: Sample) => Promise<Record>,
): Promise<Record[]> {
  return eachGroup(samples, keyOf, work, 1, async ([sample]) => [await compute(sample as Sample)]);
}

/**
 * The same, with up to `size` samples at a time. Samples of a group that fails are computed one by one, so that the others
 * keep their records and the error names the one it is about.
 */
export async function eachGroup<Sample, Record>(
  samples: readonly Sample[],
  keyOf: (sample: Sample) => string,
  { signal, onProgress, finished, onRecord }: LongWork<Record>,
  size: number,
  compute: (group: readonly Sample[]) => Promise<readonly Record[]>,
): Promise<Record[]> {
  const records = new Map<string, Record>();
  for (const sample of samples) {
    const key = keyOf(sample);
    const known = finished?.get(key);
    if (known !== undefined) records.set(key, known);
  }
  const left = samples.filter((sample) => !records.has(keyOf(sample)));
  const report = (): void =>
    onProgress?.({ phase: 'answering', done: records.size, total: samples.length, unit: 'samples' });
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
      const [key, record] = [keyOf(sample), found[index] as Record];
      records.set(key, record);
      await onRecord?.(key, record);
      report();
    }
  };
  report();
  for (let first = 0; first < left.length; first += size) await group(left.slice(first, first + size));
  return samples.map((sample) => records.get(keyOf(sample)) as Record);
}

/** The error, with the sample it happened at. */
function naming(error: unknown, key: string): unknown {
  if (!(error instanceof NamedError)) return error;
  return new NamedError(error.name, `${key}: ${error.what}`, error.place, error.remedy, { cause: error });
}
